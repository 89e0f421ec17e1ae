"""Define every table of a workspace: columns, types, meaning. This is the waist all stages share.

Names and columns are public. Ids are int64, times are UTC timestamps in milliseconds, text is UTF-8 with HTML entities
undone. Null means unknown, never zero.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_TWEET = {
    "id": ("id", "the tweet's id"),
    "created_at": ("time", "when it was written; for a snowflake id the time in the id"),
    "author_id": ("id", "the author's account id; from 2^62 up it stands for a name, where the source tells no id"),
    "author_handle": ("text", "the author's screen name, without @"),
    "author_followers": ("int64", "the author's followers when the tweet was seen"),
    "author_verified": ("bool", "whether the author was verified when the tweet was seen"),
    "text": ("text", "the text without the reply prefix, t.co links expanded"),
    "reply_prefix": ("text", "the @mentions that the client put before a reply's text"),
    "lang": ("text", "Twitter's language code, old codes mapped to today's; und = undetermined"),
    "reply_to_id": ("id", "the tweet it replies to"),
    "reply_to_rounded": ("int64", "where that id went through a float and was lost: the whole number it became"),
    "reply_to_author_id": ("id", "the account it replies to"),
    "quoted_id": ("id", "the tweet it quotes"),
    "conversation_id": ("id", "the root's id, where the source gives it"),
    "reply_count": ("int64", "replies when last seen"),
    "retweet_count": ("int64", "retweets when last seen"),
    "like_count": ("int64", "likes when last seen"),
    "quote_count": ("int64", "quotes when last seen"),
    "possibly_sensitive": ("bool", "Twitter's mark for links or media that may be sensitive"),
    "client": ("text", "the program it was written with"),
    "urls": ("texts", "the links in it, expanded"),
    "hashtags": ("texts", "the hashtags in it, without #"),
    "media": ("media", "photos, videos and animated GIFs: kind, url, alt text"),
}

TABLES: dict[str, dict[str, tuple[str, str]]] = {
    "sightings": {
        **_TWEET,
        "seen_as": ("text", "own, retweeted, quoted, included or parent"),
        "seen_at": ("time", "when the record that shows it was made; null where the source does not say"),
        "source": ("text", "the shape of the record"),
        "terms": ("text", "under whose terms it was got: x-api, stream, web, own or published; null: not told"),
        "file_id": ("id", "the file it was read from"),
    },
    "deletes": {
        "tweet_id": ("id", "the tweet that is gone"),
        "author_id": ("id", "its author, or the author all of whose tweets are meant"),
        "author_handle": ("text", "that author's screen name, without @, where the notice gives no id"),
        "kind": (
            "text",
            "delete, protected, scrub_geo or status_withheld; of authors user_withheld, user_delete, user_protect or "
            "user_suspend",
        ),
        "up_to_id": ("id", "for scrub_geo: the last tweet it is about"),
        "at": ("time", "when the notice was given"),
        "file_id": ("id", "the file it was read from"),
    },
    "edits": {
        "tweet_id": ("id", "a later version of a tweet"),
        "initial_id": ("id", "its first version, which stands for all"),
        "file_id": ("id", "the file it was read from"),
    },
    "rejects": {
        "file_id": ("id", "the file"),
        "member": ("text", "the member of the file; empty for a file that is no container"),
        "line": ("int64", "the line in the member, from 1; null for bytes that could not be read"),
        "scope": (
            "text",
            "record: nothing of it is in the tables; field: only that value is missing; bytes: lost bytes",
        ),
        "reason": ("text", "what was wrong with it"),
    },
    "files": {
        "file_id": ("id", "the first 63 bits of sha256; for a stream, of its first bytes"),
        "name": ("text", "the path as it was given"),
        "size": ("int64", "bytes"),
        "sha256": ("text", "of the whole file; null for a stream"),
        "source": ("text", "the shapes found in it, comma-separated; null where none was"),
        "lines": ("int64", "records = tweets + notices + blanks + rejects"),
        "tweets": ("int64", "records that are tweets, retweets included"),
        "sightings": ("int64", "rows of sightings"),
        "embedded": ("int64", "those of tweets inside other records"),
        "deletes": ("int64", "rows of deletes"),
        "notices": ("int64", "records that are notices, deletes among them"),
        "blanks": ("int64", "empty lines"),
        "rejects": ("int64", "records that could not be used"),
        "fields": ("int64", "values left out of a record that was used"),
        "damages": ("int64", "places where bytes could not be read"),
        "junk": ("int64", "members of a container that hold no tweets: hidden files, leftovers, links, other formats"),
        "seconds": ("float64", "time a worker spent on it"),
    },
    "tweets": {
        **_TWEET,
        "sightings": ("int64", "how many times it was seen"),
        "sources": ("texts", "the shapes of the records that showed it"),
        "terms": ("texts", "under whose terms it was got, as far as told"),
        "seen_own": ("bool", "whether it was seen as a record of its own, not only inside others"),
    },
    "edges": {
        "child_id": ("id", "the newer tweet"),
        "parent_id": ("id", "the older tweet it answers"),
        "kind": ("text", "reply, quote or inferred"),
    },
    "nodes": {
        "tweet_id": ("id", "a tweet in a tree of two or more"),
        "root_id": ("id", "the tree's root"),
        "parent_id": ("id", "the tweet it answers; null for the root"),
        "depth": ("int64", "steps from the root"),
        "kind": ("text", "the kind of the edge to its parent; null for the root"),
    },
    "conversations": {
        "root_id": ("id", "the oldest tweet of the tree"),
        "tweets": ("int64", "tweets in the tree"),
        "authors": ("int64", "authors in the tree"),
        "depth": ("int64", "depth of the deepest tweet"),
        "started_at": ("time", "time of its first tweet"),
        "ended_at": ("time", "time of its last tweet"),
        "lang": ("text", "the root's language"),
        "complete": ("bool", "whether the root answers nothing; false where its parent is missing or its id was lost"),
    },
    "wanted": {
        "tweet_id": ("id", "a missing tweet that known tweets reply to, or the missing root of their conversation"),
        "created_at": ("time", "the time in its id; null for one of before snowflake ids"),
        "author_id": ("id", "its author, where a reply tells"),
        "lang": ("text", "the language of most of the known replies to it"),
        "replies": ("int64", "known replies to it"),
        "unlocks": ("int64", "turns that would join a conversation if it were there"),
        "conversation_id": ("id", "the root's id, where a reply gives it"),
        "obtainable": ("bool", "whether its id can occur in a 1 % stream sample at all"),
    },
    "asked": {
        "id": ("id", "what a provider was asked for: a tweet, or a conversation by its root"),
        "level": ("text", "tweet or conversation"),
        "provider": ("text", "who was asked"),
        "outcome": (
            "text",
            "found, not_found, protected, suspended, withheld, unavailable or unknown; of a conversation the archive "
            "that gave all it has of it, recent or all",
        ),
        "at": ("time", "when the answer came"),
    },
    "clusters": {
        "tweet_id": ("id", "a tweet in a tree of two or more"),
        "text_id": ("id", "the oldest tweet in a tree that says the same; itself where none does"),
        "cluster_id": (
            "id",
            "the oldest tweet of its cluster of near-duplicates; itself where there is none; null where its text is "
            "too short to tell",
        ),
        "length": (
            "int64",
            "characters of its text without mentions, links, signs and spaces, Chinese, Japanese and Korean ones twice",
        ),
    },
    "marks": {
        "tweet_id": ("id", "a tweet that was the root of a conversation when somebody marked it"),
        "mark": ("text", "keep: whatever the filters say; drop; null: there is only a note"),
        "note": ("text", "what was noted; null for nothing"),
    },
    "drops": {
        "id": ("id", "a tweet, or the root of a conversation"),
        "level": ("text", "tweet or conversation"),
        "filter": ("text", "the rule that dropped it"),
    },
    "turns": {
        "turn_id": ("id", "the first tweet of the turn"),
        "root_id": ("id", "the first tweet of the conversation"),
        "parent_turn_id": ("id", "the turn it answers; null for the first"),
        "depth": ("int64", "steps from the first turn"),
        "role": ("text", "prompter at even depth, assistant at odd"),
        "author": ("text", "a keyed pseudonym"),
        "lang": ("text", "language of its first tweet"),
        "text": ("text", "its tweets' texts, joined; mentions are placeholders"),
        "like_count": ("int64", "the most likes any of its tweets has; null where none is known"),
        "followers": ("int64", "its author's followers when last seen; null where that is not known"),
        "created_at": ("time", "time of its first tweet"),
        "split": ("text", "train, validation or test; the same for a whole conversation"),
        "tweet_ids": ("ids", "its tweets, in the order of their texts"),
        "sources": ("texts", "the shapes of the records that showed its tweets"),
        "terms": ("texts", "under whose terms its tweets were got, as far as told"),
    },
    "account": {
        "stage": ("text", "records, sightings, tweets, replies, trees, filters, turns, splits or conversations"),
        "rule": ("text", "what took some, such as a filter; null where counting begins"),
        "scope": ("text", "all, language, source or, of turns and conversations, terms"),
        "value": ("text", "which language, source or terms; several sources or terms are joined by +; null for all"),
        "remaining": ("int64", "how many are left after the rule"),
        "lost": ("int64", "how many fell at it that no rule before took; null where counting begins"),
        "unit": ("text", "what is counted: record, sighting, embedded sighting, tweet, reply, turn or conversation"),
        "marked": ("int64", "how many the rule marks in all"),
        "alone": ("int64", "how many of these no other rule marks"),
    },
}

# Under whose terms a sighting was got. A source states its own as `TERMS`, or says them of each sighting.
TERMS = {
    "x-api": "It was got through X's API, by whoever signed X's developer agreement.",
    "stream": "It is of the stream samples that archive.org keeps.",
    "web": "It was read off the web pages, or from what they are made of, by a scraper.",
    "own": "It is of a personal archive, as its owner downloaded it.",
    "published": "It is of an archive that its owner gave to be published.",
}

# The column by which the rows of a table are ordered first, and its parts are cut.
KEYS = {
    "tweets": "id",
    "edges": "child_id",
    "nodes": "root_id",
    "conversations": "root_id",
    "wanted": "tweet_id",
    "clusters": "tweet_id",
    "drops": "id",
    "turns": "root_id",
}

ASSEMBLED = ("tweets", "edges", "nodes", "conversations", "wanted")


def schema(table: str) -> "pa.Schema":
    """Give a table's Arrow schema."""
    import pyarrow as pa

    media = pa.struct([("kind", pa.string()), ("url", pa.string()), ("alt", pa.string())])
    types = {
        "id": pa.int64(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "text": pa.string(),
        "time": pa.timestamp("ms", tz="UTC"),
        "texts": pa.list_(pa.string()),
        "ids": pa.list_(pa.int64()),
        "media": pa.list_(media),
    }
    return pa.schema([(column, types[kind]) for column, (kind, _) in TABLES[table].items()])
