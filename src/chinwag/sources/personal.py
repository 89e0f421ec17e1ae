"""Personal archive of one's own tweets and likes: the scripts of today and of 2013, or one JSON object of it all.

The scripts are told by the name they assign to, and only those of tweets and likes are read. Author and long posts are
looked up in files beside them. Numbers are strings here.
"""

import html
import re
from typing import Any, TypeVar

import msgspec

from chinwag.mending import Number, fitted
from chinwag.rows import NO_ID, NO_ORIGINAL, Rows
from chinwag.sources import _archive
from chinwag.sources._archive import Archive
from chinwag.sources.v1 import Entities, Status, Url, sighting
from chinwag.texts import LEADING_MENTION, prefix_length, unescaped
from chinwag.values import any_time, id_time, to_id

T = TypeVar("T", bound=msgspec.Struct)
Record = dict[str, Any]

TERMS = "own"
SCRIPT = re.compile(r"window\.YTD\.(?:tweets?|community_tweet|like)\.part\d+|Grailbird\.data\.tweets_\d{4}_\d{2}")
STATUS_LINK = re.compile(
    r"https?://(?:(?:www|mobile|m)\.)?(?:twitter|x)\.com/(?:#!/)?(?:i/web|\w+)/status(?:es)?/(\d+)", re.IGNORECASE
)
RETWEET = re.compile(r"RT @(\w{1,20}): ")
GONE = "{learnmore}"  # "This Post is from a suspended account. {learnmore}": what likes hold in place of a text
HELD = ("tweets", "community-tweet", "like")  # in an archive that is one object


class Versions(msgspec.Struct, gc=False):
    """Read the ids of all versions of a tweet."""

    editTweetIds: list[Number] | None = None


class Edit(msgspec.Struct, gc=False):
    """Read what a later version says."""

    initialTweetId: Number | None = None
    editControlInitial: Versions | None = None


class EditInfo(msgspec.Struct, gc=False):
    """Read which versions a tweet has."""

    initial: Versions | None = None
    edit: Edit | None = None


class Tweet(Status, gc=False):
    """Read a tweet: a status of API v1.1 without its author, and in later years with its versions."""

    edit_info: EditInfo | None = None
    deleted_at: str | None = None


class Like(msgspec.Struct, gc=False):
    """Read a liked tweet."""

    tweetId: str | None = None
    fullText: str | None = None
    expandedUrl: str | None = None


