"""Make the items and scripts of a personal archive, and read them back."""

import json
from typing import Any

from chinwag.values import TWITTER_EPOCH
from tests.sources.reading_back import Json, Read, read_back

NOW = 1_700_000_000_000  # ms
TWEETS, TWEET, LIKES = "window.YTD.tweets.part0", "window.YTD.tweet.part0", "window.YTD.like.part0"
GRAILBIRD = "Grailbird.data.tweets_2013_01"
ME = [{"account": {"username": "anna", "accountId": "7"}}]
LONG = "word " * 70
CUT = LONG[:270] + "…"
STATUS = "https://twitter.com/bob/status/"
NO_ID = "no id, or an id out of range"
NO_ACCOUNT = ("field", 1, "no account.js beside it: the author is unknown")


def sid(ms: int = 0) -> int:
    """Give the id of a tweet some ms from now."""
    return (NOW + ms - TWITTER_EPOCH) << 22


LIKED = str(sid(-60_000))


def tweet(text: str | None = "hello", tweet_id: int = 0, **more: Any) -> Json:
    """Make a tweet as the archive has it; `None` takes a field away."""
    number = str(tweet_id or sid())
    made: Json = {
        "id": number, "id_str": number, "full_text": text, "created_at": "Tue Nov 14 22:13:20 +0000 2023",
        "display_text_range": ["0", "5"], "truncated": False, "retweeted": False, "lang": "en", "favorite_count": "3",
        "retweet_count": "2", "entities": {"hashtags": [], "symbols": [], "user_mentions": [], "urls": []},
        "source": '<a href="https://example.org" rel="nofollow">Web App</a>',
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if value is not None}


def reply(text: str, *mentions: str, name: str | None = "bob", to: str = "8", **more: Any) -> Json:
    answered: Json = {"in_reply_to_status_id": str(sid(-9)), "in_reply_to_status_id_str": str(sid(-9)),
                "in_reply_to_user_id": to, "in_reply_to_user_id_str": to, "in_reply_to_screen_name": name}  # fmt: skip
    return tweet(text, **answered, entities={"user_mentions": [{"screen_name": one} for one in mentions]}, **more)


def linked(text: str, *links: str, tweet_id: int = 0, **more: Any) -> Json:
    urls = [{"url": f"https://t.co/{number}", "expanded_url": link} for number, link in enumerate(links)]
    return tweet(text, tweet_id, **more, entities={"urls": urls})


def old(text: str = "hello", tweet_id: int = 0, **more: Any) -> Json:
    """Make a tweet of 2013."""
    return {"id": tweet_id or sid(), "id_str": str(tweet_id or sid()), "text": text, "entities": {}, "geo": {},
            "created_at": "2013-01-29 06:30:16 +0000",
            "user": {"id": 7, "id_str": "7", "screen_name": "anna", "verified": False}} | more  # fmt: skip


def script(name: str, value: Any) -> bytes:
    return f"{name} = {json.dumps(value, indent=1)}".encode()


def archive(*items: Json, name: str = TWEETS, **beside: Any) -> Read:
    """Read a script of these items; `beside` are scripts of its folder, by name."""
    others = {"account": ME} | beside
    files = {f"{key.replace('_', '-')}.js": script(f"window.YTD.{key}.part0", value) for key, value in others.items()}
    return read_back({"data/tweets.js": script(name, items), **{f"data/{key}": data for key, data in files.items()}})


def wrapped(*items: Json, **beside: Any) -> Read:
    return archive(*({"tweet": item} for item in items), **beside)


def row(read: Read) -> Json:
    [found] = read.sightings
    return found


def rejects(read: Read) -> list[tuple[str, int, str]]:
    return [(one["scope"], one["line"], one["reason"]) for one in read.rejects]


def note(text: str, ms: int = 0, **more: Any) -> Json:
    core = {"text": text, "urls": [], "mentions": [], "hashtags": []} | more.pop("core", {})
    return {
        "noteTweet": {"noteTweetId": str(sid(ms - 20)), "createdAt": "2023-11-14T22:13:20.000Z", "core": core} | more
    }
