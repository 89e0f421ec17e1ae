"""Make the tweets that the stand-in of the X API holds: synthetic conversations, the same for the same seed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain, islice
from random import Random

# Ids hold the time: milliseconds since the first of them, 22 bits to the left.
FIRST_MS = 1_288_834_974_657
START = datetime(2026, 11, 1, tzinfo=UTC).timestamp()  # of the conversations, if nothing else is said
DAY = 86_400.0
SHORT = 280  # characters; what is above is sent only as a note
LANGS = {
    "en": "the river rose over night and nobody on our side of the town had slept at all",
    "de": "der Fluss stieg über Nacht und niemand auf unserer Seite der Stadt schlief schön",
    "ja": "川は 夜の 間に 水位が 上がり 町の こちら側では 誰も 眠れ なかった",
}
EXTRAS = ("", "", "", " 🌧️🙂", " & <so on>", "\nmore soon", " #rain")


def snowflake(seconds: float, sequence: int = 0) -> int:
    """Give the id of a tweet made at a time."""
    return ((round(seconds * 1000) - FIRST_MS) << 22) | sequence


@dataclass(frozen=True)
class Counts:
    """Count what others did with a tweet."""

    replies: int = 0
    retweets: int = 0
    likes: int = 0
    quotes: int = 0
    bookmarks: int = 0
    impressions: int = 0


@dataclass(frozen=True)
class Photo:
    """Be attached to a tweet."""

    key: str
    url: str
    alt_text: str | None = None


@dataclass(frozen=True)
class User:
    """Write tweets; all but the id follows from it."""

    id: int

    @property
    def username(self) -> str:
        return f"user{self.id}"


@dataclass(frozen=True)
class Tweet:
    """Hold what the API knows of a tweet.

    `id` is that of the newest version, and `versions` are the ids of all, the oldest first; none means only this one.
    `text` is what the author wrote, unescaped, with short links in place; the names of those answered, which the API
    puts before it, are `answered`, the nearest first.
    """

    id: int
    author_id: int
    text: str
    conversation_id: int = 0  # 0: its own
    reply_to_id: int | None = None
    answered: tuple[int, ...] = ()
    quoted_id: int | None = None
    retweeted_id: int | None = None
    lang: str = "en"
    counts: Counts = Counts()
    versions: tuple[int, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # short and whole
    photos: tuple[Photo, ...] = ()
    sensitive: bool = False
    withheld: tuple[str, ...] = ()  # countries

    @property
    def root_id(self) -> int:
        return self.conversation_id or self.ids[0]

    @property
    def ids(self) -> tuple[int, ...]:
        return self.versions or (self.id,)

    @property
    def username(self) -> str:
        return User(self.author_id).username

    @property
    def prefix(self) -> str:
        return "".join(f"@{User(one).username} " for one in self.answered)

    @property
    def whole(self) -> str:
        return self.prefix + self.text

    @property
    def long(self) -> bool:
        return len(self.whole) > SHORT

    @property
    def made(self) -> float:
        """Give the time, in seconds since 1970."""
        return time_of(self.id)


def time_of(tweet_id: int) -> float:
    return ((tweet_id >> 22) + FIRST_MS) / 1000


@dataclass
class World:
    """Hold tweets, found by the id of any of their versions; what is `gone` is not found by any of them."""

    tweets: list[Tweet] = field(default_factory=list)
    gone: dict[int, str] = field(default_factory=dict)
    by_id: dict[int, Tweet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {version: tweet for tweet in self.tweets for version in {*tweet.ids, tweet.id}}
        self.tweets = sorted({tweet.id: tweet for tweet in self.by_id.values()}.values(), key=lambda one: -one.id)

    def find(self, tweet_id: int) -> Tweet | None:
        tweet = self.by_id.get(tweet_id)
        return tweet if tweet and tweet_id not in self.gone and tweet.id not in self.gone else None

    def why_gone(self, tweet_id: int) -> str:
        tweet = self.by_id.get(tweet_id)
        return self.gone.get(tweet_id) or self.gone.get(tweet.id if tweet else 0, "resource-not-found")

    def newest_first(self, matches: Callable[[Tweet], bool]) -> Iterator[Tweet]:
        return (tweet for tweet in self.tweets if tweet.id not in self.gone and matches(tweet))


def world(seed: int, size: int, *, start: float = START) -> list[Tweet]:
    """Make so many tweets in conversations of all shapes, some of which quote tweets of others."""
    return list(islice(chain.from_iterable(_threads(seed, start)), size))


def _threads(seed: int, start: float) -> Iterator[tuple[Tweet, ...]]:
    random = Random(f"world {seed}")
    quotable: list[int] = []
    for number in range(1_000_000):
        quoted = random.choice(quotable) if quotable and random.random() < 0.3 else None
        length = min(1 + int(random.expovariate(1 / 6)), 40)
        made = thread(random.getrandbits(32), length, start=start + number * 60, quoted_id=quoted, sequence=number)
        quotable = [*quotable, *(tweet.id for tweet in made)][-50:]
        yield made


def thread(
    seed: int, length: int = 8, *, start: float = START, quoted_id: int | None = None, sequence: int = 0
) -> tuple[Tweet, ...]:
    """Make a conversation: the root first, then what answers it or one of those before; some tweets are edited."""
    random = Random(f"thread {seed}")
    people = [10_000 + random.getrandbits(30) for _ in range(random.randint(2, 4))]
    lang = random.choice([*LANGS, "en", "en"])
    tweets: list[Tweet] = []
    for number in range(length):
        parent = random.choice(tweets[-3:]) if tweets else None
        tweet_id = snowflake(start + number * 7 + random.random(), sequence % 4096)
        author_id = people[0] if parent is None else random.choice(people)
        tweet = Tweet(tweet_id, author_id, _text(random, lang), lang=lang, counts=_counts(random), quoted_id=quoted_id)
        if parent is not None:
            tweet = _answer(tweet, parent, random)
        if tweet.author_id == people[0] and not tweet.answered and random.random() < 0.15:
            tweet = _edited(tweet, random)
        tweets.append(_adorned(tweet, random))
    return tuple(tweets)


def _answer(tweet: Tweet, parent: Tweet, random: Random) -> Tweet:
    """Let a tweet answer another one: any version of it."""
    answered = dict.fromkeys([parent.author_id, *parent.answered])
    answered.pop(tweet.author_id, None)
    parent_id = random.choice([one for one in parent.ids if one < tweet.id])
    return replace(
        tweet, conversation_id=parent.root_id, reply_to_id=parent_id, answered=tuple(answered), quoted_id=None
    )


def _edited(tweet: Tweet, random: Random) -> Tweet:
    """Let a tweet have up to five earlier versions; the id it was made with is that of the first."""
    made = [tweet.id + (round(minute * 60_000) << 22) for minute in range(1, random.randint(2, 6))]
    return replace(tweet, id=made[-1], versions=(tweet.id, *made))


def _adorned(tweet: Tweet, random: Random) -> Tweet:
    """Give some tweets links, photos, and texts of more than 280 characters."""
    if random.random() < 0.1:
        short = f"https://t.co/{tweet.id % 36**6:010d}"
        links = ((short, f"https://example.org/page/{tweet.id}"),)
        tweet = replace(tweet, text=f"{tweet.text} {short}", links=links)
    if random.random() < 0.1:
        key = f"3_{tweet.id}"
        photo = Photo(key, f"https://pbs.example.org/media/{key}.jpg", random.choice([None, "a river"]))
        tweet = replace(tweet, photos=(photo,), sensitive=random.random() < 0.2)
    if random.random() < 0.1:
        tweet = replace(tweet, text=" ".join([tweet.text, *_words(random, tweet.lang, 150)]))
    return tweet


def _words(random: Random, lang: str, count: int) -> list[str]:
    return random.choices(LANGS[lang].split(), k=count)


def _text(random: Random, lang: str) -> str:
    return " ".join(_words(random, lang, random.randint(3, 15))) + random.choice(EXTRAS)


def _counts(random: Random) -> Counts:
    return Counts(*(int(random.paretovariate(1)) - 1 for _ in range(6)))


def ids(tweets: Iterable[Tweet]) -> list[int]:
    return [tweet.id for tweet in tweets]
