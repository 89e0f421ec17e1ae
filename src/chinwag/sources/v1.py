"""Twitter API v1.1: the archive.org stream of 2011 to 2022, REST answers and what twarc 1 saved.

Statuses inside a status (retweeted, quoted, a quote inside a retweet) are sightings of their own: most parents are
found there. A retweet has no row; it is a sighting of its original.
"""

from typing import Any

import msgspec

from chinwag.mending import Count, Number
from chinwag.rows import NO_ID, Rows
from chinwag.texts import client_name, cut_at, expanded, prefix_length, unescaped
from chinwag.values import classic_time, id_time, iso_time, to_id

TERMS = "x-api"
# Notices about tweets, with their kind in `deletes`, and about authors; the others ask for nothing to be removed.
OF_TWEETS = {"delete": "delete", "status_withheld": "status_withheld", "drop": "protected", "scrub_geo": "scrub_geo"}
OF_AUTHORS = ("user_withheld", "user_delete", "user_protect", "user_suspend")
OTHERS = ("limit", "disconnect", "warning", "undrop", "tweet_edit", "user_undelete", "user_unprotect", "user_unsuspend",
          "user_profile_modification")  # fmt: skip
TAKING = (*OF_TWEETS, *OF_AUTHORS)
NOTICES = (*TAKING, *OTHERS)

# A status's id and time: its id is finer than `created_at`, and equals `timestamp_ms` wherever that is given.
Written = tuple[int, int | None]


class User(msgspec.Struct, gc=False):
    """Read an author."""

    id: Number | None = None
    id_str: str | None = None
    screen_name: str | None = None
    followers_count: Count | None = None
    verified: bool | None = None


class Url(msgspec.Struct, gc=False):
    """Read a link in a text."""

    url: str | None = None
    expanded_url: str | None = None


class Media(msgspec.Struct, gc=False):
    """Read a photo, a video or an animated GIF."""

    url: str | None = None
    expanded_url: str | None = None
    media_url_https: str | None = None
    type: str | None = None
    ext_alt_text: str | None = None


class Hashtag(msgspec.Struct, gc=False):
    """Read a hashtag."""

    text: str | None = None


class Mention(msgspec.Struct, gc=False):
    """Read a mention."""

    screen_name: str | None = None


class Entities(msgspec.Struct, gc=False):
    """Read what a text refers to."""

    hashtags: list[Hashtag] | None = None
    urls: list[Url] | None = None
    user_mentions: list[Mention] | None = None
    media: list[Media] | None = None


class Extended(msgspec.Struct, gc=False):
    """Read a text of full length with what belongs to it."""

    full_text: str | None = None
    display_text_range: list[Number] | None = None
    entities: Entities | None = None
    extended_entities: Entities | None = None


class Versions(msgspec.Struct, gc=False):
    """Read which versions a tweet has."""

    initial_tweet_id: str | None = None
    edit_tweet_ids: list[str] | None = None
    edit_control_initial: "Versions | None" = None


class EditControl(msgspec.Struct, gc=False):
    """Read how a tweet was edited, as REST answers tell it on demand."""

    initial: Versions | None = None
    edit: Versions | None = None


class Status(Extended, gc=False):
    """Read a status; REST answers have `full_text`, the stream has `text`.

    The fields are in the order of the JSON, where the decoder looks for the next one first.
    """

    created_at: str | None = None
    id: Number | None = None
    id_str: str | None = None
    text: str | None = None
    source: str | None = None
    truncated: bool | None = None
    in_reply_to_status_id: Number | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_user_id: Number | None = None
    in_reply_to_user_id_str: str | None = None
    in_reply_to_screen_name: str | None = None
    user: User | None = None
    quoted_status_id: Number | None = None
    quoted_status_id_str: str | None = None
    quoted_status: "Status | None" = None
    retweeted_status: "Status | None" = None
    extended_tweet: Extended | None = None
    quote_count: Count | None = None
    reply_count: Count | None = None
    retweet_count: Count | None = None
    favorite_count: Count | None = None
    possibly_sensitive: bool | None = None
    lang: str | None = None
    edit_history: Versions | None = None  # of the enterprise API; the sampled stream tells nothing of edits
    ext_edit_control: EditControl | None = None


class Subject(msgspec.Struct, gc=False):
    """Read what a notice is about; `screen_name` is chinwag's own, for an author of whom no id is known."""

    id: Number | None = None
    id_str: str | None = None
    user_id: Number | None = None
    user_id_str: str | None = None
    up_to_status_id: Number | None = None
    up_to_status_id_str: str | None = None
    screen_name: str | None = None


