"""twint: JSON lines, CSV and SQLite, as its releases to 2.1.21 and its last, unreleased versions write them.

Up to 2.1.21 (July 2020) it read the web pages: times are whole numbers of ms, `retweet_id` is the retweet's and the row
is the original's. From October 2020 it read the web's own API: times are local text, the row is the retweet's own and
`retweet_id` is the original's, `user_rt` the original's text. Neither tells which tweet is replied to.
"""

import re
from typing import Any

import msgspec

from chinwag.mending import NO_FIT
from chinwag.rows import LOST_ID, NO_ID, NO_ORIGINAL, Rows
from chinwag.sources._cells import opened
from chinwag.texts import SHORT_LINK, cut_at, expanded, prefix_length, unescaped
from chinwag.values import EXACT, any_time, float_id, id_time, iso_time, name_id, to_id

TERMS = "web"
STATUS = re.compile(r"/status(?:es)?/([0-9]{1,19})")
# All versions put a blank before every link, where mostly there is one. Where it alone parts two words, it stays.
INSERTED = re.compile(r"(?<![^\s(\[{<\"'“‘]) (?=http|pic\.twitter)")  # noqa: RUF001 - quotes as they are typed
SHORTENED = re.compile(r"(https?://\S+)\xa0…?")  # a page had this behind a link, though the link stood there whole
RETWEET = re.compile(r"RT @([A-Za-z0-9_]{1,20}):")
SEVERAL = re.compile(r",(?=https?://)")

Number = int | float | str


class Name(msgspec.Struct, gc=False):
    """Read an account that a tweet is addressed to; the pages gave `user_id` and `username`."""

    screen_name: str | None = None
    id: Number | None = None
    user_id: Number | None = None
    username: str | None = None


class Record(msgspec.Struct, gc=False):
    """Read a row: `screen_name` and `time_update` are SQLite's, `nlikes` and its like those of the pandas tables."""

    id: Number | None = None
    conversation_id: Number | None = None
    created_at: Number | None = None
    timezone: str | None = None
    user_id: Number | None = None
    username: str | None = None
    tweet: str | None = None
    language: str | None = None
    mentions: list[Any] | str | None = None
    urls: list[str] | str | None = None
    photos: list[str] | str | None = None
    replies_count: Number | None = None
    retweets_count: Number | None = None
    likes_count: Number | None = None
    hashtags: list[str] | str | None = None
    link: str | None = None
    retweet: bool | Number | None = None
    quote_url: Number | None = None
    video: Number | None = None
    thumbnail: str | None = None
    user_rt_id: Number | None = None
    user_rt: str | None = None
    retweet_id: Number | None = None
    reply_to: list[Name] | Name | str | None = None
    screen_name: str | None = None
    time_update: Number | None = None
    nreplies: Number | None = None
    nretweets: Number | None = None
    nlikes: Number | None = None


def claims(record: dict[str, Any]) -> bool:
    """Tell a row by the columns that all versions write, in all forms."""
    return (
        "conversation_id" in record
        and ("username" in record or "screen_name" in record)
        and isinstance(record.get("tweet", 0), str | None)
    )


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add what a row holds."""
    if record.tweet is None or record.conversation_id is None:
        return False
    tweet_id = _id(record.id, record.link)
    if tweet_id is None:
        lost = float_id(record.id) is not None
        rows.reject(number, LOST_ID if lost else NO_ID)
        return True
    rows.counts["tweets"] += 1
    retweeted = record.retweet in (True, "True", "true", "1")
    if retweeted and RETWEET.match(record.tweet):
        _original(record, tweet_id, number, rows)
    else:
        _row(record, tweet_id, "retweeted" if retweeted else "own", number, rows)
    return True


def _original(record: Record, tweet_id: int, number: int, rows: Rows) -> None:
    """Add the original of a retweet that has a row of its own: little more than the text is told."""
    original = rows.link(number, "retweet_id", record.retweet_id)[0]
    if original is None or original >= tweet_id or not record.user_rt:
        rows.field(number, NO_ORIGINAL)
        return
    handle = RETWEET.match(record.tweet or "")
    rows.sighting(
        number,
        id=original,
        created_at=id_time(original),
        author_id=rows.link(number, "user_rt_id", record.user_rt_id)[0],
        author_handle=handle[1] if handle else None,
        text=unescaped(record.user_rt),
        seen_as="retweeted",
        seen_at=any_time(record.time_update),
    )


def _row(record: Record, tweet_id: int, seen_as: str, number: int, rows: Rows) -> None:
    handle = record.username or record.screen_name
    author_id = rows.link(number, "author_id", record.user_id)[0]
    if author_id is None and handle:
        author_id = name_id(handle)
    conversation_id = rows.link(number, "conversation_id", record.conversation_id)[0]
    from_page = _is_whole(record.created_at)
    names = _names(record, number, rows)
    is_reply = conversation_id is not None and conversation_id != tweet_id
    text = INSERTED.sub("", SHORTENED.sub(r"\1", record.tweet or ""))
    handles = [*map(_handle, names or ()), *_items(record.mentions, "mentions", number, rows)]
    prefix, text = cut_at(text, prefix_length(text, handles) if is_reply else 0)
    urls = _items(record.urls, "urls", number, rows)
    media = _media(record, number, rows)
    rows.sighting(
        number,
        id=tweet_id,
        created_at=_written_at(record, tweet_id, number, rows),
        author_id=author_id,
        author_handle=handle or None,
        text=text if from_page else _readable(text, urls, with_media=bool(media)),
        reply_prefix=prefix,
        lang=record.language or None,
        reply_to_author_id=_replied_to(names, author_id, text, from_page=from_page) if is_reply else None,
        quoted_id=_id(None, str(record.quote_url or "")),
        conversation_id=conversation_id,
        counts=(
            _count(record.replies_count, record.nreplies, number, rows),
            _count(record.retweets_count, record.nretweets, number, rows),
            _count(record.likes_count, record.nlikes, number, rows),
            None,
        ),
        urls=urls or None,
        hashtags=[tag.removeprefix("#") for tag in _items(record.hashtags, "hashtags", number, rows)] or None,
        media=media or None,
        seen_as=seen_as,
        seen_at=any_time(record.time_update),
    )


def _id(value: object, link: str | None) -> int | None:
    """Take an id, or where it went through a float the one in the tweet's address."""
    found = STATUS.search(link or "")
    return to_id(value, found and found[1])


