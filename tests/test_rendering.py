import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.rendering import Rendering, readable
from tests.workspaces import tweet

DEFAULT = Rendering()
KEEP = Rendering(mentions="keep", redact=())

TEXTS = {
    "Just words, & more": "Just words, & more",
    "  room around \n": "room around",
    # Links within Twitter: those at the end lead to what the tweet shows, others are part of what it says.
    "look https://t.co/AbC123": "look",
    "look https://t.co/AbC https://twitter.com/some_one/status/1/photo/1": "look",
    "look pic.twitter.com/AbC": "look",
    "look https://x.com/some_one/status/20?s=21 ": "look",
    "look https://mobile.twitter.com/some_one/status/20": "look",
    "look HTTPS://Twitter.com/Some_One/status/20": "look",
    "look\nhttp://www.twitter.com/some_one": "look",
    "see https://t.co/AbC there": "see [link] there",
    "see (https://twitter.com/some_one/status/20), there.": "see ([link]), there.",
    "twitter.com/some_one said": "[link] said",
    "see https://www.twitter.com:443/a or https://twitter.com?screen_name=some_one ok": "see [link] or [link] ok",
    "by https://tweetdeck.twitter.com/a and http://nitter.net/some_one/status/20#m ok": "by [link] and [link] ok",
    "me@exa\u200bmple.org @\u2060some_one\x00\x1b[31m": "[email] @user1[31m",
    "a https://t.co/a b https://t.co/b https://t.co/c": "a [link] b",
    "これhttps://t.co/AbC123です": "これ[link]です",
    "これ\u3000https://t.co/AbC123\u3000続き": "これ\u3000[link]\u3000続き",
    "これhttps://t.co/AbC123": "これ",
    "これ\u3000https://t.co/AbC123\u3000": "これ",
    # Links to elsewhere are kept, whatever their name ends in.
    "read https://example.org/a/b?c=d": "read https://example.org/a/b?c=d",
    "https://netflix.com/title/1": "https://netflix.com/title/1",
    "https://www.dropbox.com/s/1 and support.co/1": "https://www.dropbox.com/s/1 and support.co/1",
    "https://my-x.com/1 foo.x.com/1": "https://my-x.com/1 foo.x.com/1",
    "I like t.co and x.com": "I like t.co and x.com",
    "read https://t.co/a https://example.org/b": "read [link] https://example.org/b",
    "https://archive.org/2020/https://twitter.com/some_one/status/1 old": "https://archive.org/2020/[link] old",
    # Mentions.
    "@Some_One hello": "@user1 hello",
    "@a @b @A @c @B": "@user1 @user2 @user1 @user3 @user2",
    "＠someone hello": "@user1 hello",
    "これは@someoneさんと＠otherさん": "これは@user1さんと@user2さん",
    ".@a: (@b) “@c”!@d w/@e": ".@user1: (@user2) “@user3”!@user4 w/@user5",
    "@user2 and @user1": "@user1 and @user2",
    "@" + "a" * 25: "@user1",
    "RT@Some_One so true. cc@b, LOL@c.": "RT@user1 so true. cc@user2, LOL@user3.",
    "@someone.you there": "@user1.you there",
    "mail me@example.org or me_@my-site.co.uk.": "mail [email] or [email].",
    "at @ 5, @: and @é": "at @ 5, @: and @é",
    "https://example.org/@someone/1": "https://example.org/@user1/1",
}


@pytest.mark.parametrize("text", TEXTS)
def test_readable(text: str) -> None:
    assert readable(tweet(1, text=text), {}, DEFAULT) == TEXTS[text]


@pytest.mark.parametrize(
    ("text", "media", "prefix", "expected"),
    [
        ("", ["photo"], None, "[photo]"),
        ("https://twitter.com/a/status/1/photo/1", ["photo", "photo"], None, "[photo] [photo]"),
        ("https://t.co/a", ["video"], "@bob", "[video]"),
        ("", ["animated_gif", "hologram"], None, "[gif] [link]"),
        ("https://twitter.com/bob/status/1", [], None, "[link]"),
        ("look https://t.co/a", ["photo"], None, "look"),
        ("", [], "@bob @carol", "@user1 @user2"),
        (" ", [], "@bob", "@user1"),
        ("hi", [], "@bob", "hi"),
        ("", [], None, ""),
        (" \n", [], None, ""),
    ],
)
def test_a_tweet_without_words_says_what_it_is(text: str, media: list[str], prefix: str | None, expected: str) -> None:
    shown = tweet(1, text=text, media=[(kind, None) for kind in media], reply_prefix=prefix)
    assert readable(shown, {}, DEFAULT) == expected


FULL = tweet(
    1,
    text="look, @bob: https://example.org/a?b=c, (http://b.org/x). me@example.org https://t.co/x",
    media=[("photo", "a  cat\nof @carol https://x.com/carol/status/1"), ("video", None)],
    quoted="so says @dora\nhttps://t.co/y and https://x.com/dora/status/1",
)
LOOK = "look, @user1: https://example.org/a?b=c, (http://b.org/x). [email]"
RENDERED = {
    "as it comes": (Rendering(), LOOK),
    "mentions kept": (Rendering(mentions="keep"), LOOK.replace("@user1", "@bob")),
    "links as placeholders": (Rendering(links="placeholder"), "look, @user1: [link], ([link]). [email]"),
    "no links": (Rendering(links="remove"), "look, @user1: , (). [email]"),
    "what it shows": (Rendering(media="kind"), LOOK + " [photo] [video]"),
    "what it shows, described": (Rendering(media="alt"), LOOK + " [photo: a cat of @user2 [link]] [video]"),
    "what it quotes": (Rendering(quoted="text"), LOOK + "\n> so says @user2\n> [link] and"),
    "nothing redacted": (Rendering(redact=("phone",)), LOOK.replace("[email]", "me@example.org")),
}


@pytest.mark.parametrize("case", RENDERED)
def test_what_a_tweet_holds_is_rendered_by_option(case: str) -> None:
    rendering, expected = RENDERED[case]
    assert readable(FULL, {}, rendering) == expected


BARE = {
    Rendering(): "[photo]",
    Rendering(media="none"): "[link]",
    Rendering(media="none", links="remove"): "",
    Rendering(links="remove"): "[photo]",
    Rendering(media="alt"): "[photo: me]",
}


@pytest.mark.parametrize("rendering", BARE)
def test_what_is_left_of_a_picture_alone(rendering: Rendering) -> None:
    assert readable(tweet(1, text="https://t.co/a", media=[("photo", "me")]), {}, rendering) == BARE[rendering]


@given(st.text(alphabet="@＠aB_9 ./:-そ\n", max_size=40) | st.text(max_size=40))
def test_what_is_readable_stays_as_it_is(text: str) -> None:
    once = readable(tweet(1, text=text), {}, KEEP)
    assert readable(tweet(1, text=once), {}, KEEP) == once
    assert once == once.strip()


@pytest.mark.parametrize(
    "part", ["https://t.co/", "https://t.co/ ", "t.co/a ", "@", "@a", "twitter.com/" + "!" * 99, " "]
)
def test_no_text_takes_long(part: str) -> None:
    started = time.perf_counter()
    readable(tweet(1, text=part * (50_000 // len(part)) + "。"), {}, DEFAULT)
    assert time.perf_counter() - started < 1
