"""Say how the two dialects of the X API differ, and what a request asks for in one of them."""

from collections.abc import Mapping
from dataclasses import dataclass

_USER_FIELDS = frozenset(
    {"confirmed_email", "connection_status", "created_at", "description", "entities", "id", "is_identity_verified",
     "location", "name", "parody", "profile_banner_url", "profile_image_url", "protected", "public_metrics",
     "receives_your_dm", "subscription", "subscription_type", "url", "username", "verified",
     "verified_followers_count", "verified_type", "withheld"}
)  # fmt: skip
MEDIA_FIELDS = frozenset(
    {"alt_text", "duration_ms", "height", "media_key", "non_public_metrics", "organic_metrics", "preview_image_url",
     "promoted_metrics", "public_metrics", "type", "url", "variants", "width"}
)  # fmt: skip
_FIELDS = frozenset(
    {"article", "attachments", "card_uri", "community_id", "context_annotations", "conversation_id", "created_at",
     "display_text_range", "edit_controls", "entities", "geo", "id", "lang", "matched_media_notes", "media_metadata",
     "non_public_metrics", "note_request_suggestions", "organic_metrics", "paid_partnership", "possibly_sensitive",
     "promoted_metrics", "public_metrics", "reply_settings", "scopes", "source", "suggested_source_links", "text",
     "suggested_source_links_with_counts", "withheld"}
)  # fmt: skip
_EXPANSIONS = frozenset(
    {"article.cover_media", "article.media_entities", "attachments.media_keys", "attachments.media_source_tweet",
     "attachments.poll_ids", "author_id", "entities.mentions.username", "geo.place_id", "in_reply_to_user_id"}
)  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """Name what the dialects name differently. An expansion gives the field it is about as well."""

    noun: str
    parameter: str
    references: str
    note: str
    history: str
    reposts: str
    included: str
    fields: frozenset[str]
    user_fields: frozenset[str]
    expansions: Mapping[str, str | None]  # to the field each gives


TWEET = Dialect(
    noun="tweet",
    parameter="tweet.fields",
    references="referenced_tweets",
    note="note_tweet",
    history="edit_history_tweet_ids",
    reposts="retweet_count",
    included="tweets",
    fields=_FIELDS | {"author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet", "referenced_tweets"},
    user_fields=_USER_FIELDS | {"affiliation", "most_recent_tweet_id", "pinned_tweet_id"},
    expansions={name: name.partition(".")[0] for name in _EXPANSIONS}
    | {
        "edit_history_tweet_ids": "edit_history_tweet_ids",
        "entities.note.mentions.username": "note_tweet",
        "referenced_tweets.id": "referenced_tweets",
        "referenced_tweets.id.attachments.media_keys": "referenced_tweets",
        "referenced_tweets.id.author_id": "referenced_tweets",
    },
)
POST = Dialect(
    noun="post",
    parameter="post.fields",
    references="referenced_posts",
    note="note_post",
    history="edit_history_post_ids",
    reposts="repost_count",
    included="posts",
    # Who wrote it, what it refers to and its versions come only by expansion.
    fields=_FIELDS | {"article_title", "note_post"},
    user_fields=_USER_FIELDS | {"subscribes_to_you"},
    expansions={name: name.partition(".")[0] for name in _EXPANSIONS}
    | {
        "edit_history_post_ids": "edit_history_post_ids",
        "referenced_posts": "referenced_posts",
        "username": "username",
    },
)
PARAMETERS = frozenset(
    {TWEET.parameter, POST.parameter, "expansions", "user.fields", "media.fields", "poll.fields", "place.fields"}
)


@dataclass(frozen=True)
class Wish:
    """Hold what a request wants of each tweet. `unknown` says that it named what does not exist, which is no error."""

    dialect: Dialect
    fields: frozenset[str]
    expansions: frozenset[str]
    user_fields: frozenset[str]
    media_fields: frozenset[str]
    unknown: bool


def wish(parameters: Mapping[str, str]) -> Wish:
    """Read what the parameters ask for; the one whose fields or expansions are named is the dialect."""
    fields, expansions = _names(parameters, POST.parameter), _names(parameters, "expansions")
    speaks_post = bool(fields or expansions & (POST.expansions.keys() - TWEET.expansions.keys()))
    dialect = POST if speaks_post else TWEET
    fields = _names(parameters, dialect.parameter)
    users, media = _names(parameters, "user.fields"), _names(parameters, "media.fields")
    known = expansions & dialect.expansions.keys()
    given = {name for one in known if (name := dialect.expansions[one])}
    return Wish(
        dialect=dialect,
        fields=(fields & dialect.fields) | given | {"id", "text"},
        expansions=frozenset(known),
        user_fields=(users & dialect.user_fields) | {"id", "name", "username"},
        media_fields=(media & MEDIA_FIELDS) | {"media_key", "type"},
        unknown=bool(
            fields - dialect.fields or expansions - known or users - dialect.user_fields or media - MEDIA_FIELDS
        ),
    )


def _names(parameters: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(filter(None, parameters.get(name, "").split(",")))