class Notice(Subject, gc=False):
    """Read a notice: of the two streams, that of statuses and that of compliance, each puts its subject elsewhere."""

    status: Subject | None = None
    user: Subject | None = None
    favorite: Any = None
    timestamp_ms: str | None = None
    written_at: str | None = msgspec.field(default=None, name="timestampMs")


class Record(Status, gc=False):
    """Read a status, a notice, or an answer to a search, which is a page of statuses."""

    delete: Notice | None = None
    status_withheld: Notice | None = None
    drop: Notice | None = None
    scrub_geo: Notice | None = None
    user_withheld: Notice | None = None
    user_delete: Notice | None = None
    user_protect: Notice | None = None
    user_suspend: Notice | None = None
    limit: Any = None
    disconnect: Any = None
    warning: Any = None
    undrop: Any = None
    tweet_edit: Any = None
    user_undelete: Any = None
    user_unprotect: Any = None
    user_unsuspend: Any = None
    user_profile_modification: Any = None
    statuses: "list[Record] | None" = None


_NO_USER, _NO_ENTITIES, _NO_CONTROL = User(), Entities(), EditControl()


def claims(record: dict[str, Any]) -> bool:
    """Tell a status, or a notice of the stream, from all other shapes."""
    if len(record) == 1 and next(iter(record)) in NOTICES:
        return True
    if isinstance(record.get("statuses"), list):
        return True
    if "__typename" in record or "_type" in record or "author_id" in record:
        return False
    has_text = "text" in record or "full_text" in record
    return ("id_str" in record or "id" in record) and isinstance(record.get("user"), dict) and has_text


def read(record: Record, number: int, rows: Rows, *, searched: bool = False) -> bool:
    """Add what a record holds; one that a search found was asked for, and is none of the stream."""
    if record.user is not None and (record.text is not None or record.full_text is not None):
        _tweet(number, record, rows, searched=searched)
    elif record.statuses is not None:
        _page(number, record.statuses, rows)
    else:
        return _notice(number, record, rows)
    return True


def _page(number: int, statuses: list[Record], rows: Rows) -> None:
    """Add each status of a page, which counts as a record of its own."""
    rows.counts["lines"] += len(statuses) - 1
    for status in statuses:
        if not read(status, number, rows, searched=True):
            rows.reject(number, "no status")


def _notice(number: int, record: Record, rows: Rows) -> bool:
    """Add a notice of what is gone; count one that takes nothing away."""
    for kind in TAKING:
        notice: Notice | None = getattr(record, kind)
        if notice is not None:
            if notice.favorite is None:
                return _gone(number, kind, notice, rows)
            break  # a like that was taken back
    else:
        if all(getattr(record, kind) is None for kind in OTHERS):
            return False
    rows.counts["notices"] += 1
    return True


def _gone(number: int, kind: str, notice: Notice, rows: Rows) -> bool:
    subject = notice.status or notice.user or notice
    tweet_id, author_id = to_id(subject.id_str, subject.id), to_id(subject.user_id_str, subject.user_id)
    handle = up_to_id = None
    if kind in OF_AUTHORS:
        tweet_id, author_id = None, author_id or tweet_id
        handle = subject.screen_name if author_id is None else None
    elif kind == "scrub_geo":
        up_to_id = to_id(subject.up_to_status_id_str, subject.up_to_status_id)
    if tweet_id is None and author_id is None and not handle:
        if notice == Notice():
            return False
        rows.reject(number, f"{kind} notice without an id")
        return True
    rows.counts["notices"] += 1
    at = to_id(notice.timestamp_ms) or iso_time(notice.written_at)
    rows.delete(OF_TWEETS.get(kind, kind), tweet_id, author_id, author_handle=handle, up_to_id=up_to_id, at=at)
    return True


def _id(status: Status) -> int | None:
    return to_id(status.id_str, status.id)


def _tweet(number: int, record: Record, rows: Rows, *, searched: bool) -> None:
    """Add the sightings in a status."""
    tweet_id = to_id(record.id_str, record.id)
    if tweet_id is None:
        rows.reject(number, NO_ID)
        return
    rows.counts["tweets"] += 1
    seen_at = id_time(tweet_id) or classic_time(record.created_at)
    original = record.retweeted_status
    # A stream record is made the moment the tweet is, when nobody has replied yet: it says 0 and means unknown.
    known = record.full_text is not None or any(_counts(record))
    terms = None if known or searched else "stream"
    if original is None:
        made_at = None if known else seen_at
        sighting(number, record, (tweet_id, seen_at), "own", made_at, rows, counted=known, terms=terms)
    else:
        _embedded(number, original, "retweeted", seen_at, rows, terms)
    outer, inner = record.quoted_status, original.quoted_status if original else None
    if outer is not None:
        _embedded(number, outer, "quoted", seen_at, rows, terms)
    if inner is not None and (outer is None or _id(inner) != _id(outer)):
        _embedded(number, inner, "quoted", seen_at, rows, terms)


