"""Generate a synthetic archive of the public Twitter sample stream (v1.1 JSON), of any size and fully invented.

Real archives hold real people's tweets, so tests, demo and benchmarks run on this instead. Shares, field shapes, file
names and compression follow what was measured on real archive files of each era; every text, name and id is made up.
"""

import argparse
import bz2
import gzip
import io
import json
import random
import re
import tarfile
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

# Tables and records stay packed.
# fmt: off
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


class Topic(NamedTuple):
    """Hold the lines of one topic, so that any answer fits any question and each follow-up has its own reply."""

    tag: str
    items: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    follow_ups: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]  # A self-thread, in order.


TOPICS = (
    Topic("baking", ("rye loaf", "sourdough", "spelt bread", "olive bread"),
          ("Why is my {item} so dense in the middle?", "My {item} came out flat again. What am I doing wrong?",
           "Does anybody know why a {item} stays gummy inside, even after {n} minutes in the oven?"),
          ("Give it {n} more minutes in the oven and let it cool fully before you cut it.",
           "Sounds underproofed to me. Let the dough rest until it has nearly doubled.",
           "Is your starter lively? Mine needed two feeds before the {item} rose well. After that I baked one every "
           "week and it never failed me again, not even in winter when the kitchen is cold.",
           "Bake it in a closed pot for the first {n} minutes, the steam helps a lot."),
          (("How warm should the kitchen be for that?", "Around {t} degrees. Colder works too, it only takes longer."),
           ("Does the kind of flour matter?", "Yes, wholemeal drinks more water. Add a little and wait {n} minutes."),
           ("And how do I know when it is done?", "Tap it from below. If it sounds hollow, it is ready.")),
          ("Baking a {item} today, notes below.", "The starter was fed at breakfast and doubled in {h} hours.",
           "Mixed the dough, then folded it every {n} minutes.", "Shaped it and left it in the fridge overnight.",
           "Out of the oven now. Best {item} so far!")),
    Topic("cycling", ("old touring bike", "city bike", "cargo bike", "folding bike"),
          ("The chain of my {item} slips when I pedal hard. Where do I start?",
           "What makes a {item} click with every turn of the pedals?",
           "My {item} shifts badly since the rain last week. Can I fix that at home?"),
          ("Clean and oil the chain first. That cures most of it and takes {n} minutes.",
           "Measure the chain. If it is worn, change it together with the cassette.",
           "I had the same on my {item}. Turning the barrel adjuster half a turn was enough, no new parts and no trip "
           "to the workshop. Go slowly, a quarter turn at a time, and try every gear before the next one.",
           "Check whether the pedals and the crank bolts are tight, they often work loose."),
          (("Do I need special tools for that?", "An allen key and a rag will do. A chain gauge is cheap as well."),
           ("How often should one do it?", "Every {n} days in winter, less in summer."),
           ("And if that does not help?", "Then look at the hanger. A bent one confuses every gear.")),
          ("Rebuilding my {item} this weekend, a thread.", "Took off both wheels and cleaned {n} years of mud.",
           "New cables in. It took {h} hours, most of them spent looking for one small screw.",
           "Brakes adjusted, lights wired, bell polished.", "First ride done. The {item} runs like new.")),
    Topic("gardening", ("tomatoes", "courgettes", "runner beans", "strawberries"),
          ("The leaves of my {item} turn yellow. Too much water?", "My {item} flower but bear no fruit. Any advice?",
           "When do you put your {item} outside? It is {t} degrees here by day."),
          ("Water them less often but deeply, always in the morning.",
           "Wait until the nights stay mild. Mine sulked for {h} weeks after one cold night.",
           "It may be a lack of food. I give my {item} compost every {n} days and now they are strong, the "
           "leaves stay green until autumn and there is more than the whole house can eat.",
           "Tap the flowers gently at noon, bees are rare on balconies."),
          (("Does the size of the pot matter?", "A lot. Take {n} litres or more for each plant."),
           ("Would you feed them now?", "Not in this heat. Wait for a cooler day and feed lightly."),
           ("What about snails?", "Copper tape on the rim, and a walk with a lamp after rain.")),
          ("Balcony diary: {item} this year.", "Sowed {n} seeds on the window sill.",
           "Everything came up after {h} days, even the forgotten ones.", "Moved the {item} outside, still no bees.",
           "First harvest today! It all went straight into the pan.")),
)
THANKS = ("That helped, thank you!", "Thanks a lot, I will try it on Saturday.", "Great, now I know what to do!")
WELCOME = ("You are welcome, tell us how it went!", "Any time. Good luck!", "Happy to help, send a picture!")
COMMENTS = ("So true.", "This is what I keep telling everybody about {tag}.", "Good point, worth reading.",
            "Trying this at the weekend!", "I do it differently, but why not.")
