"""Write the archive that Twitter gives to an account's owner, as it has been since 2020."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shapes import Tweet, classic, sent, short

Json = dict[str, Any]

SOURCE = "personal"
KEPT = frozenset(
    {"id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_id"}
    | {"reply_to_author_id", "quoted_id", "retweet_count", "like_count", "urls", "hashtags", "media"}
)
VISIBLE = 275  # characters of a long post that its tweet has


def adapt(tweet: Tweet) -> Tweet:
    """Make a long post of some tweets."""
    if "naïve" in tweet.body:
        tweet = replace(tweet, body=" ".join([tweet.body] * 60), quoted=None, hashtags=tweet.hashtags * 60)
    return owned(tweet)


def owned(tweet: Tweet) -> Tweet:
    """Give all tweets to one account, and put the link of a quoted tweet into the text, where it is."""
    urls = (*tweet.urls, tweet.quoted.link) if tweet.quoted else tweet.urls
    return replace(tweet, author_id=1000, author_handle="anna", urls=urls)


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    """Write the archive of whoever wrote the first tweet; it holds as likes what others say."""
    owner, handle = tweets[0].author_id, tweets[0].author_handle
    own = [tweet for tweet in tweets if tweet.author_id == owner]
    said = (*tweets, *(tweet.quoted for tweet in tweets if tweet.quoted))
    likes = [like(tweet) for tweet in said if tweet.author_id != owner]
    return {f"twitter-{handle}.zip": packed(_files(owner, handle, own, likes))}


def packed(files: dict[str, bytes]) -> bytes:
    """Put files into a zip."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def script(name: str, value: object) -> bytes:
    """Write a value as a script that assigns it."""
    return f"{name} = {json.dumps(value, ensure_ascii=False, indent=2, separators=(',', ' : '))}".encode()


def account(owner: int, handle: str) -> Json:
    """Make the item of account.js."""
    return {"email": f"{handle}@example.org", "createdVia": "web", "username": handle, "accountId": str(owner),
            "createdAt": "2011-06-23T13:04:14.000Z", "accountDisplayName": handle.title()}  # fmt: skip


def _files(owner: int, handle: str, own: Sequence[Tweet], likes: Sequence[Json]) -> dict[str, bytes]:
    return {
        "data/manifest.js": script("window.__THAR_CONFIG", {
            "userInfo": {"accountId": str(owner), "userName": handle, "displayName": handle.title()},
            "archiveInfo": {"sizeBytes": "1", "generationDate": "2024-11-16T11:33:22.222Z", "isPartialArchive": False},
        }),
        "data/account.js": script("window.YTD.account.part0", [{"account": account(owner, handle)}]),
        "data/tweets.js": script("window.YTD.tweets.part0", [{"tweet": item(one)} for one in own]),
        "data/note-tweet.js": script("window.YTD.note_tweet.part0", [note(one) for one in own if _is_long(one)]),
        "data/like.js": script("window.YTD.like.part0", [{"like": one} for one in likes]),
        "data/direct-messages.js": script("window.YTD.direct_messages.part0", [{"dmConversation": {"messages": []}}]),
    }  # fmt: skip


def _is_long(tweet: Tweet) -> bool:
    return len(tweet.body) > 280


def item(tweet: Tweet) -> Json:
    """Make a tweet of tweets.js: all numbers are strings, and of a long post only the beginning is there."""
    versions = {"editTweetIds": [str(tweet.id)], "editableUntil": _iso(tweet.created_at + 3_600_000),
                "editsRemaining": "5", "isEditEligible": tweet.reply_to_id is None}  # fmt: skip
    return {"edit_info": {"initial": versions}, **bare(tweet)}


def bare(tweet: Tweet) -> Json:
    """Make a tweet of tweet.js, as it was before 2020."""
    cut = _is_long(tweet)
    text = sent(replace(tweet, body=tweet.body[:VISIBLE], urls=())) + "…" if cut else sent(tweet)
    reply: Json = {}
    if tweet.reply_to_id:
        reply = {"in_reply_to_status_id_str": str(tweet.reply_to_id),
                 "in_reply_to_user_id": str(tweet.reply_to_author_id),
                 "in_reply_to_status_id": str(tweet.reply_to_id),
                 "in_reply_to_screen_name": tweet.reply_to_handle,
                 "in_reply_to_user_id_str": str(tweet.reply_to_author_id)}  # fmt: skip
    media = [
        {"expanded_url": f"{tweet.link}/photo/1", "indices": ["0", "23"], "url": short(f"{tweet.link}/photo/1"),
         "media_url": url, "id_str": "5", "id": "5", "media_url_https": url, "type": "photo"}
        for url in tweet.photos
    ]  # fmt: skip
    shown = replace(tweet, urls=(), hashtags=()) if cut else tweet
    return {
        "retweeted": False,
        "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
        "entities": entities(shown) | ({"media": media[:1]} if media else {}),
        "display_text_range": ["0", str(len(text))],
        "favorite_count": str(tweet.counts[2]),
        "id_str": str(tweet.id),
        "truncated": False,
        "retweet_count": str(tweet.counts[1]),
        "id": str(tweet.id),
        "created_at": classic(tweet),
        "favorited": False,
        "full_text": text,
        "lang": tweet.lang,
        **reply,
        **({"extended_entities": {"media": media}} if media else {}),
    }


def entities(tweet: Tweet) -> Json:
    """Make the entities of a text; nobody reads the indices."""
    mentions = [
        {"name": tweet.reply_to_handle, "screen_name": tweet.reply_to_handle, "indices": ["0", "5"],
         "id_str": str(tweet.reply_to_author_id), "id": str(tweet.reply_to_author_id)}
    ]  # fmt: skip
    return {
        "hashtags": [{"text": tag, "indices": ["0", "4"]} for tag in tweet.hashtags],
        "symbols": [],
        "user_mentions": mentions if tweet.reply_to_id else [],
        "urls": [
            {"url": short(url), "expanded_url": url, "display_url": url[8:], "indices": ["0", "23"]}
            for url in tweet.urls
        ],
    }  # fmt: skip


def note(tweet: Tweet) -> Json:
    """Make a long post: it has links of its own, no escapes and no reply prefix, and comes some ms before its tweet."""
    links = [f"{short(url)}N" for url in tweet.urls]
    core = {
        "styletags": [],
        "urls": [
            {"expandedUrl": url, "toIndex": "23", "shortUrl": link, "displayUrl": url[8:], "fromIndex": "0"}
            for url, link in zip(tweet.urls, links, strict=True)
        ],
        "text": " ".join((tweet.body, *links)),
        "mentions": [],
        "cashtags": [],
        "hashtags": [{"text": tag, "fromIndex": "0", "toIndex": "4"} for tag in tweet.hashtags],
    }
    written = _iso(tweet.created_at // 1000 * 1000)
    return {
        "noteTweet": {
            "noteTweetId": str(tweet.id - (17 << 22)),
            "updatedAt": written,
            "lifecycle": {"value": "1", "name": "Active"},
            "createdAt": written,
            "core": core,
        }
    }


def like(tweet: Tweet) -> Json:
    """Make a liked tweet."""
    return {"tweetId": str(tweet.id), "fullText": sent(tweet),
            "expandedUrl": f"https://twitter.com/i/web/status/{tweet.id}"}  # fmt: skip


def _iso(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
