"""Syndication: answers about one tweet each, with its parent and what it quotes, as embedded tweets are made of them.

`conversation_count` is left out: whether it counts the answers to the tweet or the whole conversation is nowhere told.
"""

from typing import Any

import msgspec

from chinwag.mending import Count, fitted
from chinwag.rows import NO_ID, Rows
from chinwag.texts import cut_at, expanded, prefix_length, unescaped
from chinwag.values import any_time, id_time, to_id

TERMS = "web"


class User(msgspec.Struct, gc=False):
    """Read an author; `verified` is the mark of old, and false for nearly all since 2023."""

    id_str: str | None = None
    screen_name: str | None = None
    verified: bool | None = None
    is_blue_verified: bool | None = None
    verified_type: str | None = None


class Hashtag(msgspec.Struct, gc=False):
    """Read a hashtag."""

    text: str | None = None


class Mention(msgspec.Struct, gc=False):
    """Read a mention."""

    screen_name: str | None = None


class Link(msgspec.Struct, gc=False):
    """Read a link in a text, to a page or to media."""

    url: str | None = None
    expanded_url: str | None = None


class Media(Link, gc=False):
    """Read a photo, a video or an animated GIF."""

    media_url_https: str | None = None
    type: str | None = None
    ext_alt_text: str | None = None


class Entities(msgspec.Struct, gc=False):
    """Read what a text refers to."""

    hashtags: list[Hashtag] | None = None
    urls: list[Link] | None = None
    user_mentions: list[Mention] | None = None
    media: list[Link] | None = None


class EditControl(msgspec.Struct, gc=False):
    """Read the versions of a tweet, the first one first."""

    edit_tweet_ids: list[str] | None = None


class Note(msgspec.Struct, gc=False):
    """Read the mark of a long post: there is its id, and nothing of its text."""

    id: str | None = None


class Tweet(msgspec.Struct, gc=False):
    """Read a tweet; only parents and quoted tweets have `reply_count` and `retweet_count`."""

    id_str: str | None = None
    text: str | None = None
    lang: str | None = None
    created_at: str | None = None
    display_text_range: list[int] | None = None
    entities: Entities | None = None
    user: User | None = None
    in_reply_to_screen_name: str | None = None
    in_reply_to_status_id_str: str | None = None
    in_reply_to_user_id_str: str | None = None
    reply_count: Count | None = None
    retweet_count: Count | None = None
    favorite_count: Count | None = None
    possibly_sensitive: bool | None = None
    edit_control: EditControl | None = None
    mediaDetails: list[Media] | None = None
    note_tweet: Note | None = None


class Answer(Tweet, gc=False):
    """Read an answer."""

    parent: Tweet | None = None
    quoted_tweet: Tweet | None = None


Record = dict[str, Any]  # an answer that knows nothing of a tweet is {}, and has to be told from any other object


def claims(record: dict[str, Any]) -> bool:
    """Tell an answer; in what the web itself loads a `Tweet` has no id of this name, and `{}` alone tells nothing."""
    kind = record.get("__typename")
    return (kind == "Tweet" and "id_str" in record) or kind == "TweetTombstone"


def read(record: Record, number: int, rows: Rows) -> bool:
    """Add what an answer holds.

    A tombstone says in words why nothing is shown, but not of which tweet: it stands for adult content as well as for
    deleted tweets, so nothing can be deleted for it.
    """
    if not record:
        rows.counts["notices"] += 1
        return True
    if not claims(record):
        return False
    if record["__typename"] == "TweetTombstone":
        rows.counts["notices"] += 1
        return True
    problems: list[str] = []
    answer = fitted(record, Answer, problems.append)
    if to_id(answer.id_str) is None or answer.text is None:
        rows.reject(number, "no text" if answer.text is None else NO_ID)
        return True
    rows.counts["tweets"] += 1
    for problem in problems:
        rows.field(number, problem)
    _add(number, answer, "own", rows, answer.parent, answer.quoted_tweet)
    for tweet, seen_as in ((answer.parent, "parent"), (answer.quoted_tweet, "quoted")):
        if tweet is not None:
            _add(number, tweet, seen_as, rows)
    return True


def _add(
    number: int, tweet: Tweet, seen_as: str, rows: Rows, parent: Tweet | None = None, quoted: Tweet | None = None
) -> None:
    """Add one tweet of an answer."""
    tweet_id = to_id(tweet.id_str)
    if tweet_id is None or tweet.text is None:
        rows.field(number, f"{seen_as} tweet: {'no text' if tweet_id else NO_ID}")
        return
    if tweet.note_tweet is not None:
        rows.field(number, "text is cut: of a long post only the id is given")
    user = tweet.user or User()
    entities = tweet.entities or Entities()
    media = tweet.mediaDetails or []
    prefix, text = _parts(tweet, tweet.text, entities)
    rows.sighting(
        number,
        id=tweet_id,
        created_at=id_time(tweet_id) or any_time(tweet.created_at),
        author_id=to_id(user.id_str),
        author_handle=user.screen_name,
        author_verified=_is_verified(user),
        text=expanded(unescaped(text), _links(entities, media)),
        reply_prefix=prefix,
        lang=tweet.lang,
        reply_to_id=to_id(tweet.in_reply_to_status_id_str, parent.id_str if parent else None),
        reply_to_author_id=to_id(tweet.in_reply_to_user_id_str),
        quoted_id=to_id(quoted.id_str) if quoted else None,
        counts=(tweet.reply_count, tweet.retweet_count, tweet.favorite_count, None),
        possibly_sensitive=tweet.possibly_sensitive,
        urls=[link for url in entities.urls or () if (link := url.expanded_url or url.url)] or None,
        hashtags=[tag.text for tag in entities.hashtags or () if tag.text] or None,
        media=[(item.type, item.media_url_https, item.ext_alt_text) for item in media] or None,
        seen_as=seen_as,
    )
    _versions(tweet, rows)


def _parts(tweet: Tweet, text: str, entities: Entities) -> tuple[str | None, str]:
    """Cut the reply prefix from the text as it came; the range counts code points of the escaped text."""
    shown = tweet.display_text_range
    if shown is not None and len(shown) == 2 and 0 <= shown[0] <= shown[1] <= len(text):
        return cut_at(text, shown[0])
    if not tweet.in_reply_to_screen_name:
        return None, text
    named = [mention.screen_name or "" for mention in entities.user_mentions or ()]
    return cut_at(text, prefix_length(text, [*named, tweet.in_reply_to_screen_name]))


def _links(entities: Entities, media: list[Media]) -> dict[str, str]:
    """Map each t.co link to the address it leads to."""
    links = (*media, *(entities.media or ()), *(entities.urls or ()))
    return {link.url: link.expanded_url for link in links if link.url and link.expanded_url}


def _is_verified(user: User) -> bool | None:
    marks = (user.verified, user.is_blue_verified)
    return None if marks == (None, None) else any(marks) or bool(user.verified_type)


def _versions(tweet: Tweet, rows: Rows) -> None:
    """Say which versions the tweet has; an answer to any of them names all."""
    versions = [
        version for text in (tweet.edit_control or EditControl()).edit_tweet_ids or () if (version := to_id(text))
    ]
    for version in versions:
        rows.edit(version, versions[0])