def claims(record: dict[str, Any]) -> bool:
    """Tell a script by its name, and otherwise a wrapped tweet or like or a whole archive."""
    if len(record) == 1:
        return SCRIPT.fullmatch(next(iter(record))) is not None or _wrapped(record) is not None
    return _is_whole(record)


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add the tweet or like an item is, or all those of a whole archive."""
    if not _is_whole(record):
        return _item(number, record, None, rows)
    archive = _archive.inside(record)
    items = [item for held in HELD if isinstance(record.get(held), list) for item in record[held]]
    if not items:
        rows.counts["notices"] += 1
        return True
    _tell(number, archive, rows)
    rows.counts["lines"] += len(items) - 1
    for item in items:
        if not isinstance(item, dict):
            rows.reject(number, "not a JSON object")
        elif not _item(number, item, archive, rows):
            rows.reject(number, "neither a tweet nor a like")
    return True


def _is_whole(record: dict[str, Any]) -> bool:
    """Tell an archive that is one object, as the community archive keeps it."""
    return "account" in record and isinstance(record.get("tweets"), list)


def _wrapped(item: dict[str, Any]) -> dict[str, Any] | None:
    """Give the tweet or like in an item as it is since 2020."""
    tweet, like = item.get("tweet"), item.get("like")
    if isinstance(tweet, dict) and "full_text" in tweet:
        return tweet
    return like if isinstance(like, dict) and "tweetId" in like else None


def _is_bare(item: dict[str, Any]) -> bool:
    """Tell an item of a script from before 2020; other shapes have the same names beside those left out here."""
    if "tweetId" in item:
        return item.keys() <= {"tweetId", "fullText", "expandedUrl"}
    if "full_text" in item:
        return "id_str" in item and not {"user", "user_id_str", "author_id", "tweet_id"} & item.keys()
    return "text" in item and "user" in item and not {"truncated", "author_id", "__typename"} & item.keys()


def _item(number: int, item: dict[str, Any], archive: Archive | None, rows: Rows) -> bool:
    """Add an item of a script or a list; `archive` is None where what is known of it lies beside."""
    content = _wrapped(item) or (item if _is_bare(item) else None)
    if content is None:
        return False
    is_like = "tweetId" in content
    if archive is None:
        archive = _archive.beside(rows.place)
        if number == 1 and not is_like and "user" not in content:
            _tell(number, archive, rows)
    (_like if is_like else _tweet)(number, content, archive, rows)
    return True


def _tell(number: int, archive: Archive, rows: Rows) -> None:
    """Count once what is missing for all tweets of an archive."""
    for problem in archive.problems:
        rows.field(number, problem)


def _read_as(kind: type[T], found: dict[str, Any]) -> tuple[T, list[str]]:
    """Make a Struct of an object, and say what of it could not be used."""
    problems: list[str] = []
    return fitted(found, kind, problems.append), problems


def _tweet(number: int, found: dict[str, Any], archive: Archive, rows: Rows) -> None:
    tweet, problems = _read_as(Tweet, found)
    tweet_id = to_id(tweet.id_str, tweet.id)
    tweet.user = tweet.user or archive.user
    if tweet_id is None or (tweet.full_text is None and tweet.text is None):
        rows.reject(number, problems[0] if problems else "tweet without text" if tweet_id else NO_ID)
        return
    for problem in problems:
        rows.field(number, problem)
    if tweet.deleted_at is not None:
        rows.counts["notices"] += 1
        author_id = to_id(tweet.user.id_str, tweet.user.id) if tweet.user else None
        rows.delete("delete", tweet_id, author_id, at=any_time(tweet.deleted_at))
        return
    rows.counts["tweets"] += 1
    # In archives of mid-2013 and later, tweets of 2009 and 2010 have the right day and the time 00:00:00.
    written_at = id_time(tweet_id) or any_time(tweet.created_at)
    if tweet.retweeted_status is not None:
        _original(number, tweet.retweeted_status, rows)
    elif _is_retweet(tweet):
        rows.field(number, NO_ORIGINAL)
    else:
        _versions(tweet.edit_info, rows)
        _complete(tweet, archive, written_at or 0)
        sighting(number, tweet, (tweet_id, written_at), "own", archive.made_at, rows, counted=True)


def _original(number: int, status: Status, rows: Rows) -> None:
    """Add what a retweet of 2013 retweets."""
    tweet_id = to_id(status.id_str, status.id)
    if tweet_id is None or status.text is None:
        rows.field(number, NO_ORIGINAL)
        return
    written_at = id_time(tweet_id) or any_time(status.created_at)
    sighting(number, status, (tweet_id, written_at), "retweeted", None, rows, counted=True)


def _is_retweet(tweet: Tweet) -> bool:
    """Tell a retweet: all that is left of it is "RT @name: " and the first 140 characters of its original.

    Of 2013, where retweets hold their original, such a text was written by hand.
    """
    found = RETWEET.match(tweet.full_text or "")
    mentions = tweet.entities.user_mentions if tweet.entities else None
    return found is not None and any((one.screen_name or "").lower() == found[1].lower() for one in mentions or ())


def _versions(info: EditInfo | None, rows: Rows) -> None:
    if info is None:
        return
    versions = info.initial or (info.edit.editControlInitial if info.edit else None)
    ids = [edited for value in (versions.editTweetIds if versions else None) or () if (edited := to_id(value))]
    initial_id = to_id(info.edit.initialTweetId) if info.edit else None
    for edited in ids:
        rows.edit(edited, initial_id or min(ids))


def _complete(tweet: Tweet, archive: Archive, written_at: int) -> None:
    """Make of a tweet of an archive the status that the API would have given.

    `display_text_range` begins at 0 here even where a reply prefix does not (413 of 413), so it is made anew.
    """
    text = (tweet.text if tweet.full_text is None else tweet.full_text) or ""
    entities = tweet.entities = tweet.entities or Entities()
    if found := archive.note(text, written_at):
        note, start = found
        text = text[:start] + html.escape(note.text, quote=False)
        known = {url.expanded_url for url in note.urls}
        entities.urls = [*note.urls, *(url for url in entities.urls or () if url.expanded_url not in known)]
        entities.hashtags = note.hashtags
    else:
        start = _prefix_length(tweet, text)
    tweet.full_text, tweet.display_text_range = text, [start, len(text)]
    tweet.quoted_status_id_str = tweet.quoted_status_id_str or _quoted(entities.urls or [])


def _prefix_length(tweet: Tweet, text: str) -> int:
    """Give the length of the reply prefix.

    What answers another account begins with its name, which need not be its name of today nor be told: of 406 such
    replies of a real archive 24 lack it, and one has another.
    """
    answered = to_id(tweet.in_reply_to_user_id_str, tweet.in_reply_to_user_id)
    if answered is None and not tweet.in_reply_to_screen_name:
        return 0
    mentions = tweet.entities.user_mentions if tweet.entities else None
    named = [*(one.screen_name or "" for one in mentions or ()), tweet.in_reply_to_screen_name or ""]
    author = to_id(tweet.user.id_str, tweet.user.id) if tweet.user else None
    if answered != author and (first := LEADING_MENTION.match(text)):
        named.append(first[1])
    return prefix_length(text, named)


def _quoted(urls: list[Url]) -> str | None:
    """Give the id in the last link to a tweet: the rule by which Twitter itself finds what such a tweet quotes."""
    links = [found[1] for url in urls if (found := STATUS_LINK.match(url.expanded_url or ""))]
    return links[-1] if links else None


def _like(number: int, found: dict[str, Any], archive: Archive, rows: Rows) -> None:
    like, problems = _read_as(Like, found)
    link = STATUS_LINK.match(like.expandedUrl or "")
    tweet_id = to_id(like.tweetId, link[1] if link else None)
    if tweet_id is None:
        rows.reject(number, NO_ID)
        return
    rows.counts["tweets"] += 1
    if not like.fullText or like.fullText.endswith(GONE):
        rows.field(number, problems[0] if problems else "liked tweet without its text")
        return
    rows.sighting(
        number,
        id=tweet_id,
        created_at=id_time(tweet_id),
        text=unescaped(like.fullText),
        seen_as="included",
        seen_at=archive.made_at,
    )
