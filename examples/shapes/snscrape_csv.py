"""Write CSV as pandas does of the objects that snscrape 0.4 gives: what is nested stands there as Python shows it."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from shapes import Tweet, sent, short
from shapes.snscrape import CLIENT

SOURCE = "snscrape"
KEPT = frozenset({
    "id", "created_at", "author_id", "author_handle", "text", "reply_prefix", "lang", "reply_to_author_id", "quoted_id",
    "conversation_id", "reply_count", "retweet_count", "like_count", "quote_count", "urls", "hashtags", "media",
})  # fmt: skip


class Shown:
    """Stand for an object, or for a time, which is shown as what makes it."""

    def __init__(self, name: str, *values: object, **named: object) -> None:
        self.text = f"{name}({', '.join([*map(repr, values), *(f'{key}={value!r}' for key, value in named.items())])})"

    def __repr__(self) -> str:
        return self.text


class Zone:
    def __repr__(self) -> str:
        return "datetime.timezone.utc"


def user(handle: str, user_id: int, **known: Any) -> Shown:
    names = (
        "description", "rawDescription", "descriptionUrls", "verified", "created", "followersCount", "friendsCount",
        "statusesCount", "favouritesCount", "listedCount", "mediaCount", "location", "protected", "linkUrl",
        "linkTcourl", "profileImageUrl", "profileBannerUrl", "label",
    )  # fmt: skip
    fields = {name: known.get(name) for name in names}
    return Shown("User", username=handle, id=user_id, displayname=handle.title(), **fields)


def fields(tweet: Tweet) -> dict[str, Any]:
    text, replies, when = sent(tweet), tweet.reply_to_id is not None, tweet.when
    answered = user(tweet.reply_to_handle or "", tweet.reply_to_author_id or 0) if replies else None
    created = Shown("datetime.datetime", 2020, 1, 2, 3, 4, tzinfo=Zone())
    replied, retweeted, liked, quoted = tweet.counts
    time = (when.year, when.month, when.day, when.hour, when.minute, when.second)
    return {
        "url": tweet.link,
        "date": Shown("datetime.datetime", *time, tzinfo=Zone()),
        "content": text,
        "renderedContent": text,
        "id": tweet.id,
        "user": user(tweet.author_handle, tweet.author_id, verified=False, created=created, followersCount=5),
        "replyCount": replied,
        "retweetCount": retweeted,
        "likeCount": liked,
        "quoteCount": quoted,
        "conversationId": tweet.conversation_id,
        "lang": tweet.lang,
        "source": CLIENT,
        "sourceUrl": "https://mobile.twitter.com",
        "sourceLabel": "Twitter Web App",
        "outlinks": list(tweet.urls) or None,
        "tcooutlinks": [short(url) for url in tweet.urls] or None,
        "media": [photo(url) for url in tweet.photos] or None,
        "retweetedTweet": None,
        "quotedTweet": Shown("Tweet", **fields(tweet.quoted)) if tweet.quoted else None,
        "inReplyToTweetId": tweet.reply_to_id,
        "inReplyToUser": answered,
        "mentionedUsers": [answered] if answered else None,
        "coordinates": None,
        "place": None,
        "hashtags": list(tweet.hashtags) or None,
        "cashtags": None,
    }


def photo(url: str) -> Shown:
    base, _, kind = url.rpartition(".")
    small, full = (f"{base}?format={kind}&name={size}" for size in ("small", "large"))
    return Shown("Photo", previewUrl=small, fullUrl=full)


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    out = io.StringIO()
    rows = [fields(tweet) | {"date": f"{tweet.when:%Y-%m-%d %H:%M:%S+00:00}"} for tweet in tweets]
    if any(row["inReplyToTweetId"] is None for row in rows):  # a column with gaps is one of floats
        rows = [row | {"inReplyToTweetId": row["inReplyToTweetId"] and float(row["inReplyToTweetId"])} for row in rows]
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["", *rows[0]])
    table.writerows([number, *row.values()] for number, row in enumerate(rows))
    return {"tweets.csv": out.getvalue().encode()}