def _embedded(number: int, status: Status, seen_as: str, seen_at: int | None, rows: Rows, terms: str | None) -> None:
    tweet_id = to_id(status.id_str, status.id)
    if tweet_id is None or (status.text is None and status.full_text is None):
        rows.field(number, f"{seen_as} status: {'no text' if tweet_id else NO_ID}")
        return
    written_at = id_time(tweet_id) or classic_time(status.created_at)
    sighting(number, status, (tweet_id, written_at), seen_as, seen_at, rows, counted=True, terms=terms)


def _counts(status: Status) -> tuple[int | None, int | None, int | None, int | None]:
    return status.reply_count, status.retweet_count, status.favorite_count, status.quote_count


def sighting(
    number: int,
    status: Status,
    written: Written,
    seen_as: str,
    seen_at: int | None,
    rows: Rows,
    *,
    counted: bool,
    terms: str | None = None,
) -> None:
    """Add a status; its counts are unknown unless `counted`, its terms the source's unless they are given."""
    tweet_id, written_at = written
    user = status.user or _NO_USER
    full: Extended = status
    if status.truncated and status.extended_tweet is not None and status.extended_tweet.full_text is not None:
        full = status.extended_tweet
    entities = full.entities or _NO_ENTITIES
    attached = full.extended_entities.media if full.extended_entities else entities.media
    media = attached or []
    prefix, text = _parts(status, full, entities)
    text = unescaped(text)
    if "//t.co/" in text:
        text = expanded(text, _links(entities.urls, media))
    if status.edit_history is not None or status.ext_edit_control is not None:
        _edits(tweet_id, status, rows)
    quoted_id = to_id(status.quoted_status_id_str, status.quoted_status_id)
    if quoted_id is None and status.quoted_status is not None:
        quoted_id = _id(status.quoted_status)
    rows.sighting(
        number,
        id=tweet_id,
        created_at=written_at,
        author_id=to_id(user.id_str, user.id),
        author_handle=user.screen_name,
        author_followers=user.followers_count,
        author_verified=user.verified,
        text=text,
        reply_prefix=prefix,
        lang=status.lang,
        reply_to_id=to_id(status.in_reply_to_status_id_str, status.in_reply_to_status_id),
        reply_to_author_id=to_id(status.in_reply_to_user_id_str, status.in_reply_to_user_id),
        quoted_id=quoted_id,
        conversation_id=None,
        counts=_counts(status) if counted else (None, None, None, None),
        possibly_sensitive=status.possibly_sensitive,
        client=client_name(status.source),
        urls=[link for url in entities.urls if (link := url.expanded_url or url.url)] if entities.urls else None,
        hashtags=[tag.text for tag in entities.hashtags if tag.text] if entities.hashtags else None,
        media=[(item.type, item.media_url_https, item.ext_alt_text) for item in media] if media else None,
        seen_as=seen_as,
        seen_at=seen_at,
        terms=terms,
    )


def _parts(status: Status, full: Extended, entities: Entities) -> tuple[str | None, str]:
    """Cut the reply prefix from the text as it came.

    `display_text_range` counts code points of the still escaped text (2,092 of 2,092 ranges of a real minute). Where it
    is absent, as in 2013, only those leading mentions are cut that the record itself explains.
    """
    text = full.full_text if full.full_text is not None else status.text or ""
    shown = full.display_text_range
    if shown is not None and len(shown) == 2 and 0 <= shown[0] <= shown[1] <= len(text):
        start = shown[0]
    elif status.in_reply_to_screen_name or status.in_reply_to_status_id_str or status.in_reply_to_status_id:
        named = [mention.screen_name for mention in entities.user_mentions or () if mention.screen_name]
        start = prefix_length(text, [*named, status.in_reply_to_screen_name or ""])
    else:
        start = 0
    return cut_at(text, start)


def _edits(tweet_id: int, status: Status, rows: Rows) -> None:
    """Say which ids are later versions of the same tweet; each version names those before it."""
    control = status.ext_edit_control or _NO_CONTROL
    ids = {tweet_id}
    for told in (
        status.edit_history,
        control.initial,
        control.edit,
        control.edit and control.edit.edit_control_initial,
    ):
        if told is not None:
            named = [to_id(value) for value in (told.initial_tweet_id, *(told.edit_tweet_ids or ()))]
            ids.update(value for value in named if value is not None)
    for version in sorted(ids):
        rows.edit(version, min(ids))


def _links(urls: list[Url] | None, media: list[Media]) -> dict[str, str]:
    """Map each t.co link to the address it leads to."""
    if not urls and not media:
        return {}
    return {link.url: link.expanded_url for link in (*media, *(urls or ())) if link.url and link.expanded_url}
