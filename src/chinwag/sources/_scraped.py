"""Read tweets as snscrape and twscrape write them, which took over snscrape's names.

Their text is escaped as HTML as Twitter sent it, but that of long posts is not: of 7,063 tweets in the answers that
twscrape tests with, 448 hold `&amp;` and none a bare `&`, `<` or `>`; of 643 long posts none is escaped, and 118 hold
such a character.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from chinwag.mending import NO_FIT
from chinwag.rows import LOST_ID, NO_ID, NO_ORIGINAL, Rows
from chinwag.sources._cells import opened
from chinwag.sources._tombstones import notice, tombstone
from chinwag.texts import client_name, cut_at, expanded, prefix_length, unescaped
from chinwag.values import EXACT, LARGEST_ID, any_time, float_id, id_time, name_id, to_id

T = TypeVar("T")
Number = int | float | str | None  # pandas makes floats of whole numbers where some are missing; CSV holds text

MODULE = "snscrape.modules.twitter."
ADDRESS = re.compile(r"(?:twitter|x)\.com/(?:(\w{1,20})|i/web)/status/(\d+)", re.ASCII)
PLAIN = re.compile(r"[<>]|&(?!amp;|lt;|gt;)")  # what no escaped text holds
MENTIONS = re.compile(r"(?:[@\uff20]\w{1,20}\s*)+", re.ASCII)
SIZE = re.compile(r"\?format=(\w+)&name=\w+$")  # snscrape asks for photos by size; all else names the file
KINDS = {"Photo": "photo", "Video": "video", "Gif": "animated_gif", "gif": "animated_gif"}


class User(msgspec.Struct, gc=False):
    """Read an author, or one who is mentioned."""

    id: Number = None
    id_text: str | None = msgspec.field(default=None, name="id.str")
    username: str | None = None
    followersCount: Number = None
    verified: bool | None = None


class Link(msgspec.Struct, gc=False):
    """Read a link in a text."""

    url: str | None = None
    tcourl: str | None = None


class Medium(msgspec.Struct, gc=False):
    """Read a photo, a video or an animated GIF."""

    kind: str | None = msgspec.field(default=None, name="_type")
    type: str | None = None  # until 2021-05-22
    url: str | None = None  # of twscrape's photos
    fullUrl: str | None = None
    thumbnailUrl: str | None = None
    altText: str | None = None


class Media(msgspec.Struct, gc=False):
    """Read media as twscrape sorts them."""

    photos: list[Medium] | None = None
    videos: list[Medium] | None = None
    animated: list[Medium] | None = None


class Edits(msgspec.Struct, gc=False):
    """Read which versions a tweet has, in the words of snscrape or twscrape."""

    editTweetIds: list[int | str] | None = None
    edit_tweet_ids: list[int | str] | None = None


class Tweet(msgspec.Struct, gc=False):
    """Read a tweet, or what stands in place of one; what is nested stands in a table as text.

    For readers that make floats of numbers snscrape can write each id once more as text, with `.str`; twscrape does so
    always, with `_str` or `Str`.
    """

    kind: str | None = msgspec.field(default=None, name="_type")
    id: Number = None
    id_text: str | None = msgspec.field(default=None, name="id.str")
    id_str: str | None = None
    url: str | None = None
    date: Any = None  # Parquet holds a time
    content: str | None = None
    rawContent: str | None = None
    username: str | None = None
    user: User | str | None = None
    replyCount: Number = None
    retweetCount: Number = None
    likeCount: Number = None
    quoteCount: Number = None
    conversationId: Number = None
    conversation_text: str | None = msgspec.field(default=None, name="conversationId.str")
    conversationIdStr: str | None = None
    lang: str | None = None
    source: str | None = None
    sourceLabel: str | None = None
    links: list[Link] | str | None = None
    outlinks: list[str] | str | None = None
    tcooutlinks: list[str] | str | None = None
    media: list[Medium] | Media | str | None = None
    retweetedTweet: "Tweet | str | None" = None
    quotedTweet: "Tweet | str | None" = None
    inReplyToTweetId: Number = None
    parent_text: str | None = msgspec.field(default=None, name="inReplyToTweetId.str")
    inReplyToTweetIdStr: str | None = None
    inReplyToUser: User | str | None = None
    mentionedUsers: list[User] | str | None = None
    hashtags: list[str] | str | None = None
    possibly_sensitive: bool | str | None = None
    displayTextRange: list[int] | str | None = None
    editState: Edits | str | None = None
    editControl: Edits | str | None = None
    text: str | None = None  # of a tombstone


CELLS = {
    "user": User,
    "links": list[Link],
    "outlinks": list[str],
    "tcooutlinks": list[str],
    "media": list[Medium] | Media,
    "retweetedTweet": Tweet,
    "quotedTweet": Tweet,
    "inReplyToUser": User,
    "mentionedUsers": list[User],
    "hashtags": list[str],
    "displayTextRange": list[int],
    "editState": Edits,
    "editControl": Edits,
}


def text_of(tweet: Tweet) -> str | None:
    """Give the text as it came; where there is none it is no tweet."""
    return tweet.content if tweet.rawContent is None else tweet.rawContent


def add(tweet: Tweet, number: int, rows: Rows) -> None:
    """Add the sightings in a tweet."""
    tweet_id = own_id(tweet)
    if tweet_id is None:
        rows.reject(number, NO_ID if float_id(tweet.id) is None else LOST_ID)
        return
    rows.counts["tweets"] += 1
    _open(tweet, number, rows)
    original = _nested(tweet.retweetedTweet)
    if original is not None and text_of(original) is not None:
        _embedded(original, number, "retweeted", rows)
        tweet = original
    elif original is not None or _is_retweet(tweet):
        rows.field(number, NO_ORIGINAL)
    else:
        _sighting(tweet, tweet_id, number, "own", rows)
    while (quoted := _nested(tweet.quotedTweet)) is not None:  # a quote may quote, to any depth
        _embedded(quoted, number, "quoted", rows)
        tweet = quoted


def _open(tweet: Tweet, number: int, rows: Rows) -> None:
    """Put in place of each cell of a table what it holds."""
    for column, kind in CELLS.items():
        cell = getattr(tweet, column)
        if isinstance(cell, str):
            try:
                value = opened(cell)
                setattr(tweet, column, None if value is None else msgspec.convert(value, kind, strict=False))
            except (ValueError, *NO_FIT):
                rows.field(number, f"{column}: cannot be read")
                setattr(tweet, column, None)


def _nested(value: T | str | None) -> T | None:
    return None if isinstance(value, str) else value


def _is_retweet(tweet: Tweet) -> bool:
    """Tell by its text a retweet that came without its original.

    Ever since snscrape tells conversations it tells the original too, so there `RT @` was written by hand. twscrape
    leaves out an original that is not in the same answer.
    """
    return (text_of(tweet) or "").startswith("RT @") and (tweet.conversationId is None or tweet.id_str is not None)


def _embedded(tweet: Tweet, number: int, seen_as: str, rows: Rows) -> None:
    tweet_id, kind = own_id(tweet), _kind(tweet.kind)
    if kind == "Tombstone":
        tombstone(notice(tweet.text), tweet_id, number, rows)
    elif tweet_id is None:
        rows.field(number, f"{seen_as} tweet: {NO_ID}")
    elif text_of(tweet) is not None:
        _sighting(tweet, tweet_id, number, seen_as, rows)
    elif kind != "TweetRef":  # which holds an id and no more
        rows.field(number, f"{seen_as} tweet: no text")


def _kind(name: str | None) -> str:
    """Give the last part of a class's name."""
    return (name or "").rpartition(".")[2]


