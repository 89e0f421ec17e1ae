"""Write JSON lines as snscrape 0.7 does: what is outdated stands at the end of each object once more."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, sent, short

SOURCE = "snscrape"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_id",
    "reply_to_author_id", "quoted_id", "conversation_id", "reply_count", "retweet_count", "like_count", "quote_count",
    "urls", "hashtags", "media",
})  # fmt: skip
MODULE = "snscrape.modules.twitter."
CLIENT = '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>'


def user(handle: str, user_id: int, **known: Any) -> dict[str, Any]:
    """Give an author; of one who is only mentioned nearly nothing is known."""
    names = (
        "rawDescription", "renderedDescription", "descriptionLinks", "verified", "created", "followersCount",
        "friendsCount", "statusesCount", "favouritesCount", "listedCount", "mediaCount", "location", "protected",
        "link", "profileImageUrl", "profileBannerUrl", "label", "blue", "blueType", "profileImageShape",
    )  # fmt: skip
    return {
        "_type": f"{MODULE}User",
        "username": handle,
        "id": user_id,
        "displayname": handle.title(),
        **{name: known.get(name) for name in names},
        "description": known.get("renderedDescription"),
        "descriptionUrls": None,
        "linkTcourl": None,
        "linkUrl": None,
        "url": f"https://twitter.com/{handle}",
    }


def record(tweet: Tweet) -> dict[str, Any]:
    text, replies, url = sent(tweet), tweet.reply_to_id is not None, tweet.link
    answered = user(tweet.reply_to_handle or "", tweet.reply_to_author_id or 0) if replies else None
    author = user(
        tweet.author_handle, tweet.author_id, verified=False, followersCount=5, created="2020-01-02T03:04:05+00:00"
    )
    outlinks, short_links = list(tweet.urls), [short(link) for link in tweet.urls]
    replied, retweeted, liked, quoted = tweet.counts
    return {
        "_type": f"{MODULE}Tweet",
        "url": url,
        "date": tweet.when.isoformat(),
        "rawContent": text,
        "renderedContent": text,
        "id": tweet.id,
        "user": author,
        "replyCount": replied,
        "retweetCount": retweeted,
        "likeCount": liked,
        "quoteCount": quoted,
        "conversationId": tweet.conversation_id,
        "lang": tweet.lang,
        "source": CLIENT,
        "sourceUrl": "https://mobile.twitter.com",
        "sourceLabel": "Twitter Web App",
        "links": [link(url) for url in tweet.urls] or None,
        "media": [photo(url) for url in tweet.photos] or None,
        "retweetedTweet": None,
        "quotedTweet": record(tweet.quoted) if tweet.quoted else None,
        "inReplyToTweetId": tweet.reply_to_id,
        "inReplyToUser": answered,
        "mentionedUsers": [answered] if answered else None,
        "coordinates": None,
        "place": None,
        "hashtags": list(tweet.hashtags) or None,
        "cashtags": None,
        "card": None,
        "viewCount": 100,
        "vibe": None,
        "bookmarkCount": 0,
        "pinned": None,
        "editState": {
            "_type": f"{MODULE}EditState",
            "editTweetIds": [tweet.id],
            "editableUntilDate": tweet.when.isoformat(),
            "editsRemaining": 5,
        },
        "conversationControlPolicy": "everyone",
        "content": text,
        "outlinks": outlinks,
        "outlinksss": " ".join(outlinks),
        "tcooutlinks": short_links,
        "tcooutlinksss": " ".join(short_links),
        "username": tweet.author_handle,
    }


def link(url: str) -> dict[str, Any]:
    return {"_type": f"{MODULE}TextLink", "text": url[8:30], "url": url, "tcourl": short(url), "indices": [0, 1]}


def photo(url: str) -> dict[str, Any]:
    base, _, kind = url.rpartition(".")
    small, full = (f"{base}?format={kind}&name={size}" for size in ("small", "orig"))
    return {"_type": f"{MODULE}Photo", "previewUrl": small, "fullUrl": full, "altText": None}


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    lines = [json.dumps({**record(tweet), "_snscrape": "0.7.0.20230622"}) for tweet in tweets]
    return {"tweets.jsonl": "".join(f"{line}\n" for line in lines).encode()}