OTHERS = {lang: tuple(phrases.split("|")) for lang, phrases in {
    "ja": "今日はいい天気ですね。|パンがふっくら焼けました。|自転車で川まで行ってきた。|明日は雨かな?",
    "es": "Hoy hace un día precioso.|¿Alguien sabe cómo regar los tomates?|El pan salió muy rico.|Otra vez llueve.",
    "tr": "Bugün hava çok güzel.|Ekmek fırından yeni çıktı.|Bisikletle göle gittik.|Yarın yağmur yağacak mı?",
    "pt": "Que dia bonito para andar de bicicleta!|O pão ficou ótimo.|Alguém sabe podar roseiras?|Vai chover de novo.",
    "th": "วันนี้อากาศดีมาก|ขนมปังหอมมากเลย|ไปปั่นจักรยานกันไหม|ฝนตกอีกแล้ว",
    "ar": "الطقس جميل اليوم|الخبز ساخن ولذيذ|هل تعرفون متى نزرع الطماطم؟|ذهبت إلى الحديقة بالدراجة",
    "ko": "오늘 날씨가 정말 좋네요.|빵이 잘 구워졌어요!|자전거 타러 갈까요?|내일은 비가 온대요.",
    "in": "Cuaca hari ini cerah sekali.|Rotinya baru keluar dari oven.|Siapa mau ikut naik sepeda?|Besok hujan lagi?",
    "fr": "Il fait très beau aujourd'hui.|Le pain est enfin prêt !|Qui connaît un bon sentier près du lac ?",
    "hi": "आज मौसम बहुत अच्छा है।|रोटी ताज़ी बनी है।|क्या कल बारिश होगी?",
    "ru": "Сегодня отличная погода.|Хлеб получился вкусный.|Кто знает, когда сажать помидоры?",
    "iw": "מזג האוויר נהדר היום|הלחם יצא מהתנור|מי רוצה לרכוב על אופניים?",
    "und": "😀😀|#baking #bread|🌧️🌧️☔|Mmmm|🚲💨", "zxx": "",
}.items()}
LANGUAGES = {"en": 31.3, "ja": 17.6, "es": 7.9, "tr": 5.8, "pt": 4.9, "th": 4.8, "ar": 3.8, "und": 3.4, "ko": 3.3,
             "in": 3.0, "zxx": 2.6, "fr": 2.0, "hi": 1.5, "ru": 1.0, "iw": 0.3}  # Percent, one day of 2023.
CLIENTS = {f'<a href="http{url}" rel="nofollow">{name}</a>': share for url, name, share in (
    ("s://mobile.twitter.com", "Twitter Web App", 20), ("://twitter.com/download/iphone", "Twitter for iPhone", 35),
    ("://twitter.com/download/android", "Twitter for Android", 36), ("://twittbot.net/", "twittbot.net", 3))}
EMOJI = ("🍞", "🚲", "🌱", "🌦️", "😀", "👍🏽", "🍅", "☕")
ESCAPED = ("tea &amp; toast", "sun &gt; rain", "&lt;3", "bread &amp; butter &lt;3")
WORDS = ("baker", "cyclist", "gardener", "walker", "miller", "painter", "sailor", "reader")
SHAPES = ("chain", "chain", "trio", "star", "tree", "tree")
CONTAINERS = ("tar", "tar.gz", "zip", "tar-of-zips", "folder")
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_THEME = "abs.twimg.com/images/themes/theme1/bg.png"
_USER: Json = dict.fromkeys(("url", "utc_offset", "time_zone", "lang", "following", "follow_request_sent",
    "notifications")) | dict.fromkeys(("protected", "contributors_enabled", "is_translator", "profile_background_tile",
    "default_profile_image"), False) | {"translator_type": "none", "default_profile": True,
    "profile_background_image_url": f"http://{_THEME}", "profile_background_image_url_https": f"https://{_THEME}",
    "profile_sidebar_border_color": "C0DEED", "profile_sidebar_fill_color": "DDEEF6", "profile_text_color": "333333",
    "profile_use_background_image": True}