def own_id(tweet: Tweet) -> int | None:
    """Give a tweet's own id, from its address where pandas or a spreadsheet may have rounded the number."""
    told = to_id(tweet.id_str, tweet.id_text)
    if told is None and tweet.url and (found := ADDRESS.search(tweet.url)):
        told = to_id(found[2])
    if told is None and (told := to_id(tweet.id)) is None:
        told = rounded if (rounded := float_id(tweet.id)) is not None and rounded < EXACT else None
    return told


def _sighting(tweet: Tweet, tweet_id: int, number: int, seen_as: str, rows: Rows) -> None:
    user, answered, quoted = _nested(tweet.user), _nested(tweet.inReplyToUser), _nested(tweet.quotedTweet)
    handle = user.username if user else tweet.username
    if handle is None and tweet.url and (found := ADDRESS.search(tweet.url)):
        handle = found[1]
    author_id = _author_id(user, number, rows)
    parent = tweet.inReplyToTweetIdStr or tweet.parent_text or tweet.inReplyToTweetId
    reply_to_id, rounded = rows.link(number, "reply_to_id", parent)
    root = tweet.conversationIdStr or tweet.conversation_text or tweet.conversationId
    conversation_id, _ = rows.link(number, "conversation_id", root)
    answers = parent is not None or answered is not None or conversation_id not in (None, tweet_id)
    links = _links(tweet)
    prefix, text = _parts(tweet, answered, answers=answers)
    written_at = id_time(tweet_id)
    _edits(tweet, rows)
    rows.sighting(
        number,
        id=tweet_id,
        created_at=any_time(tweet.date) if written_at is None else written_at,
        author_id=name_id(handle) if author_id is None and handle else author_id,
        author_handle=handle,
        author_followers=_count(user.followersCount, "followersCount", number, rows) if user else None,
        author_verified=user.verified if user else None,
        text=expanded(text, dict(links)),
        reply_prefix=prefix,
        lang=tweet.lang,
        reply_to_id=reply_to_id,
        reply_to_rounded=rounded,
        reply_to_author_id=_author_id(answered, number, rows),
        quoted_id=own_id(quoted) if quoted else None,
        conversation_id=conversation_id,
        counts=(
            _count(tweet.replyCount, "replyCount", number, rows),
            _count(tweet.retweetCount, "retweetCount", number, rows),
            _count(tweet.likeCount, "likeCount", number, rows),
            _count(tweet.quoteCount, "quoteCount", number, rows),
        ),
        possibly_sensitive=_flag(tweet.possibly_sensitive),
        client=tweet.sourceLabel or client_name(tweet.source),
        urls=list(dict.fromkeys(url for _, url in links)) or None,
        hashtags=_nested(tweet.hashtags) or None,
        media=list(_media(tweet.media)) or None,
        seen_as=seen_as,
    )


