"""Render a tweet as the text of a turn: what it mentions, links, shows and quotes, and what of it is private."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from chinwag.redaction import KINDS as PRIVATE
from chinwag.redaction import redact

# In `me@example.org` the @ makes no mention; in `RT@someone` it does, though Twitter itself does not see it.
MENTION = re.compile(r"(?:(?<![A-Za-z0-9_])[@\uff20]|[@\uff20](?![A-Za-z0-9_-]+\.[a-z]))([A-Za-z0-9_]+)")
# Links within Twitter name a handle and a tweet: photos of the tweet itself, what it quotes, profiles. A host begins
# after a scheme or at a boundary (netflix.com is not x.com), and a link ends before punctuation and other alphabets.
INNER_LINK = re.compile(
    r"(?:https?://(?:[A-Za-z0-9-]+\.)*|(?<![A-Za-z0-9_.-])(?:(?:www|mobile|m|pic)\.)?)(?:twitter\.com|x\.com|t\.co)"
    r"(?::[0-9]+)?[/?](?:[!-~]*[A-Za-z0-9_/=#-])?"
    # Mirrors name people as Twitter does, whatever their own name is.
    r"|https?://[^\s/]+/[A-Za-z0-9_]{1,20}/status(?:es)?/[0-9]+(?:[!-~]*[A-Za-z0-9_/=#-])?",
    re.IGNORECASE,
)
OUTER_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,:;!?)\]}…]", re.IGNORECASE)
LINK = "[link]"
# Readers and databases choke on control characters; behind those of no width addresses and names hide.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff]")
PICTURES = {"animated_gif": "gif", "photo": "photo", "video": "video"}


@dataclass(frozen=True)
class Rendering:
    """Say how texts are written.

    `links` are those to other places; links within Twitter, which name people, are never kept. `media` are told where a
    tweet is nothing else (`alone`), always (`kind`), with their descriptions (`alt`), or never. What a tweet quotes
    stands below its text, each line after `> `, if the quoted tweet is in a tree, where filters see it, and is not what
    it answers.
    """

    mentions: Literal["placeholder", "keep"] = "placeholder"
    links: Literal["keep", "placeholder", "remove"] = "keep"
    media: Literal["alone", "kind", "alt", "none"] = "alone"
    quoted: Literal["none", "text"] = "none"
    redact: tuple[str, ...] = PRIVATE


class Tweet(NamedTuple):
    """Hold what a conversation needs of a tweet; times are ms since 1970, `media` are kinds and descriptions."""

    id: int
    parent_id: int | None
    author_id: int | None
    lang: str | None
    text: str
    reply_prefix: str | None
    media: list[tuple[str, str | None]]
    like_count: int | None
    followers: int | None
    created_at: int | None
    sources: list[str]
    terms: list[str]
    quoted_id: int | None
    quoted: str | None
    dropped: bool


def text_of(tweets: Iterable[Tweet], handles: dict[str, str], rendering: Rendering) -> str:
    """Give the text of a turn: those of its tweets, a line or more each; see `readable`."""
    texts = (readable(tweet, handles, rendering) for tweet in tweets)
    return "\n".join(text for text in texts if text)


def readable(tweet: Tweet, handles: dict[str, str], rendering: Rendering) -> str:
    """Give a tweet's text as a reader sees it, without mentions and without links within Twitter.

    `handles` holds the conversation's placeholders, and is added to. A tweet that is only a picture or a link says so,
    and one that only names people, who then stand in its reply prefix, names them.
    """
    text = _linked(_without_trailing_links(CONTROL.sub("", tweet.text)), rendering)
    shown = _shown(tweet, rendering)
    if not text and tweet.text.strip() and not shown and rendering.links != "remove":
        shown = LINK
    if not text or rendering.media in ("kind", "alt"):
        text = " ".join(part for part in (text, shown) if part)
    text = text or tweet.reply_prefix or ""
    if rendering.quoted == "text" and tweet.quoted:
        quoted = _linked(_without_trailing_links(CONTROL.sub("", tweet.quoted)), rendering)
        text = "\n".join([text, *(f"> {line}" for line in quoted.splitlines())]).strip()
    text = redact(CONTROL.sub("", text).strip(), rendering.redact, tweet.lang)
    if rendering.mentions == "placeholder":
        text = MENTION.sub(lambda found: handles.setdefault(found[1].lower(), f"@user{len(handles) + 1}"), text)
    return text


def says_something(text: str) -> bool:
    """Tell a text from one that only has spaces and signs that nobody sees."""
    return any(sign.isprintable() and not sign.isspace() for sign in text)


def mentioned(text: str) -> list[str]:
    """Name whom a text mentions, each once, in small letters, in the order of the text."""
    return list(dict.fromkeys(name.lower() for name in MENTION.findall(text)))


def _shown(tweet: Tweet, rendering: Rendering) -> str:
    """Say what a tweet shows."""
    if rendering.media == "none":
        return ""
    pictures = []
    for kind, alt in tweet.media:
        said = f": {' '.join(_linked(alt, rendering).split())}" if rendering.media == "alt" and alt else ""
        pictures.append(f"[{PICTURES[kind]}{said}]" if kind in PICTURES else LINK)
    return " ".join(pictures)


def _linked(text: str, rendering: Rendering) -> str:
    """Write the links in a text as they are wanted."""
    if rendering.links == "remove":
        bare = OUTER_LINK.sub("", INNER_LINK.sub("", text))
        return text if bare == text else "\n".join(" ".join(line.split()) for line in bare.splitlines()).strip()
    text = INNER_LINK.sub(LINK, text)
    return OUTER_LINK.sub(LINK, text) if rendering.links == "placeholder" else text


def _without_trailing_links(text: str) -> str:
    """Cut the links within Twitter at the end of a text: they lead to its pictures and to what it quotes."""
    text = text.strip()
    for link in reversed(list(INNER_LINK.finditer(text))):
        if link.end() != len(text):
            break
        text = text[: link.start()].rstrip()
    return text