_STATUS: Json = {"text": "", "source": "", "truncated": False} | dict.fromkeys(("in_reply_to_status_id",
    "in_reply_to_status_id_str", "in_reply_to_user_id", "in_reply_to_user_id_str", "in_reply_to_screen_name", "user",
    "geo", "coordinates", "place", "contributors"))
_TCO, _HASHTAG, _MENTION = (re.compile(p, re.ASCII) for p in (r"https://t\.co/(\w{10})", r"#(\w+)", r"@(\w+)"))


class Node(NamedTuple):
    """Hold one status of a conversation that later statuses may answer."""

    id: int
    user: Json
    turn: int
    parent: "Node | None"
    rotation: int  # Which follow-up comes first below this answer.


@dataclass
class Thread:
    """Hold a conversation that is still open."""

    shape: str  # chain: two authors; trio: three; star: all answer the root; tree: anywhere; self: one author.
    lang: str
    topic: Topic
    item: str
    replies: int  # So many, and it is closed.
    nodes: list[Node]


@lru_cache(maxsize=512)
def _date(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%a %b %d %H:%M:%S +0000 %Y")


def _cut(text: str, size: int) -> str:
    """Cut at a space, so that no link and no HTML entity is torn."""
    return text if len(text) <= size else text[: max(text.rfind(" ", 0, size + 1), 0)].rstrip() or text[:size]


def _line(record: Json) -> bytes:
    """Write JSON as the stream did: ASCII only, slashes and angle brackets escaped."""
    text = json.dumps(record, separators=(",", ":"))
    return text.replace("/", "\\/").replace("<", "\\u003c").replace(">", "\\u003e").encode("ascii")


class _Stream:
    """Hold the state of one generated stream."""

    def __init__(self, era: Era, seed: int, statuses: int, joined: float) -> None:
        self.era, self.statuses, self.joined, self.rng = era, statuses, joined, random.Random(seed)
        self.serial = self.replies = self.joined_replies = 0
        self.users = [self._user(number) for number in range(200 + 2 * statuses)]
        self.by_name: dict[str, Json] = {user["screen_name"]: user for user in self.users}
        self.room = max(2, int(statuses * joined / 15))  # Conversations open at a time.
        self.open: dict[bool, list[Thread]] = {False: [], True: []}  # By whether one author answers himself.
        self.originals: deque[Json] = deque(maxlen=1000)
        self.recent: deque[Json] = deque(maxlen=300)
        self.counts = (["quote_count", "reply_count"] if era.reply_count else []) + ["retweet_count"]
        self.counts += ["favorite_count"] if era.extended else []
        shares = {"retweet": era.retweets, "self": era.self_replies, "reply": era.replies - era.self_replies,
                  "quote": era.quotes, "user": era.user_replies}
        self.kinds = shares | {"plain": 1 - sum(shares.values())}

    def _pick(self, weights: Mapping[str, float]) -> str:
        return self.rng.choices(tuple(weights), tuple(weights.values()))[0]

    def _code(self, size: int = 10) -> str:
        return "".join(self.rng.choices(ALNUM, k=size))

    def _id(self, ms: int) -> int:
        """Return a new snowflake; the running number makes it unique, and larger than earlier ones of its ms."""
        self.serial += 1
        return ((ms - EPOCH) << 22) | (self.serial & 0x3FFFFF)

    def _earlier(self, ms: int) -> int:
        """Return an earlier time; measured reply delays: median 3 to 25 minutes, 94 to 98 % under a day."""
        return ms - 1000 - int(min(self.rng.lognormvariate(13.3, 2.5), 180 * 86_400_000))

    def _user(self, number: int) -> Json:
        rng, name = self.rng, f"{self.rng.choice(WORDS)}_{number:05d}"
        old, topic, followers = not self.era.extended, rng.choice(TOPICS), int(rng.paretovariate(0.6) * 20) % 5_000_000
        uid = rng.randrange(10**8, 4 * 10**9) if old or rng.random() < 0.5 else rng.randrange(7 * 10**17, 9 * 10**17)
        picture = f"pbs.twimg.com/profile_images/{rng.randrange(10**17, 10**18)}/{self._code(8)}_normal.jpg"
        user: Json = {"id": uid, "id_str": str(uid), "name": name[:-6].title() + rng.choice(("", " 🍞", " Hill")),
            "screen_name": name, "location": rng.choice(("Lakeside", "Old Mill", "Harbour Town", None)),
            "description": rng.choice((None, topic.tag, f"{topic.tag} and {rng.choice(WORDS)} things", THANKS[1])),
            "verified": rng.random() < 0.005, "followers_count": followers, "friends_count": rng.randrange(2000),
            "listed_count": followers // 100, "favourites_count": rng.randrange(30_000),
            "statuses_count": rng.randrange(1, 90_000), "geo_enabled": rng.random() < 0.4,
            "created_at": _date(rng.randrange(1_262_304_000, 1_356_998_400)),
            "profile_background_color": f"{rng.randrange(1 << 24):06X}",
            "profile_link_color": f"{rng.randrange(1 << 24):06X}",
            "profile_image_url": f"http://{picture}", "profile_image_url_https": f"https://{picture}",
            "profile_banner_url": f"https://pbs.twimg.com/profile_banners/{uid}/{rng.randrange(10**9, 1356998400)}"}
        return user | _USER | ({"lang": "en"} if old else {})

    def _fill(self, template: str, item: str, topic: Topic) -> str:
        numbers = {name: self.rng.randrange(*span) for name, span in (("n", (15, 46)), ("t", (12, 27)), ("h", (3, 10)))}
        return template.format(item=item, tag=topic.tag, **numbers)

    def _say(self, lang: str, kind: str) -> str:
        """Return a text that stands alone."""
        if lang != "en":
            return " ".join(self.rng.choices(OTHERS[lang], k=self.rng.choice((1, 1, 2, 2, 3))))
        topic = self.rng.choice(TOPICS)
        lines = {"reply": topic.answers, "quote": COMMENTS}.get(kind) or self.rng.choice((topic.questions, topic.steps))
        return self._fill(self.rng.choice(lines), self.rng.choice(topic.items), topic)

    def _dress(self, body: str, lang: str, links: bool = True) -> str:
        """Add HTML entities, emoji, tags, mentions and links at about the measured rates."""
        rng, parts = self.rng, [body] if body.strip() else []
        parts += [rng.choice(ESCAPED)] if rng.random() < 0.02 and lang != "zxx" else []
        parts += [rng.choice(EMOJI)] if rng.random() < 0.16 and lang != "zxx" else []
        parts += [f"#{rng.choice(TOPICS).tag}"] if links and rng.random() < 0.10 else []
        parts += [f"cc @{rng.choice(self.users)['screen_name']}"] if links and rng.random() < 0.03 else []
        parts += [f"https://t.co/{self._code()}"] if links and rng.random() < 0.15 else []
        return " ".join(parts)

    def _media(self, sid: int, user: Json) -> Json:
        path, code = f"pbs.twimg.com/media/{self._code(15)}.jpg", self._code()
        sizes = (("thumb", 150, "crop"), ("small", 680, "fit"), ("medium", 1200, "fit"), ("large", 2048, "fit"))
        return {"id": sid + 1, "id_str": str(sid + 1), "media_url": f"http://{path}",
                "media_url_https": f"https://{path}", "type": "photo", "url": f"https://t.co/{code}",
                "display_url": f"pic.twitter.com/{code}",
                "expanded_url": f"https://twitter.com/{user['screen_name']}/status/{sid}/photo/1",
                "sizes": {name: {"w": width, "h": width, "resize": resize} for name, width, resize in sizes}}

    def _entities(self, text: str, media: Json | None, expanded: Mapping[str, str]) -> Json:
        """Derive the entities of a text; indices count code points of the still escaped text."""
        tags = [{"text": match[1], "indices": [*match.span()]} for match in _HASHTAG.finditer(text)]
        symbols = {"symbols": list[Json]()} if self.era.extended else {}
        found: Json = {"hashtags": tags, "urls": [], "user_mentions": [], **symbols}
        for match in _TCO.finditer(text):
            if media and match[0] == media["url"]:
                found["media"] = [media | {"indices": [*match.span()]}]
                continue
            target = expanded.get(match[0], f"https://example.org/{match[1]}")
            found["urls"].append({"url": match[0], "expanded_url": target, "display_url": target[8:],
                                  "indices": [*match.span()]})
        found["user_mentions"] = [
            {key: user[key] for key in ("screen_name", "name", "id", "id_str")} | {"indices": [*match.span()]}
            for match in _MENTION.finditer(text) if (user := self.by_name.get(match[1]))]
        return found

    def _base(self, sid: int, user: Json, lang: str) -> Json:
        new, start = self.era.extended, self.era.start
        code = "und" if lang == "zxx" and start < "2022" else "id" if lang == "in" and not new else lang
        return {"created_at": _date(((sid >> 22) + EPOCH) // 1000), "id": sid, "id_str": str(sid), **_STATUS,
                "source": self._pick(CLIENTS), "user": user, **({"is_quote_status": False} if new else {}),
                **dict.fromkeys(self.counts, 0), "entities": {}, "favorited": False, "retweeted": False,
                "filter_level": "low" if new else "medium", "lang": code}

    def _set_text(self, record: Json, prefix: str, body: str, media: Json | None, expanded: dict[str, str]) -> None:
        """Fill text, entities, display range and, above 140 characters, extended_tweet."""
        new, suffix = self.era.extended, f" {media['url']}" if media else ""
        body = body if new else _cut(body, LIMIT - len(prefix) - len(suffix))
        full = (prefix + body + suffix).lstrip()
        display, long = [len(prefix), len(prefix) + len(body)], new and len(full) > LIMIT
        parts: Json = {"entities": self._entities(full, media, expanded)}
        if parts["entities"]["urls"] or media:
            record["possibly_sensitive"] = self.rng.random() < 0.07
        if new and (prefix or media):
            record["display_text_range"] = [display[0], LIMIT] if long else display
        if new and media:
            parts["extended_entities"] = {"media": parts["entities"]["media"]}
        if not long:
            record |= {"text": full, **parts}
            return
        record["extended_tweet"] = {"full_text": full, "display_text_range": display, **parts}
        more = f"https://t.co/{self._code()}"
        text = f"{_cut(full, LIMIT - 25)}… {more}"
        page = {more: f"https://twitter.com/i/web/status/{record['id']}"}
        record |= {"text": text, "truncated": True, "entities": self._entities(text, None, expanded | page)}
        if "display_text_range" in record:
            record["display_text_range"][1] = len(text)

    def _status(self, sid: int, user: Json, lang: str, body: str, *, to: tuple[int | None, list[Json]] | None = None,
                quote: Json | None = None, pictures: float = 0.15) -> Json:
        """Build a status: a reply if `to` gives the parent and whom it is addressed to, a quote if `quote` is given."""
        record, new, prefix, expanded = self._base(sid, user, lang), self.era.extended, "", dict[str, str]()
        if to:
            parent, target = to[0], to[1][0]
            record |= {"in_reply_to_status_id": parent, "in_reply_to_status_id_str": str(parent) if parent else None,
                       "in_reply_to_user_id": target["id"], "in_reply_to_user_id_str": target["id_str"],
                       "in_reply_to_screen_name": target["screen_name"]}
            prefix = "".join(f"@{other['screen_name']} " for other in to[1] if other is not user or not new)
        if quote:
            url, name = f"https://t.co/{self._code()}", quote["user"]["screen_name"]
            page = f"twitter.com/{name}/status/{quote['id']}"
            record |= {"quoted_status_id": quote["id"], "quoted_status_id_str": quote["id_str"],
                       "is_quote_status": True}
            gone = self.rng.random() < 0.06  # Measured: 134 of about 2,000 quotes lack the quoted status.
            if not gone:
                record["quoted_status"] = {k: v for k, v in quote.items() if not k.startswith("quoted_status")}
            if gone or not self.era.reply_count:  # Until 2018 the link to the quoted status stood in the text.
                body, expanded = f"{body} {url}".lstrip(), {url: f"https://{page}"}
            else:
                record["quoted_status_permalink"] = {"url": url, "expanded": f"https://{page}", "display": page}
        media = lang == "zxx" or (not quote and self.rng.random() < pictures)
        self._set_text(record, prefix, body, self._media(sid, user) if media else None, expanded)
        return record

    def _new_original(self, ms: int, quoting: bool) -> Json:
        rng, lang, user, sid = self.rng, self._pick(LANGUAGES), self.rng.choice(self.users), self._id(ms)
        if lang != "zxx" and len(self.open[False]) < self.room and rng.random() < 0.3:
            return self._root(sid, user, lang, False)
        if rng.random() < 0.08:  # Measured: 929 of 12,086 retweeted statuses are replies.
            to = (self._id(self._earlier(ms)), [rng.choice(self.users)])
            return self._status(sid, user, lang, self._dress(self._say(lang, "reply"), lang), to=to)
        quote = self._original(ms, False) if quoting and self.era.extended and rng.random() < 0.1 else None
        body = self._dress(" ".join(self._say(lang, "") for _ in range(rng.choice((1, 1, 2, 3)))), lang)
        return self._status(sid, user, lang, body, quote=quote if quote and quote["id"] < sid else None, pictures=0.4)

    def _original(self, ms: int, quoting: bool = True) -> Json:
        """Return an earlier status with real counts, to be retweeted or quoted; some come again with higher counts."""
        rng, draw = self.rng, self.rng.random()
        if draw < 0.3 and self.originals:
            chosen = rng.choice(self.originals)
        elif draw < 0.34 and self.recent:  # An own record of the archive, with counts this time.
            chosen = dict(rng.choice(self.recent))
        else:
            chosen = self._new_original(self._earlier(ms), quoting)
            self.originals.append(chosen)
        for name in self.counts:  # Measured: 73 % have a reply count above zero.
            grows = name != "reply_count" or rng.random() < 0.73
            chosen[name] += int(rng.paretovariate(0.7)) % 99_999 + 1 if grows else 0
        return dict(chosen)

    def _root(self, sid: int, user: Json, lang: str, own: bool) -> Json:
        """Open a conversation and return its first status."""
        topic, shape = self.rng.choice(TOPICS), "self" if own else self.rng.choice(SHAPES)
        left = {"chain": 9, "trio": 9, "self": 4}.get(shape) or self.rng.randrange(3, 12)
        thread = Thread(shape, lang, topic, self.rng.choice(topic.items), left, [Node(sid, user, 0, None, 0)])
        self.open[own].append(thread)
        template = topic.steps[0] if own else self.rng.choice(topic.questions)
        body = self._fill(template, thread.item, topic) if lang == "en" else self._say(lang, "")
        return self._status(sid, user, lang, self._dress(body, lang, False), pictures=0.1)

    def _turn(self, thread: Thread, turn: int, rotation: int) -> str:
        """Return what is said at one turn: question, answer, follow-ups with their replies, thanks, welcome."""
        topic, pairs = thread.topic, thread.topic.follow_ups
        if thread.lang != "en":
            return self._say(thread.lang, "reply")
        template = self.rng.choice(topic.answers if turn == 1 else WELCOME if turn % 2 else THANKS)
        if thread.shape == "self":
            template = topic.steps[turn]
        elif 2 <= turn < 2 + 2 * len(pairs):
            template = pairs[(rotation + turn // 2) % len(pairs)][turn % 2]
        return self._fill(template, thread.item, topic)

    def _author(self, thread: Thread, parent: Node) -> Json:
        """Say who speaks next: who answered goes on answering, the asking side depends on the shape."""
        turn, root, before, third = parent.turn + 1, thread.nodes[0], parent.parent, thread.nodes[2:3]
        if thread.shape == "self":
            return root.user
        if before and (turn % 2 or thread.shape == "chain"):
            return before.user
        if before and thread.shape == "trio" and third:
            return third[0].user if turn % 4 == 2 else root.user
        if before and thread.shape == "tree" and root.user is not parent.user and self.rng.random() < 0.5:
            return root.user
        there = [node.user["id"] for node in thread.nodes]
        return next(user for user in self.rng.choices(self.users, k=99) if user["id"] not in there)

    def _joined_reply(self, sid: int, own: bool) -> Json | None:
        """Continue an open conversation, or return None if there is none."""
        if not self.open[own]:
            return None
        thread = self.rng.choice(self.open[own])
        wide = {"star": thread.nodes[:1], "tree": [node for node in thread.nodes if node.turn < 5]}
        parent = self.rng.choice(wide.get(thread.shape, thread.nodes[-1:]))
        user, turn = self._author(thread, parent), parent.turn + 1
        rotation = self.rng.randrange(3) if turn == 1 else parent.rotation
        body = self._dress(self._turn(thread, turn, rotation), thread.lang, False)
        also = parent.parent.user if parent.parent else parent.user
        handles = [parent.user] + ([also] if also is not user and also is not parent.user else [])
        thread.nodes.append(Node(sid, user, turn, parent, rotation))
        if len(thread.nodes) > thread.replies:
            self.open[own].remove(thread)
        return self._status(sid, user, thread.lang, body, to=(parent.id, handles), pictures=0.03)

    def _reply(self, sid: int, ms: int, own: bool) -> Json:
        self.replies += 1
        if self.joined_replies < self.joined * self.replies and (record := self._joined_reply(sid, own)):
            self.joined_replies += 1
            return record
        lang, user = self._pick(LANGUAGES), self.rng.choice(self.users)
        to = (self._id(self._earlier(ms)), [user if own else self.rng.choice(self.users)])
        return self._status(sid, user, lang, self._dress(self._say(lang, "reply"), lang), to=to, pictures=0.06)

    def _retweet(self, sid: int, ms: int) -> Json:
        """Build a retweet: its own text is cut although `truncated` is false."""
        original = self._original(ms)
        whole = original.get("extended_tweet", original)
        text = f"RT @{original['user']['screen_name']}: {whole.get('full_text', original['text'])}"
        text = text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"
        expanded = {url["url"]: url["expanded_url"] for url in whole["entities"]["urls"]}
        entities = self._entities(text, whole["entities"].get("media", [None])[0], expanded)
        media = {"extended_entities": {"media": entities["media"]}} if "media" in entities and self.era.extended else {}
        quoted = {key: value for key, value in original.items() if key.startswith(("quoted_", "is_quote"))}
        return self._base(sid, self.rng.choice(self.users), original["lang"]) | quoted | media | {
            "text": text, "retweeted_status": original, "entities": entities}

    def _own(self, ms: int) -> Json:
        """Build the next own status of the stream."""
        sid, kind, lang, user = self._id(ms), self._pick(self.kinds), self._pick(LANGUAGES), self.rng.choice(self.users)
        if kind == "retweet":
            return self._retweet(sid, ms)
        rooms = (len(self.open[False]) < self.room, len(self.open[True]) <= self.room // 4)
        if kind in ("reply", "self"):
            record = self._reply(sid, ms, kind == "self")
        elif kind == "plain" and any(rooms) and lang not in ("und", "zxx"):
            record = self._root(sid, user, lang, not rooms[0])
        else:
            to = (None, [self.rng.choice(self.users)]) if kind == "user" else None
            quote = self._original(ms) if kind == "quote" else None
            record = self._status(sid, user, lang, self._dress(self._say(lang, kind), lang), to=to, quote=quote)
        self.recent.append(record)
        return record

    def _delete(self, ms: int, own: list[tuple[int, int]]) -> Json:
        """Build a delete notice: all targets lie in the sampling window, a few of them in this very minute."""
        then = self._earlier(ms)
        sid, uid = self._id(then - then % 1000 + self.rng.randint(*WINDOW)), self.rng.choice(self.users)["id"]
        if own and self.rng.random() < 0.03:
            sid, uid = self.rng.choice(own)
        notice: Json = {"status": {"id": sid, "id_str": str(sid), "user_id": uid, "user_id_str": str(uid)}}
        return {"delete": notice | ({"timestamp_ms": str(ms)} if self.era.extended else {})}

    def minute(self, start: datetime) -> list[bytes]:
        """Return the lines of one minute; like the real ones they are only roughly in order of time."""
        rng, begin, size, deletes = self.rng, int(start.timestamp()) * 1000, self.statuses, self.era.deletes
        lines, own = list[tuple[float, bytes]](), list[tuple[int, int]]()
        for ms in sorted(begin + rng.randrange(60) * 1000 + rng.randint(*WINDOW) for _ in range(size)):
            record = self._own(ms)
            line = _line(record | {"timestamp_ms": str(ms)} if self.era.extended else record)
            lines.append((len(own) + rng.random() * size / 60, line))
            own.append((record["id"], record["user"]["id"]))
            lines += [(len(own) + rng.random() * size, line)] if rng.random() < self.era.repeats else []
        for _ in range(round(len(lines) * deletes / (1 - deletes))):
            place = rng.random()
            lines.append((place * size, _line(self._delete(begin + int(place * 60_000), own))))
        return [line for _, line in sorted(lines, key=lambda pair: pair[0])]


def members(era: str, *, seed: int = 1, minutes: int = 3, statuses: int = 200,
            joined: float = 0.03) -> Iterator[tuple[str, list[bytes]]]:
    """Yield each minute's member name and JSON lines; `joined` is the share of replies whose parent is there."""
    traits, start = ERAS[era], datetime.fromisoformat(ERAS[era].start)
    stream = _Stream(traits, seed, statuses, joined)
    shift = timedelta(hours=-7) if traits.compression == "bz2" else timedelta(minutes=1)  # UTC-7; end of the minute.
    for now in (start + timedelta(minutes=minute) for minute in range(minutes)):
        yield (now + shift).strftime(traits.name), stream.minute(now)


def encode(lines: list[bytes], era: str) -> bytes:
    """Compress lines as the era did; from 2019 a member is many bz2 streams, cut anywhere, even inside a line."""
    if ERAS[era].compression == "gz":
        return gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0)
    data = b"".join(line + b"\r\n" for line in lines)
    size = len(data) + 1 if ERAS[era].streams == 1 else min(STREAM_BYTES, len(data) // ERAS[era].streams + 1)
    return b"".join(bz2.compress(data[at : at + size]) for at in range(0, max(len(data), 1), size))


def _zip(files: Iterable[tuple[str, bytes]], target: Path | io.BytesIO) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data)


def _zip_days(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for day, held in groupby(files, lambda file: file[0].split("/")[:-2] or file[0].split("/")[:1]):
        _zip(held, buffer := io.BytesIO())
        yield f"twitter-stream-{'-'.join(day)}.zip", buffer.getvalue()


def pack(files: Iterable[tuple[str, bytes]], path: Path, container: str) -> None:
    """Write members into a tar, tar.gz, zip, tar-of-zips (a zip a day) or folder, byte for byte repeatable."""
    if container not in CONTAINERS:
        raise ValueError(f"unknown container: {container}")
    if container == "folder":
        for name, data in files:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        return
    if container == "zip":
        _zip(files, path)
        return
    zipped = container == "tar.gz"
    with (path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if zipped else nullcontext(raw) as out,
          tarfile.open(fileobj=out, mode="w") as tar):
        for name, data in _zip_days(files) if container == "tar-of-zips" else files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def main() -> None:
    """Write a synthetic archive from the command line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--era", choices=ERAS, default="2021")
    parser.add_argument("--container", choices=CONTAINERS, default="tar")
    for name, default in (("minutes", 3), ("statuses", 200), ("joined", 0.03), ("seed", 1)):
        parser.add_argument(f"--{name}", type=type(default), default=default)
    options = vars(parser.parse_args())
    path, era, container = (options.pop(name) for name in ("path", "era", "container"))
    pack(((name, encode(lines, era)) for name, lines in members(era, **options)), path, container)


if __name__ == "__main__":
    main()
