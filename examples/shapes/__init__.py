"""Write synthetic tweets in every shape chinwag reads: one module a shape, each with `write` and `KEPT`.

`write` gives files by name as the program of that shape would write them; `KEPT` names the columns of `sightings` that
the shape tells exactly, so that reading the files back must give what was written.
"""

import html
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Tweet:
    """Hold a tweet that no shape has formed yet. `id` is a snowflake; `urls` stand at the end of the text."""

    id: int
    author_id: int
    author_handle: str
    body: str
    lang: str = "en"
    reply_to_id: int | None = None
    reply_to_author_id: int | None = None
    reply_to_handle: str | None = None
    conversation_id: int | None = None
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)  # replies, retweets, likes, quotes
    urls: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()  # they stand in the body
    photos: tuple[str, ...] = ()  # addresses of images; they are in no text here
    quoted: "Tweet | None" = None

    @property
    def created_at(self) -> int:
        """Give the time in the id, in ms."""
        return (self.id >> 22) + 1_288_834_974_657

    @property
    def when(self) -> datetime:
        """Give the time, to the second, as sources write it."""
        return datetime.fromtimestamp(self.created_at // 1000, UTC)

    @property
    def text(self) -> str:
        """Give the text as chinwag keeps it: without the reply's mention, links as they lead on."""
        return " ".join((self.body, *self.urls))

    @property
    def reply_prefix(self) -> str | None:
        """Give the mention a client puts before a reply."""
        return f"@{self.reply_to_handle}" if self.reply_to_id else None

    @property
    def link(self) -> str:
        """Give the tweet's address."""
        return f"https://twitter.com/{self.author_handle}/status/{self.id}"


def short(url: str) -> str:
    """Give the t.co link Twitter puts in place of an address."""
    return f"https://t.co/{zlib.crc32(url.encode()):010d}"


def sent(tweet: Tweet, *, escaped: bool = True) -> str:
    """Give the text as Twitter sends it: mention first, links shortened, escaped as HTML unless told otherwise."""
    body = html.escape(tweet.body, quote=False) if escaped else tweet.body
    prefix = (tweet.reply_prefix,) if tweet.reply_prefix else ()
    return " ".join((*prefix, body, *map(short, tweet.urls)))


def classic(tweet: Tweet) -> str:
    """Give the time as API v1.1 writes it."""
    return tweet.when.strftime("%a %b %d %H:%M:%S +0000 %Y")
