"""Tables of API v2's tweets: what twarc-csv makes of twarc 2's files, whichever its version and options.

A column is named by its way through the flattened JSON (`author.username`). Of a retweet's row the text, the counts and
what the text refers to are those of the original (from 0.5.2 on, unless told otherwise).
"""

import json
import re
from typing import Any

import msgspec

from chinwag.mending import NO_FIT
from chinwag.rows import LOST_ID, NO_ID, Rows
from chinwag.sources._cells import opened
from chinwag.sources._v2_tweets import (
    PICTURE,
    Answer,
    Attachments,
    Entities,
    Hashtag,
    Media,
    Mention,
    Metrics,
    Reference,
    Tweet,
    Url,
    User,
    UserMetrics,
    reference,
    uncounted,
)
from chinwag.texts import SHORT_LINK
from chinwag.values import EXACT, float_id, iso_time, to_id

TERMS = "x-api"
COLUMNS = ("referenced_tweets.", "public_metrics.", "author.", "__twarc.")
KINDS = ("replied_to", "quoted", "retweeted")
DIGITS = re.compile(r"\d{15,19}")
MEDIA = ("pic.twitter.com/", "pic.x.com/")

Record = dict[str, Any]


def claims(record: dict[str, Any]) -> bool:
    """Tell a row by its columns."""
    return "id" in record and "text" in record and any(key.startswith(COLUMNS) for key in record)


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add what a row holds."""
    if "id" not in record and "text" not in record:
        return False
    row = Row(record, number, rows)
    tweet = row.tweet()
    if tweet.id is not None and to_id(tweet.id) is None:
        rows.reject(number, NO_ID if float_id(tweet.id) is None else LOST_ID)
    elif tweet.id is None or tweet.text is None:
        rows.reject(number, NO_ID if tweet.id is None else "no text")
    else:
        fresh = "/stream" in (row.cell("__twarc.url") or "") and uncounted(tweet)
        answer = Answer(number, rows, iso_time(row.cell("__twarc.retrieved_at")))
        answer.item(tweet, counted=not fresh)
        answer.finish()
    return True


class Row:
    """Put a tweet together again from the cells of a row."""

    def __init__(self, record: Record, number: int, rows: Rows) -> None:
        self._record, self._number, self._rows = record, number, rows
        self._encoded = str(record.get("id")).startswith('"')  # the options to encode text, or all, as JSON
        # What is text was spared by pandas, which makes floats of a column of ids where one is missing.
        told = ("conversation_id", "edit_history_tweet_ids", "entities.urls")
        self._told = [digits for column in told for digits in DIGITS.findall(self.cell(column) or "")]

    def cell(self, column: str) -> str | None:
        """Give a cell as text."""
        value = self._record.get(column)
        if value is None:
            return None
        text = str(value)
        if self._encoded and text.startswith('"'):
            try:
                return str(json.loads(text))
            except ValueError:
                return text
        return text

    def tweet(self) -> Tweet:
        """Give the tweet, with the original of a retweet in place, as in the flattened form."""
        tweet = Tweet(
            attachments=Attachments(media=self._list("attachments.media", Media) or []),
            author_id=self.cell("author_id") or self.cell("author.id"),
            conversation_id=self.cell("conversation_id"),
            created_at=self.cell("created_at"),
            edit_history_tweet_ids=DIGITS.findall(self.cell("edit_history_tweet_ids") or ""),
            id=self._id(self.cell("id")),
            in_reply_to_user_id=self.cell("in_reply_to_user_id"),
            lang=self.cell("lang"),
            possibly_sensitive=self._bool("possibly_sensitive"),
            public_metrics=Metrics(*(self._count(f"public_metrics.{name}") for name in Metrics.__struct_fields__[:4])),
            referenced_tweets=self._references(),
            source=self.cell("source"),
            text=self.cell("text"),
            author=User(
                username=self.cell("author.username"),
                verified=self._bool("author.verified"),
                public_metrics=UserMetrics(self._count("author.public_metrics.followers_count")),
            ),
            in_reply_to_user=User(username=self.cell("in_reply_to_username") or self.cell("in_reply_to_user.username")),
        )
        if tweet.text is not None and not self._encoded:
            tweet.text = tweet.text.replace("\\n", "\n")  # from 0.2 on, so that a row is one line
        tweet.entities = self._entities(tweet.text or "")
        self._move_to_original(tweet)
        return tweet

    def _id(self, value: str | None) -> str | None:
        """Give an id that went through a float as it was, if it is small enough or the row tells it elsewhere."""
        rounded = float_id(value) if to_id(value) is None else None
        if rounded is None:
            return value
        if rounded < EXACT:
            return str(rounded)
        return next((digits for digits in self._told if float(digits) == rounded), value)

    def _references(self) -> list[Reference]:
        """Give what the tweet refers to: a column for each kind, up to 0.4 one list, which may hold the tweets."""
        listed = self._list("referenced_tweets", Reference)
        if listed is not None:
            return listed
        found = ((kind, self._id(self.cell(f"referenced_tweets.{kind}.id"))) for kind in KINDS)
        return [Reference(type=kind, id=value) for kind, value in found if value is not None]

    def _entities(self, text: str) -> Entities:
        return Entities(
            hashtags=[
                Hashtag(tag.removeprefix("#")) if isinstance(tag, str) else tag
                for tag in self._list("entities.hashtags", Hashtag | str) or ()
            ],
            mentions=[
                Mention(mention.removeprefix("@")) if isinstance(mention, str) else mention
                for mention in self._list("entities.mentions", Mention | str) or ()
            ],
            urls=_urls(self._list("entities.urls", Url | str) or [], text),
        )

    def _move_to_original(self, tweet: Tweet) -> None:
        """Of a retweet, put what is its original's into the reference to it."""
        original = reference(tweet, "retweeted")
        original_author = self.cell("retweeted_user_id")
        name = self.cell("retweeted_username") or ""
        if original is None or self._rows.link(self._number, "id of the original", original.id)[0] is None:
            return
        if original_author is None or (tweet.text or "").startswith(f"RT @{name}"):
            return
        original.text, original.entities, original.lang = tweet.text, tweet.entities, tweet.lang
        original.attachments, original.public_metrics = tweet.attachments, tweet.public_metrics
        original.author_id, original.author = original_author, User(username=name or None)

    def _list(self, column: str, kind: Any) -> list[Any] | None:
        """Give the list in a cell, which is JSON, or Python's way to write it where it was told not to encode lists."""
        value = self._record.get(column)
        if isinstance(value, str):
            value = _decoded(value)
        if value is None:
            return None
        try:
            return msgspec.convert(value, list[kind], strict=False)
        except NO_FIT:
            self._rows.field(self._number, f"{column}: wrong type")
            return None

    def _count(self, column: str) -> int | None:
        try:
            value = float(self.cell(column) or "")
        except ValueError:
            return None
        return int(value) if 0 <= value < EXACT else None

    def _bool(self, column: str) -> bool | None:
        return {"true": True, "1.0": True, "false": False, "0.0": False}.get((self.cell(column) or "").lower())


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return opened(text)
    except ValueError:
        return text


def _is_media(url: str) -> bool:
    return url.startswith(MEDIA) or PICTURE.match(url) is not None


def _urls(urls: list[Url | str], text: str) -> list[Url]:
    """Match the t.co links of a text with what they lead to, by their order: that is all a row tells since 0.7.

    In all 2,996 tweets of the real files the order is that of the text. A link to the tweet's own media comes as it was
    shown, once for each picture: where it leads is not told.
    """
    whole = [url for url in urls if isinstance(url, Url)]
    told = [url for url in urls if isinstance(url, str)]
    told = [url for url, last in zip(told, ["", *told], strict=False) if url != last or not _is_media(url)]
    links: list[str | None] = [*SHORT_LINK.findall(text)]
    if len(links) != len(told):
        links = [None] * len(told)
    return whole + [Url(link, url) for link, url in zip(links, told, strict=True) if not url.startswith(MEDIA)]
