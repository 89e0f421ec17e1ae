"""Write the archive that Twitter gave to an account's owner in 2018 and 2019: no folder, no wrapper around a tweet."""

from collections.abc import Sequence
from dataclasses import replace

from shapes import Tweet
from shapes import personal as new

SOURCE = new.SOURCE
KEPT = new.KEPT
LONGEST = 200  # code points of a body, which fits in a tweet with all that is about it: there were no long posts


def adapt(tweet: Tweet) -> Tweet:
    owned = new.owned(tweet)
    return replace(owned, body=owned.body[:LONGEST].strip())


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    """Write the archive of whoever wrote the first tweet."""
    owner, handle = tweets[0].author_id, tweets[0].author_handle
    own = [new.bare(tweet) for tweet in tweets if tweet.author_id == owner]
    likes = [new.like(tweet) for tweet in tweets if tweet.author_id != owner]
    files = {
        "account.js": new.script("window.YTD.account.part0", [{"account": new.account(owner, handle)}]),
        "tweet.js": new.script("window.YTD.tweet.part0", own),
        "like.js": new.script("window.YTD.like.part0", likes),
    }
    return {f"twitter-{handle}.zip": new.packed(files)}
