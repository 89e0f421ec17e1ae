"""Invent users whose profiles are as long, as varied and as hard to compress as real ones.

Profiles are a third of a record. With few different ones a member shrinks 16 to 1, where real ones shrink 8.5 to 10,
and decompression would look faster than it is. What users say about themselves is random syllables and means nothing.
"""

import random
import string
from datetime import UTC, datetime
from functools import lru_cache

from synthetic_eras import Era, Json
from synthetic_texts import LANGUAGES, WORDS

ALNUM = string.ascii_letters + string.digits
_ONSETS = ("b", "br", "c", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v", "w", "z")
_VOWELS, _CODAS = "aeiou", ("", "", "n", "r", "s", "l")
# Where the letters of a language lie in Unicode; all others are written in Latin letters.
_LETTERS: dict[str, tuple[int, int]] = {
    "ja": (0x3042, 0x3094), "th": (0x0E01, 0x0E2F), "ar": (0x0627, 0x064B), "ko": (0xAC00, 0xCC00),
    "hi": (0x0905, 0x0939), "ru": (0x0430, 0x0450), "iw": (0x05D0, 0x05EB),
}  # fmt: skip
_COLOURS = ("000000", "F5F8FA", "1DA1F2", "C0DEED", "131516", "ABB8C2", "E81C4F")
_NEVER_SET = ["url", "utc_offset", "time_zone", "lang", "following", "follow_request_sent", "notifications"]
_FALSE = ["protected", "contributors_enabled", "is_translator", "profile_background_tile", "default_profile_image"]
_THEME = "abs.twimg.com/images/themes/theme1/bg.png"
_USER: Json = {
    **dict.fromkeys(_NEVER_SET),
    **dict.fromkeys(_FALSE, False),
    "translator_type": "none",
    "default_profile": True,
    "profile_background_image_url": f"http://{_THEME}",
    "profile_background_image_url_https": f"https://{_THEME}",
    "profile_sidebar_border_color": "C0DEED",
    "profile_sidebar_fill_color": "DDEEF6",
    "profile_text_color": "333333",
    "profile_link_color": "1DA1F2",
    "profile_background_color": "F5F8FA",
    "profile_use_background_image": True,
}


@lru_cache(maxsize=512)
def date(second: int) -> str:
    """Write a time as API v1.1 does."""
    return datetime.fromtimestamp(second, UTC).strftime("%a %b %d %H:%M:%S +0000 %Y")


class Profiles:
    """Invent users, with random numbers of its own: the rest of the stream does not depend on them."""

    def __init__(self, era: Era, seed: int) -> None:
        self.era, self.rng = era, random.Random(f"users of {seed}")

    def user(self, number: int) -> Json:
        rng, name = self.rng, f"{self.rng.choice(WORDS)}_{number:05d}"
        old, followers = not self.era.extended, int(rng.paretovariate(0.6) * 20) % 5_000_000
        uid = rng.randrange(10**8, 4 * 10**9) if old or rng.random() < 0.5 else rng.randrange(7 * 10**17, 9 * 10**17)
        picture = f"pbs.twimg.com/profile_images/{rng.randrange(10**17, 10**18)}/{self._code(8)}_normal.jpg"
        user: Json = {
            "id": uid,
            "id_str": str(uid),
            "screen_name": name,
            "verified": rng.random() < 0.03,
            "followers_count": followers,
            "friends_count": rng.randrange(2000),
            "listed_count": followers // 100,
            "favourites_count": rng.randrange(30_000),
            "statuses_count": rng.randrange(1, 90_000),
            "geo_enabled": rng.random() < 0.32,
            "created_at": date(rng.randrange(1_262_304_000, 1_356_998_400)),
            "profile_image_url": f"http://{picture}",
            "profile_image_url_https": f"https://{picture}",
            "profile_banner_url": f"https://pbs.twimg.com/profile_banners/{uid}/{rng.randrange(10**9, 1356998400)}",
        }
        return user | _USER | self._words_and_colours() | ({"lang": "en"} if old else {})

    def _words_and_colours(self) -> Json:
        """Invent the rest; how often each field is set, and its length, are as measured in one real minute of 2021."""
        rng, lang = self.rng, self.rng.choices(tuple(LANGUAGES), tuple(LANGUAGES.values()))[0]
        emoji = chr(rng.randrange(0x1F300, 0x1F600)) if rng.random() < 0.35 else ""
        changed = rng.random() < 0.3
        parts = ("link", "background", "sidebar_fill", "text") if changed else ()
        return {
            "name": self._words(lang, rng.choice((8, 12, 16))).title() + emoji,
            "location": self._words(lang, rng.randrange(6, 26)).title() if rng.random() < 0.61 else None,
            "description": f"{self._words(lang, rng.randrange(10, 160))} {emoji}" if rng.random() < 0.91 else None,
            "url": f"https://t.co/{self._code(10)}" if rng.random() < 0.34 else None,
            "default_profile": not changed,
            "profile_use_background_image": rng.random() < 0.85,
            **{f"profile_{part}_color": rng.choice(_COLOURS) for part in parts},
        }

    def _code(self, size: int) -> str:
        return "".join(self.rng.choices(ALNUM, k=size))

    def _words(self, lang: str, size: int) -> str:
        """Return words of about `size` characters in all."""
        words: list[str] = []
        left = size
        while left > 0:
            words.append(self._word(lang))
            left -= len(words[-1]) + 1
        return " ".join(words)

    def _word(self, lang: str) -> str:
        rng = self.rng
        if lang in _LETTERS:
            return "".join(chr(rng.randrange(*_LETTERS[lang])) for _ in range(rng.randrange(2, 8)))
        syllables = rng.choice((1, 2, 2, 3))
        return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(syllables))
