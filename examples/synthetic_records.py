"""Write users and statuses as API v1.1 did."""

import random
import re
from collections.abc import Mapping

from synthetic_eras import EPOCH, LIMIT, Era, Json
from synthetic_profiles import ALNUM, Profiles, date
from synthetic_texts import CLIENTS, COMMENTS, EMOJI, ESCAPED, OTHERS, TOPICS, Topic

_EMPTY = ["user", "geo", "coordinates", "place", "contributors"]
_EMPTY += [f"in_reply_to_{name}" for name in ("status_id", "status_id_str", "user_id", "user_id_str", "screen_name")]
_STATUS: Json = {"text": "", "source": "", "truncated": False, **dict.fromkeys(_EMPTY)}
_TCO, _HASHTAG, _MENTION = (re.compile(p, re.ASCII) for p in (r"https://t\.co/(\w{10})", r"#(\w+)", r"@(\w+)"))


def _cut(text: str, size: int) -> str:
    """Cut at a space, so that no link and no HTML entity is torn."""
    return text if len(text) <= size else text[: max(text.rfind(" ", 0, size + 1), 0)].rstrip() or text[:size]


class Records:
    """Write the records of one stream: its users, its ids, its statuses."""

    def __init__(self, era: Era, seed: int, users: int) -> None:
        self.era, self.rng, self._serial = era, random.Random(seed), 0
        profiles = Profiles(era, seed)
        self.users = [profiles.user(number) for number in range(users)]
        self.by_name: dict[str, Json] = {user["screen_name"]: user for user in self.users}
        self.counts = (["quote_count", "reply_count"] if era.reply_count else []) + ["retweet_count"]
        self.counts += ["favorite_count"] if era.extended else []

    def pick(self, weights: Mapping[str, float]) -> str:
        return self.rng.choices(tuple(weights), tuple(weights.values()))[0]

    def code(self, size: int = 10) -> str:
        return "".join(self.rng.choices(ALNUM, k=size))

    def new_id(self, ms: int) -> int:
        """Return a new snowflake; the running number makes it unique, and larger than earlier ones of its ms."""
        self._serial += 1
        return ((ms - EPOCH) << 22) | (self._serial & 0x3FFFFF)

    def earlier(self, ms: int) -> int:
        """Return an earlier time; measured reply delays: median 3 to 25 minutes, 94 to 98 % under a day."""
        return ms - 1000 - int(min(self.rng.lognormvariate(13.3, 2.5), 180 * 86_400_000))

    def fill(self, template: str, item: str, topic: Topic) -> str:
        numbers = {name: self.rng.randrange(*span) for name, span in (("n", (15, 46)), ("t", (12, 27)), ("h", (3, 10)))}
        return template.format(item=item, tag=topic.tag, **numbers)

    def say(self, lang: str, kind: str) -> str:
        """Return a text that stands alone."""
        if lang != "en":
            return " ".join(self.rng.choices(OTHERS[lang], k=self.rng.choice((1, 1, 2, 2, 3))))
        topic = self.rng.choice(TOPICS)
        lines = {"reply": topic.answers, "quote": COMMENTS}.get(kind) or self.rng.choice((topic.questions, topic.steps))
        return self.fill(self.rng.choice(lines), self.rng.choice(topic.items), topic)

    def dress(self, body: str, lang: str, links: bool = True) -> str:
        """Add HTML entities, emoji, tags, mentions and links at about the measured rates."""
        rng, parts = self.rng, [body] if body.strip() else []
        parts += [rng.choice(ESCAPED)] if rng.random() < 0.02 and lang != "zxx" else []
        parts += [rng.choice(EMOJI)] if rng.random() < 0.16 and lang != "zxx" else []
        parts += [f"#{rng.choice(TOPICS).tag}"] if links and rng.random() < 0.10 else []
        parts += [f"cc @{rng.choice(self.users)['screen_name']}"] if links and rng.random() < 0.03 else []
        parts += [f"https://t.co/{self.code()}"] if links and rng.random() < 0.15 else []
        return " ".join(parts)

    def _media(self, sid: int, user: Json) -> Json:
        path, code = f"pbs.twimg.com/media/{self.code(15)}.jpg", self.code()
        sizes = (("thumb", 150, "crop"), ("small", 680, "fit"), ("medium", 1200, "fit"), ("large", 2048, "fit"))
        return {
            "id": sid + 1,
            "id_str": str(sid + 1),
            "media_url": f"http://{path}",
            "media_url_https": f"https://{path}",
            "type": "photo",
            "url": f"https://t.co/{code}",
            "display_url": f"pic.twitter.com/{code}",
            "expanded_url": f"https://twitter.com/{user['screen_name']}/status/{sid}/photo/1",
            "sizes": {name: {"w": width, "h": width, "resize": resize} for name, width, resize in sizes},
        }

    def entities(self, text: str, media: Json | None, expanded: Mapping[str, str]) -> Json:
        """Derive the entities of a text; indices count code points of the still escaped text."""
        tags = [{"text": match[1], "indices": [*match.span()]} for match in _HASHTAG.finditer(text)]
        symbols = {"symbols": list[Json]()} if self.era.extended else {}
        found: Json = {"hashtags": tags, "urls": [], "user_mentions": [], **symbols}
        for match in _TCO.finditer(text):
            if media and match[0] == media["url"]:
                found["media"] = [media | {"indices": [*match.span()]}]
                continue
            target = expanded.get(match[0], f"https://example.org/{match[1]}")
            found["urls"].append(
                {"url": match[0], "expanded_url": target, "display_url": target[8:], "indices": [*match.span()]}
            )
        found["user_mentions"] = [
            {key: user[key] for key in ("screen_name", "name", "id", "id_str")} | {"indices": [*match.span()]}
            for match in _MENTION.finditer(text)
            if (user := self.by_name.get(match[1]))
        ]
        return found

    def base(self, sid: int, user: Json, lang: str) -> Json:
        new, start = self.era.extended, self.era.start
        code = "und" if lang == "zxx" and start < "2022" else "id" if lang == "in" and not new else lang
        return {
            "created_at": date(((sid >> 22) + EPOCH) // 1000),
            "id": sid,
            "id_str": str(sid),
            **_STATUS,
            "source": self.pick(CLIENTS),
            "user": user,
            **({"is_quote_status": False} if new else {}),
            **dict.fromkeys(self.counts, 0),
            "entities": {},
            "favorited": False,
            "retweeted": False,
            "filter_level": "low" if new else "medium",
            "lang": code,
        }

    def _set_text(self, record: Json, prefix: str, body: str, media: Json | None, expanded: dict[str, str]) -> None:
        """Fill text, entities, display range and, above 140 characters, extended_tweet."""
        new, suffix = self.era.extended, f" {media['url']}" if media else ""
        body = body if new else _cut(body, LIMIT - len(prefix) - len(suffix))
        full = (prefix + body + suffix).lstrip()
        display, long = [len(prefix), len(prefix) + len(body)], new and len(full) > LIMIT
        parts: Json = {"entities": self.entities(full, media, expanded)}
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
        more = f"https://t.co/{self.code()}"
        text = f"{_cut(full, LIMIT - 25)}… {more}"
        page = {more: f"https://twitter.com/i/web/status/{record['id']}"}
        record |= {"text": text, "truncated": True, "entities": self.entities(text, None, expanded | page)}
        if "display_text_range" in record:
            record["display_text_range"][1] = len(text)

    def status(
        self,
        sid: int,
        user: Json,
        lang: str,
        body: str,
        *,
        to: tuple[int | None, list[Json]] | None = None,
        quote: Json | None = None,
        pictures: float = 0.15,
    ) -> Json:
        """Build a status: a reply if `to` gives the parent and whom it is addressed to, a quote if `quote` is given."""
        record, new, prefix, expanded = self.base(sid, user, lang), self.era.extended, "", dict[str, str]()
        if to:
            parent, target = to[0], to[1][0]
            record |= {
                "in_reply_to_status_id": parent,
                "in_reply_to_status_id_str": str(parent) if parent else None,
                "in_reply_to_user_id": target["id"],
                "in_reply_to_user_id_str": target["id_str"],
                "in_reply_to_screen_name": target["screen_name"],
            }
            prefix = "".join(f"@{other['screen_name']} " for other in to[1] if other is not user or not new)
        if quote:
            url, name = f"https://t.co/{self.code()}", quote["user"]["screen_name"]
            page = f"twitter.com/{name}/status/{quote['id']}"
            record |= {
                "quoted_status_id": quote["id"],
                "quoted_status_id_str": quote["id_str"],
                "is_quote_status": True,
            }
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
