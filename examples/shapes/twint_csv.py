"""Write CSV as the last version of twint does: lists stand in it as Python shows them."""

import csv
import io
from collections.abc import Sequence

from shapes import Tweet, twint

SOURCE, KEPT = twint.SOURCE, twint.KEPT


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    text = io.StringIO(newline="")
    rows = [twint.row(tweet) for tweet in tweets]
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return {"tweets.csv": text.getvalue().encode()}
