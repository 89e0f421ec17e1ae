"""Write answers as the X API does: tweets with the fields asked for, what comes along, and what is missing."""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.stand_in import problems
from tests.stand_in.dialects import TWEET, Dialect, Wish
from tests.stand_in.tweets import SHORT, Tweet, User, World, time_of

Json = dict[str, Any]
EDITS, EDITABLE = 5, 30 * 60.0  # how often, and for how many seconds


@dataclass
class Page:
    """Be an answer, and name what is billed for it."""

    body: Json
    posts: set[int] = field(default_factory=set)
    users: set[int] = field(default_factory=set)


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sent(tweet: Tweet) -> str:
    """Give the text as it is sent: escaped, with the links of photos behind it, cut where it is long."""
    links = "".join(f" {_photo_link(tweet)}" if number == 0 else "" for number, _ in enumerate(tweet.photos))
    if not tweet.long:
        return html.escape(tweet.whole, quote=False) + links
    cut = tweet.whole[: SHORT - 25].rstrip()
    return f"{html.escape(cut, quote=False)}… https://t.co/long{tweet.id % 10**6:06d}{links}"


def noted(tweet: Tweet) -> str:
    return html.escape(tweet.whole, quote=False)


def _photo_link(tweet: Tweet) -> str:
    return f"https://t.co/pic{tweet.id % 10**7:07d}"


def whole_tweet(tweet: Tweet, dialect: Dialect, author_of: Callable[[int], int | None]) -> Json:
    """Write all fields of a tweet that it has."""
    counts = tweet.counts
    first = time_of(tweet.ids[0])
    made: Json = {
        "id": str(tweet.id),
        "text": sent(tweet),
        "author_id": str(tweet.author_id),
        "conversation_id": str(tweet.root_id),
        "created_at": iso(tweet.made),
        "display_text_range": [len(tweet.prefix), len(sent(tweet))],
        "edit_controls": {
            "edits_remaining": EDITS - len(tweet.ids) + 1,
            "is_edit_eligible": not tweet.answered,
            "editable_until": iso(first + EDITABLE),
        },
        dialect.history: [str(one) for one in tweet.ids],
        "lang": tweet.lang,
        "possibly_sensitive": tweet.sensitive,
        "public_metrics": {
            dialect.reposts: counts.retweets,
            "reply_count": counts.replies,
            "like_count": counts.likes,
            "quote_count": counts.quotes,
            "bookmark_count": counts.bookmarks,
            "impression_count": counts.impressions,
        },
        "reply_settings": "everyone",
        "username": tweet.username,
    }
    made |= {"entities": found} if (found := entities(tweet, sent(tweet))) else {}
    made |= {dialect.references: referred} if (referred := references(tweet)) else {}
    answered = author_of(tweet.reply_to_id) if tweet.reply_to_id else None
    answered = answered or next(iter(tweet.answered), None)
    made |= {"in_reply_to_user_id": str(answered)} if tweet.reply_to_id and answered else {}
    made |= {"attachments": {"media_keys": [one.key for one in tweet.photos]}} if tweet.photos else {}
    if tweet.withheld:
        made["withheld"] = {"copyright": False, "country_codes": list(tweet.withheld), "scope": dialect.noun}
    if tweet.long:
        noted_entities = entities(tweet, noted(tweet), photos=False)
        made[dialect.note] = {"text": noted(tweet)} | ({"entities": noted_entities} if noted_entities else {})
    return made


def references(tweet: Tweet) -> list[Json]:
    kinds = {"replied_to": tweet.reply_to_id, "quoted": tweet.quoted_id, "retweeted": tweet.retweeted_id}
    return [{"type": kind, "id": str(one)} for kind, one in kinds.items() if one]


def entities(tweet: Tweet, text: str, *, photos: bool = True) -> Json:
    """Find mentions and links in a text as it is sent."""
    mentions, end = [], 0
    for one in tweet.answered:
        start, end = end, end + len(User(one).username) + 1
        mentions.append({"start": start, "end": end, "username": User(one).username, "id": str(one)})
        end += 1
    urls = [_url(text, short, whole) for short, whole in tweet.links if short in text]
    if photos:
        status = f"https://x.com/{tweet.username}/status/{tweet.id}"
        shown = [_url(text, _photo_link(tweet), f"{status}/photo/1") | {"media_key": one.key} for one in tweet.photos]
        urls += shown
    return {name: found for name, found in (("mentions", mentions), ("urls", urls)) if found}


def _url(text: str, short: str, whole: str) -> Json:
    start = text.index(short)
    shown = whole.removeprefix("https://")[:26]
    return {"start": start, "end": start + len(short), "url": short, "expanded_url": whole, "display_url": shown}


def whole_user(user: User) -> Json:
    """Write all fields of a user; what he counts are tweets, in either dialect."""
    metrics = {"followers_count": user.id % 997, "following_count": user.id % 499, "listed_count": user.id % 7}
    return {
        "id": str(user.id),
        "name": f"User {user.id}",
        "username": user.username,
        "created_at": iso(1_300_000_000 + user.id % 10**8),
        "description": "",
        "protected": False,
        "verified": False,
        "public_metrics": metrics | {"tweet_count": user.id % 9973, "like_count": user.id % 8999},
    }


