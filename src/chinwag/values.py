"""Read ids and times in the many ways in which sources write them."""

import hashlib
from datetime import UTC, date, datetime

TWITTER_EPOCH = 1_288_834_974_657  # ms; a snowflake id counts from here (Twitter's announcement of snowflake)
FIRST_SNOWFLAKE = 29_700_000_000  # ids below were given in sequence and carry no time
FIRST_NAME = 1 << 62  # ids from here on stand for names; snowflake ids do not come near before 2045
LARGEST_ID = (1 << 63) - 1
LARGEST_TIME = 253_402_300_799_999  # ms; the end of the year 9999
EXACT = 1 << 53  # a float holds every whole number below
FEWEST_DIGITS = (
    14  # of a float that was written in full; 1.50E+18 is what a spreadsheet shows, and fits thousands of ids
)
MILLISECONDS = 100_000_000_000  # a number of seconds below this is before the year 5138, one of ms above is after 1973
MONTHS = {"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
          "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12}  # fmt: skip


def to_id(value: object, other: object = None) -> int | None:
    """Take an id from a number or its digits, else from `other`; None where neither is in the range of ids."""
    if value is None:  # the usual case first: this runs six times a tweet
        return None if other is None else to_id(other)
    if type(value) is str:
        if len(value) < 20 and value.isdigit() and value.isascii():
            number = int(value)
            if 0 < number <= LARGEST_ID:
                return number
    elif isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID:
        return value
    return None if other is None else to_id(other)


def float_id(value: object) -> int | None:
    """Give the whole number that an id became when it went through a float; None where the value is no such float.

    Below 2^53 that is the id itself (`3.0`); above, an id is rounded to a multiple of 256 or so and is lost
    (`1.5040929947477033e+18`).
    """
    if not isinstance(value, str | float):
        return None
    digits = str(value).strip().lower().partition("e")[0].replace(".", "").strip("-+0")
    try:
        number = float(value)
    except ValueError:
        return None
    if number >= EXACT and len(digits) < FEWEST_DIGITS:
        return None
    return int(number) if 0 < number <= LARGEST_ID and number.is_integer() else None


def name_id(handle: str) -> int:
    """Give an id that stands for an author of whom a source tells only the name; it is no account's id."""
    digest = hashlib.blake2b(handle.lower().encode("utf-8", "replace"), digest_size=8).digest()
    return FIRST_NAME | int.from_bytes(digest) >> 2


def id_time(tweet_id: int) -> int | None:
    """Give the time in a snowflake id, in ms since 1970; None for ids older than snowflake."""
    return (tweet_id >> 22) + TWITTER_EPOCH if tweet_id >= FIRST_SNOWFLAKE else None


def classic_time(text: str | None) -> int | None:
    """Read a time as API v1.1 writes it, `Fri Jan 01 17:29:00 +0000 2021`, in ms since 1970; None where it is not."""
    try:
        _, month, day, clock, zone, year = (text or "").split()
        hour, minute, second = clock.split(":")
        when = datetime(int(year), MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except (ValueError, KeyError, OverflowError):
        return None
    return int(when.timestamp()) * 1000 if zone == "+0000" else None


def iso_time(text: str | None) -> int | None:
    """Read an ISO 8601 time, with T or a blank, in ms since 1970; one without a zone is UTC. None where it is not."""
    try:
        when = datetime.fromisoformat((text or "").strip().removesuffix(" UTC"))
    except ValueError:
        return None
    return _milliseconds(when)


def any_time(value: object) -> int | None:
    """Read a time of unknown kind, in ms since 1970: a date, seconds or ms since 1970, or text of either form."""
    if isinstance(value, datetime):
        return _milliseconds(value)
    if isinstance(value, date):
        return _milliseconds(datetime(value.year, value.month, value.day, tzinfo=UTC))
    if isinstance(value, str):
        text = value.strip()
        try:
            value = float(text)
        except ValueError:
            return iso_time(text) if (found := classic_time(text)) is None else found
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= LARGEST_TIME:
        return int(value if value >= MILLISECONDS else value * 1000)
    return None


def _milliseconds(when: datetime) -> int | None:
    try:
        return int(when.replace(tzinfo=when.tzinfo or UTC).timestamp() * 1000 + 0.5)
    except (ValueError, OverflowError):
        return None
