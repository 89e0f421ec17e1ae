"""Write the table that twarc-csv 0.7.2 makes of what twarc 2 saved."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shapes import Tweet, v2_flat, v2_page

SOURCE = "twarc_csv"
KEPT = v2_page.KEPT
HEADER = """
id conversation_id referenced_tweets.replied_to.id referenced_tweets.retweeted.id referenced_tweets.quoted.id author_id
in_reply_to_user_id in_reply_to_username retweeted_user_id retweeted_username quoted_user_id quoted_username created_at
text lang source public_metrics.impression_count public_metrics.reply_count public_metrics.retweet_count
public_metrics.quote_count public_metrics.like_count public_metrics.bookmark_count reply_settings edit_history_tweet_ids
edit_controls.edits_remaining edit_controls.editable_until edit_controls.is_edit_eligible possibly_sensitive
withheld.scope withheld.copyright withheld.country_codes entities.annotations entities.cashtags entities.hashtags
entities.mentions entities.urls context_annotations attachments.media attachments.media_keys
attachments.poll.duration_minutes attachments.poll.end_datetime attachments.poll.id attachments.poll.options
attachments.poll.voting_status attachments.poll_ids author.id author.created_at author.username author.name
author.description author.entities.description.cashtags author.entities.description.hashtags
author.entities.description.mentions author.entities.description.urls author.entities.url.urls author.url
author.location author.pinned_tweet_id author.profile_image_url author.protected author.public_metrics.followers_count
author.public_metrics.following_count author.public_metrics.listed_count author.public_metrics.tweet_count
author.verified author.verified_type author.withheld.scope author.withheld.copyright author.withheld.country_codes
geo.coordinates.coordinates geo.coordinates.type geo.country geo.country_code geo.full_name geo.geo.bbox geo.geo.type
geo.id geo.name geo.place_id geo.place_type matching_rules __twarc.retrieved_at __twarc.url __twarc.version
"""


def adapt(tweet: Tweet) -> Tweet:
    """Leave out what looks like a line's end: the tool writes one as the two characters."""
    return replace(tweet, body=tweet.body.replace("\\n", "/n"), quoted=adapt(tweet.quoted) if tweet.quoted else None)


def cells(value: dict[str, Any], path: str = "") -> dict[str, str]:
    """Give what lies in an object by the way to it; lists are JSON."""
    found: dict[str, str] = {}
    for key, item in value.items():
        if isinstance(item, dict):
            found.update(cells(item, f"{path}{key}."))
        else:
            found[f"{path}{key}"] = json.dumps(item) if isinstance(item, list) else str(item).replace("\n", "\\n")
    return found


def row(tweet: Tweet, known: dict[int, Tweet]) -> dict[str, str]:
    made = v2_flat.flat(tweet, known)
    references = made.pop("referenced_tweets", [])
    made.pop("in_reply_to_user", None)
    for reference in references:
        name = "in_reply_to" if reference["type"] == "replied_to" else reference["type"]
        if "author" in reference:
            made[f"{name}_username"] = reference["author"]["username"]
        if "author_id" in reference and name != "in_reply_to":
            made[f"{name}_user_id"] = reference["author_id"]
    made["referenced_tweets"] = {reference["type"]: {"id": reference["id"]} for reference in references}
    found = made["entities"]
    found.update({
        name: [sign + item[key] for item in found[name]]
        for name, sign, key in (("hashtags", "#", "tag"), ("mentions", "@", "username"), ("urls", "", "expanded_url"))
        if name in found
    })  # fmt: skip
    return cells({**made, "__twarc": v2_page.TWARC})


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    known = {tweet.id: tweet for tweet in tweets}
    file = io.StringIO()
    writer = csv.DictWriter(file, HEADER.split(), lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(row(tweet, known) for tweet in tweets)
    return {"tweets.csv": file.getvalue().encode()}