def _is_whole(value: Number | None) -> bool:
    """Tell a time as the pages gave it; the pandas tables of later versions have ms too, but as a float."""
    return isinstance(value, int) or (isinstance(value, str) and value.isdigit())


def _written_at(record: Record, tweet_id: int, number: int, rows: Rows) -> int | None:
    """Give the time of a tweet; the text is local time, with a zone's name behind it that need not be known."""
    written_at = id_time(tweet_id) or any_time(record.created_at)
    if written_at is None:
        written_at = iso_time(f"{str(record.created_at)[:19]}{record.timezone or ''}")
    if written_at is None and record.created_at:
        rows.field(number, "created_at is no time")
    return written_at


def _readable(text: str, urls: list[str], *, with_media: bool) -> str:
    """Undo the escaping, and put the addresses in place of the short links, which come in the same order.

    In a real file their numbers were equal 94 of 94 times, and one higher 6 of 6 times where there were media: the last
    link is theirs. Where the numbers do not fit, the links stay as they are.
    """
    short = SHORT_LINK.findall(text)
    fitting = len(urls) <= len(short) <= len(urls) + with_media
    return expanded(unescaped(text), dict(zip(short, urls, strict=False)) if fitting else {})


def _names(record: Record, number: int, rows: Rows) -> list[Name] | None:
    """Give the accounts in `reply_to`: a list, or in October 2020 the one that is answered; None for no such column."""
    value: object = record.reply_to
    if isinstance(value, str):
        value = _list(value, "reply_to", number, rows)
        try:
            value = msgspec.convert(value, list[Name] | Name | None, strict=False)
        except NO_FIT:
            rows.field(number, "reply_to is no list")
            return None
    if isinstance(value, Name):
        return [value]
    return value if isinstance(value, list) else None


def _handle(name: Name) -> str:
    return name.screen_name or name.username or ""


def _replied_to(names: list[Name] | None, author_id: int | None, text: str, *, from_page: bool) -> int | None:
    """Give the account that a reply answers.

    The pages' list is what a reply to this tweet would begin with: its author, whom it answers, whom else it mentions.
    Who is mentioned in the text need not be answered, and the page did not show the prefix. Later the list is the
    prefix. Of the 2021 stream's replies the first in the prefix is answered by 729 of 738; of those without a prefix,
    and without a name that could be one, 72 of 72 answer their own author.
    """
    if names is None or (not names and text.startswith("@")):
        return None
    others = [name for name in names if to_id(name.id, name.user_id) != author_id]
    if from_page:
        seen = text.lower()
        others = [name for name in others if f"@{_handle(name)}".lower() not in seen]
    return to_id(others[0].id, others[0].user_id) if others else author_id


def _media(record: Record, number: int, rows: Rows) -> list[tuple[str | None, str | None, str | None]]:
    """Give the media; `video` is 1 for photos too."""
    photos = [("photo", photo, None) for photo in _items(record.photos, "photos", number, rows)]
    if photos or str(record.video or 0) not in ("1", "1.0"):
        return [*photos]
    thumbnail = record.thumbnail or None
    return [("animated_gif" if thumbnail and "/tweet_video_thumb/" in thumbnail else "video", thumbnail, None)]


def _items(value: list[Any] | str | None, column: str, number: int, rows: Rows) -> list[str]:
    """Take a list of texts, however it is written: as Python text in CSV, joined by commas in SQLite."""
    items: object = value
    if isinstance(value, str):
        if not value.startswith("["):
            return SEVERAL.split(value) if value.startswith("http") else [item for item in value.split(",") if item]
        items = _list(value, column, number, rows)
    return [item for item in items if isinstance(item, str) and item] if isinstance(items, list) else []


def _list(cell: str, column: str, number: int, rows: Rows) -> object:
    """Read a list that was written as Python text."""
    try:
        return opened(cell) if cell not in ("", "[]") else []  # nearly all are empty
    except ValueError:
        rows.field(number, f"{column} is no list")
        return None


def _count(value: Number | None, other: Number | None, number: int, rows: Rows) -> int | None:
    value = other if value is None else value
    if value is None or value == "":
        return None
    try:
        count = int(float(value))
    except (ValueError, OverflowError):
        count = -1
    if 0 <= count < EXACT:
        return count
    rows.field(number, "a count that is no number")
    return None