def _author_id(user: User | None, number: int, rows: Rows) -> int | None:
    return rows.link(number, "author_id", user.id_text or user.id)[0] if user else None


def _parts(tweet: Tweet, answered: User | None, *, answers: bool) -> tuple[str | None, str]:
    """Cut the reply prefix from the text and undo its escaping.

    twscrape tells from 2026-05 on where the text of a reply begins. The text of a long post begins there itself: 30 of
    30 long replies in twscrape's test answers have no prefix, though the range that belongs to their short text has.
    """
    text, shown, start = text_of(tweet) or "", _nested(tweet.displayTextRange), 0
    if shown:
        start = shown[0] if shown[0] > 0 and MENTIONS.fullmatch(text[: shown[0]]) else 0
    elif answers:
        named = [*(_nested(tweet.mentionedUsers) or ()), *((answered,) if answered else ())]
        start = prefix_length(text, [user.username for user in named if user.username])
    prefix, text = cut_at(text, start)
    return prefix, text if "&" not in text or PLAIN.search(text) else unescaped(text)


def _links(tweet: Tweet) -> list[tuple[str, str]]:
    """Give each t.co link with the address it leads to."""
    links = _nested(tweet.links)
    if links:
        return [(link.tcourl or link.url, link.url) for link in links if link.url]
    outlinks, short = _nested(tweet.outlinks) or [], _nested(tweet.tcooutlinks) or []
    return list(zip(short if len(short) == len(outlinks) else outlinks, outlinks, strict=True))


def _media(media: list[Medium] | Media | str | None) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Give kind, address and description of each medium, as API v1.1 has them."""
    if isinstance(media, Media):
        sorts = {"photo": media.photos, "video": media.videos, "animated_gif": media.animated}
        for sort, items in sorts.items():
            yield from ((sort, item.thumbnailUrl or item.url, item.altText) for item in items or ())
        return
    for item in _nested(media) or ():
        kind = _kind(item.kind or item.type)
        url = SIZE.sub(r".\1", item.fullUrl) if item.fullUrl else item.thumbnailUrl
        yield KINDS.get(kind, kind or None), url, item.altText


def _edits(tweet: Tweet, rows: Rows) -> None:
    state, control = _nested(tweet.editState), _nested(tweet.editControl)
    versions = (state.editTweetIds if state else None) or (control.edit_tweet_ids if control else None) or ()
    ids = sorted(filter(None, map(to_id, versions)))
    for later in ids[1:]:
        rows.edit(later, ids[0])


def _count(value: Number, column: str, number: int, rows: Rows) -> int | None:
    if value is None or (type(value) is int and 0 <= value <= LARGEST_ID):
        return value
    try:
        count = int(float(value))
    except (ValueError, OverflowError):
        count = -1
    if 0 <= count <= LARGEST_ID:
        return count
    rows.field(number, f"{column}: wrong type or out of range")
    return None


def _flag(value: bool | str | None) -> bool | None:
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else value
