"""Hold what was measured of each period of the real stream."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

EPOCH = 1288834974657  # Milliseconds at which snowflake ids begin: ms = (id >> 22) + EPOCH.
WINDOW = (657, 666)  # The sample holds only statuses made in these milliseconds of a second (measured, 2013 to 2023).
LIMIT = 140  # Length of the compatible "text" field; longer texts move to extended_tweet.
STREAM_BYTES = 900_000  # The archivers' parallel bzip2 cut each member into streams of this size (measured, 2021).


@dataclass(frozen=True)
class Era:
    """Hold the measured traits of one period; shares are of statuses, except deletes. 2022 is taken from 2021."""

    start: str  # UTC, first minute generated.
    name: str  # strftime pattern of a member's path.
    compression: str
    streams: int  # Least number of bz2 streams a member is cut into.
    retweets: float
    replies: float  # Replies to a status, those to oneself included.
    self_replies: float
    quotes: float
    user_replies: float  # Replies to a user that name no status.
    deletes: float  # Share of all lines.
    repeats: float  # Byte-identical repeated records.
    extended: bool  # timestamp_ms, extended_tweet, display_text_range, quoted_status and favorite_count.
    reply_count: bool  # quote_count came with it, and so did quoted_status_permalink.


# fmt: off
ERAS: dict[str, Era] = {
    "2013": Era("2013-04-04T07:00Z", "%m/%d/%H/%M.json.bz2", "bz2", 1,
                .20, .25, .002, .00, .023, .10, .0005, False, False),
    "2017": Era("2017-11-12T00:05Z", "%Y/%m/%d/%H/%M.json.bz2", "bz2", 1,
                .41, .15, .010, .03, .013, .14, .003, True, False),
    "2019": Era("2019-07-03T07:00Z", "%d/%H/%M.json.bz2", "bz2", 15,
                .51, .22, .015, .03, .008, .76, .0018, True, True),
    "2021": Era("2021-01-01T17:29Z", "%Y/%m/%d/%H/%M.json.bz2", "bz2", 15,
                .47, .29, .019, .05, .006, .13, .0005, True, True),
    "2022": Era("2022-08-04T00:03Z", "%Y%m%d/%Y%m%d%H%M%S.json.gz", "gz", 1,
                .47, .29, .019, .05, .006, .13, .0005, True, True),
}
# fmt: on
