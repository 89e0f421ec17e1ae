"""Generate a synthetic archive of the public Twitter sample stream (v1.1 JSON), of any size and fully invented.

Real archives hold real people's tweets, so tests, demo and benchmarks run on this instead. Shares, field shapes, file
names and compression follow what was measured on real archive files of each era; every text, name and id is made up.
"""

import argparse
import json
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from synthetic_eras import EPOCH, ERAS, LIMIT, WINDOW, Era, Json
from synthetic_packing import CONTAINERS, encode, pack
from synthetic_records import Records
from synthetic_texts import LANGUAGES
from synthetic_threads import Threads

__all__ = ["CONTAINERS", "EPOCH", "ERAS", "LIMIT", "WINDOW", "encode", "members", "pack"]


def _line(record: Json) -> bytes:
    """Write JSON as the stream did: ASCII only, slashes and angle brackets escaped."""
    text = json.dumps(record, separators=(",", ":"))
    return text.replace("/", "\\/").replace("<", "\\u003c").replace(">", "\\u003e").encode("ascii")


class _Stream:
    """Hold the state of one generated stream."""

    def __init__(self, era: Era, seed: int, statuses: int, joined: float) -> None:
        self.era, self.statuses = era, statuses
        self.records = Records(era, seed, 200 + 5 * statuses)
        self.rng = self.records.rng
        self.threads = Threads(self.records, statuses, joined)
        self.originals: deque[Json] = deque(maxlen=1000)
        self.recent: deque[Json] = deque(maxlen=300)
        shares = {
            "retweet": era.retweets,
            "self": era.self_replies,
            "reply": era.replies - era.self_replies,
            "quote": era.quotes,
            "user": era.user_replies,
        }
        self.kinds = shares | {"plain": 1 - sum(shares.values())}

    def _new_original(self, ms: int, quoting: bool) -> Json:
        rng, lang, user, sid = (
            self.rng,
            self.records.pick(LANGUAGES),
            self.rng.choice(self.records.users),
            self.records.new_id(ms),
        )
        if lang != "zxx" and len(self.threads.open[False]) < self.threads.room and rng.random() < 0.3:
            return self.threads.root(sid, user, lang, False)
        if rng.random() < 0.08:  # Measured: 929 of 12,086 retweeted statuses are replies.
            to = (self.records.new_id(self.records.earlier(ms)), [rng.choice(self.records.users)])
            return self.records.status(
                sid, user, lang, self.records.dress(self.records.say(lang, "reply"), lang), to=to
            )
        quote = self._original(ms, False) if quoting and self.era.extended and rng.random() < 0.1 else None
        body = self.records.dress(" ".join(self.records.say(lang, "") for _ in range(rng.choice((1, 1, 2, 3)))), lang)
        return self.records.status(
            sid, user, lang, body, quote=quote if quote and quote["id"] < sid else None, pictures=0.4
        )

    def _original(self, ms: int, quoting: bool = True) -> Json:
        """Return an earlier status with real counts, to be retweeted or quoted; some come again with higher counts."""
        rng, draw = self.rng, self.rng.random()
        if draw < 0.3 and self.originals:
            chosen = rng.choice(self.originals)
        elif draw < 0.34 and self.recent:  # An own record of the archive, with counts this time.
            chosen = dict(rng.choice(self.recent))
        else:
            chosen = self._new_original(self.records.earlier(ms), quoting)
            self.originals.append(chosen)
        for name in self.records.counts:  # Measured: 73 % have a reply count above zero.
            grows = name != "reply_count" or rng.random() < 0.73
            chosen[name] += int(rng.paretovariate(0.7)) % 99_999 + 1 if grows else 0
        return dict(chosen)

    def _retweet(self, sid: int, ms: int) -> Json:
        """Build a retweet: its own text is cut although `truncated` is false."""
        original = self._original(ms)
        whole = original.get("extended_tweet", original)
        text = f"RT @{original['user']['screen_name']}: {whole.get('full_text', original['text'])}"
        text = text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"
        expanded = {url["url"]: url["expanded_url"] for url in whole["entities"]["urls"]}
        entities = self.records.entities(text, whole["entities"].get("media", [None])[0], expanded)
        media = {"extended_entities": {"media": entities["media"]}} if "media" in entities and self.era.extended else {}
        quoted = {key: value for key, value in original.items() if key.startswith(("quoted_", "is_quote"))}
        return (
            self.records.base(sid, self.rng.choice(self.records.users), original["lang"])
            | quoted
            | media
            | {"text": text, "retweeted_status": original, "entities": entities}
        )

    def _own(self, ms: int) -> Json:
        """Build the next own status of the stream."""
        sid, kind, lang, user = (
            self.records.new_id(ms),
            self.records.pick(self.kinds),
            self.records.pick(LANGUAGES),
            self.rng.choice(self.records.users),
        )
        if kind == "retweet":
            return self._retweet(sid, ms)
        rooms = (
            len(self.threads.open[False]) < self.threads.room,
            len(self.threads.open[True]) <= self.threads.room // 16,
        )
        if kind in ("reply", "self"):
            record = self.threads.reply(sid, ms, kind == "self")
        elif kind == "plain" and any(rooms) and lang not in ("und", "zxx"):
            record = self.threads.root(sid, user, lang, not rooms[0])
        else:
            to = (None, [self.rng.choice(self.records.users)]) if kind == "user" else None
            quote = self._original(ms) if kind == "quote" else None
            record = self.records.status(
                sid, user, lang, self.records.dress(self.records.say(lang, kind), lang), to=to, quote=quote
            )
        self.recent.append(record)
        return record

    def _delete(self, ms: int, own: list[tuple[int, int]]) -> Json:
        """Build a delete notice: all targets lie in the sampling window, a few of them in this very minute."""
        then = self.records.earlier(ms)
        sid, uid = (
            self.records.new_id(then - then % 1000 + self.rng.randint(*WINDOW)),
            self.rng.choice(self.records.users)["id"],
        )
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


def members(
    era: str, *, seed: int = 1, minutes: int = 3, statuses: int = 200, joined: float = 0.03
) -> Iterator[tuple[str, list[bytes]]]:
    """Yield each minute's member name and JSON lines; `joined` is the share of replies whose parent is there."""
    traits, start = ERAS[era], datetime.fromisoformat(ERAS[era].start)
    stream = _Stream(traits, seed, statuses, joined)
    shift = timedelta(hours=-7) if traits.compression == "bz2" else timedelta(minutes=1)  # UTC-7; end of the minute.
    for now in (start + timedelta(minutes=minute) for minute in range(minutes)):
        yield (now + shift).strftime(traits.name), stream.minute(now)


def main(arguments: list[str] | None = None) -> None:
    """Write a synthetic archive from the command line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--era", choices=ERAS, default="2021")
    parser.add_argument("--container", choices=CONTAINERS, default="tar")
    for name, default in (("minutes", 3), ("statuses", 200), ("joined", 0.03), ("seed", 1)):
        parser.add_argument(f"--{name}", type=type(default), default=default)
    options = vars(parser.parse_args(arguments))
    path, era, container = (options.pop(name) for name in ("path", "era", "container"))
    pack(((name, encode(lines, era)) for name, lines in members(era, **options)), path, container)


if __name__ == "__main__":
    main()