class Writer:
    """Write answers about one world of tweets."""

    def __init__(self, world: World, hosts: Sequence[str] = problems.HOSTS) -> None:
        self.world, self.hosts = world, hosts
        self._known: dict[tuple[int, str, frozenset[str]], Json] = {}

    def tweet(self, tweet: Tweet, wish: Wish) -> Json:
        """Write a tweet with the fields asked for; the order is always the same."""
        key = (tweet.id, wish.dialect.noun, wish.fields)
        if key not in self._known:
            made = whole_tweet(tweet, wish.dialect, self._author)
            self._known[key] = {name: value for name, value in made.items() if name in wish.fields}
        return self._known[key]

    def _author(self, tweet_id: int) -> int | None:
        tweet = self.world.by_id.get(tweet_id)
        return tweet.author_id if tweet else None

    def lookup(self, asked: Iterable[int], wish: Wish, parameter: str = "ids") -> Page:
        """Answer what is asked by ids; of an edited tweet the newest version is given, once."""
        asked = list(dict.fromkeys(asked))
        found = {tweet.id: tweet for one in asked if (tweet := self.world.find(one))}
        missing = [(one, parameter) for one in asked if not self.world.find(one)]
        return self.page(list(found.values()), wish, missing)

    def page(self, tweets: Sequence[Tweet], wish: Wish, missing: Iterable[tuple[int, str]] = ()) -> Page:
        """Write tweets, what comes along, and why some do not."""
        missing = list(missing)
        referred = list(self._referred(tweets, wish, missing))
        includes = self._includes(tweets, referred, wish)
        body: Json = {"data": [self.tweet(one, wish) for one in tweets]} if tweets else {}
        body |= {"includes": includes} if includes else {}
        errors = [
            problems.gone(
                one,
                self.world.why_gone(one),
                parameter=parameter,
                noun=wish.dialect.noun,
                host=problems.alternate(self.hosts, number),
            )
            for number, (one, parameter) in enumerate(missing)
        ]
        if errors or wish.unknown:
            body["errors"] = errors
        posts = {one.id for one in (*tweets, *referred)}
        return Page(body, posts, {int(user["id"]) for user in includes.get("users", ())})

    def _referred(self, tweets: Iterable[Tweet], wish: Wish, missing: list[tuple[int, str]]) -> Iterator[Tweet]:
        """Give the tweets that others refer to, where that is asked for; those that are gone are `missing`."""
        parameter = "referenced_tweets.id" if wish.dialect is TWEET else "referenced_posts"
        if not any(one.startswith(parameter) for one in wish.expansions):
            return
        wanted = (one for tweet in tweets for one in (tweet.reply_to_id, tweet.quoted_id, tweet.retweeted_id) if one)
        given = set()
        for one in dict.fromkeys(wanted):
            tweet = self.world.find(one)
            if tweet is None:
                missing.append((one, parameter))
            elif tweet.id not in given:
                given.add(tweet.id)
                yield tweet

    def _includes(self, tweets: Sequence[Tweet], referred: Sequence[Tweet], wish: Wish) -> Json:
        users = self._users(tweets, referred, wish)
        shown = [*tweets] if "attachments.media_keys" in wish.expansions else []
        shown += referred if "referenced_tweets.id.attachments.media_keys" in wish.expansions else []
        made = {
            "media": self._media(shown, wish),
            "users": [self._user(one, wish) for one in dict.fromkeys(users)],
            wish.dialect.included: [self.tweet(one, wish) for one in referred],
        }
        return {name: items for name, items in made.items() if items}

    def _users(self, tweets: Sequence[Tweet], referred: Sequence[Tweet], wish: Wish) -> list[int]:
        users = [one.author_id for one in tweets] if "author_id" in wish.expansions else []
        if "in_reply_to_user_id" in wish.expansions:
            users += [int(one["in_reply_to_user_id"]) for tweet in tweets if (one := self._answering(tweet, wish))]
        if "entities.mentions.username" in wish.expansions:
            users += [one for tweet in tweets for one in tweet.answered]
        if "referenced_tweets.id.author_id" in wish.expansions:
            users += [one.author_id for one in referred]
        return users

    def _answering(self, tweet: Tweet, wish: Wish) -> Json:
        made = self.tweet(tweet, wish)
        return made if "in_reply_to_user_id" in made else {}

    @staticmethod
    def _user(user_id: int, wish: Wish) -> Json:
        return {name: value for name, value in whole_user(User(user_id)).items() if name in wish.user_fields}

    @staticmethod
    def _media(tweets: Iterable[Tweet], wish: Wish) -> list[Json]:
        photos = {one.key: one for tweet in tweets for one in tweet.photos}.values()
        made = [
            {"media_key": one.key, "type": "photo", "url": one.url, "width": 640, "height": 480}
            | ({"alt_text": one.alt_text} if one.alt_text else {})
            for one in photos
        ]
        return [{name: value for name, value in one.items() if name in wish.media_fields} for one in made]
