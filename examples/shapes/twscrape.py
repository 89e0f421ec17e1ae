"""Write JSON lines as twscrape 0.20 does."""

import json
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, sent, short
from shapes.snscrape import CLIENT, MODULE

SOURCE = "twscrape"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_id",
    "reply_to_author_id", "quoted_id", "conversation_id", "reply_count", "retweet_count", "like_count", "quote_count",
    "urls", "hashtags", "media",
})  # fmt: skip


def reference(handle: str, user_id: int) -> dict[str, Any]:
    kind = f"{MODULE}UserRef"
    return {"id": user_id, "id_str": str(user_id), "username": handle, "displayname": handle.title(), "_type": kind}


def user(tweet: Tweet) -> dict[str, Any]:
    counts = ("followersCount", "friendsCount", "statusesCount", "favouritesCount", "listedCount", "mediaCount")
    return {
        "id": tweet.author_id,
        "id_str": str(tweet.author_id),
        "url": f"https://x.com/{tweet.author_handle}",
        "username": tweet.author_handle,
        "displayname": tweet.author_handle.title(),
        "rawDescription": "",
        "created": "2020-01-02 03:04:05+00:00",
        **dict.fromkeys(counts, 5),
        "location": "",
        "profileImageUrl": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
        "profileBannerUrl": None,
        "protected": None,
        "verified": False,
        "blue": True,
        "blueType": None,
        "descriptionLinks": [],
        "pinnedIds": [],
        "_type": f"{MODULE}User",
    }


def record(tweet: Tweet) -> dict[str, Any]:
    text, handle, user_id = sent(tweet), tweet.reply_to_handle, tweet.reply_to_author_id
    answered = reference(handle, user_id) if handle and user_id else None
    replies, retweets, likes, quotes = tweet.counts
    return {
        "id": tweet.id,
        "id_str": str(tweet.id),
        "url": f"https://x.com/{tweet.author_handle}/status/{tweet.id}",
        "date": f"{tweet.when:%Y-%m-%d %H:%M:%S+00:00}",
        "user": user(tweet),
        "lang": tweet.lang,
        "rawContent": text,
        "replyCount": replies,
        "retweetCount": retweets,
        "likeCount": likes,
        "quoteCount": quotes,
        "bookmarkedCount": 0,
        "conversationId": tweet.conversation_id,
        "conversationIdStr": str(tweet.conversation_id),
        "hashtags": list(tweet.hashtags),
        "cashtags": [],
        "mentionedUsers": [answered] if answered else [],
        "links": [{"url": url, "text": url[8:30], "tcourl": short(url)} for url in tweet.urls],
        "media": {"photos": [{"url": url} for url in tweet.photos], "videos": [], "animated": []},
        "viewCount": 100,
        "retweetedTweet": None,
        "quotedTweet": record(tweet.quoted) if tweet.quoted else None,
        "place": None,
        "coordinates": None,
        "inReplyToTweetId": tweet.reply_to_id,
        "inReplyToTweetIdStr": str(tweet.reply_to_id) if tweet.reply_to_id else None,
        "inReplyToUser": answered,
        "source": CLIENT,
        "sourceUrl": "https://mobile.twitter.com",
        "sourceLabel": "Twitter Web App",
        "card": None,
        "possibly_sensitive": None,
        "isQuoteStatus": tweet.quoted is not None,
        "isTranslatable": False,
        "displayTextRange": [len(tweet.reply_prefix) + 1 if tweet.reply_prefix else 0, len(text)],
        "inReplyToScreenName": handle,
        "editControl": {
            "edit_tweet_ids": [str(tweet.id)],
            "editable_until_msecs": str(tweet.created_at + 3_600_000),
            "edits_remaining": "5",
            "is_edit_eligible": False,
        },
        "voiceInfo": None,
        "_type": f"{MODULE}Tweet",
    }


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    return {"tweets.jsonl": "".join(json.dumps(record(tweet)) + "\n" for tweet in tweets).encode()}
