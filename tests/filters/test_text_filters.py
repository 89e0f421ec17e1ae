"""Filters that look into texts: what each drops, that each text is judged for itself, and what all have to keep to."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinwag import shelves
from chinwag.engines.duckdb import DuckDB
from chinwag.errors import UsageError
from chinwag.recipe import check
from chinwag.tables import schema
from tests import reference
from tests.engines.test_dialect import REFUSED
from tests.filters import test_language, test_tree_filters
from tests.filters.judging import Case, Row, dropped

PICTURE = [{"kind": "photo", "url": "https://example.org/p.jpg", "alt": None}]
SHOWN = "https://twitter.com/someone/status/12/photo/1"
QUOTED = "https://twitter.com/someone/status/34"
LINK = "https://example.org/a-page?of=many&things#there"
LONG = "abcdefghijklmnopqrstuvwxyz" + "abcdefghijklmno"
OFF: Row = {"tokens": 0, "characters": 0, "repeated": 1, "longest": 0}

# The filter; its options; tweets, of which a text alone answers the first, and what it drops, by number from 1.
CASES: dict[str, Case] = {
    "length: none": ("length", {}, ["a", "", LINK, f"  {SHOWN} {LINK}", "猫"], [2, 3, 4]),
    "length: as PolyAI": ("length", {"least": 9, "most": 127}, ["12345678", "123456789", "x" * 127, "x" * 128], [1, 4]),
    "length: links and spaces": ("length", {"most": 9}, [f"one {LINK}  two", "one    two  ", "one two three"], [3]),
    "length: words": (
        "length",
        {"words_least": 2, "words_most": 4},
        ["one", "one two", f"one {LINK}", "a b c d e", "a\u3000b", "東京", "東京に行く", "ก็ดี", "ดี", "서울에서 만나요"],
        [1, 3, 4, 7, 9],
    ),
    "links only": (
        "links_only",
        {},
        [
            LINK,
            f"@someone … {LINK}\n{LINK}",
            QUOTED,
            f"look {LINK}",
            f"👀 {LINK}",
            {"text": SHOWN, "media": PICTURE},
            {"text": f"{LINK} {SHOWN}", "media": PICTURE},
            {"text": "https://t.co/abc", "media": PICTURE},
            "https://t.co/abc",
            f"{LINK}を見て",
            "",
            "!!",
        ],
        [1, 2, 3, 7, 9],
    ),
    "media only": (
        "media_only",
        {},
        [
            {"text": SHOWN, "media": PICTURE},
            {"text": "", "media": PICTURE},
            {"text": "https://t.co/abc", "media": PICTURE},
            "pic.twitter.com/abc",
            f"@someone {SHOWN}",
            {"text": f"{LINK} {SHOWN}", "media": PICTURE},
            {"text": f"my cat {SHOWN}", "media": PICTURE},
            "",
            "https://t.co/abc",
        ],
        [1, 2, 3, 4, 5],
    ),
    "mentions": (
        "mentions",
        {},
        [
            "a long enough sentence @a @b @c @d",
            "a long enough sentence @a @b @c @d @e",
            "@a thanks",
            "thanks @a and @b @c",
            "https://example.org/@a/@b/@c/@d/@e",
            "＠a ＠b ok",
        ],
        [2, 4, 6],
    ),
    "mentions: by number": ("mentions", {"most": 1, "share": 1}, ["@a", "@a @b"], [2]),
    "hashtags": (
        "hashtags",
        {},
        [
            "one sentence with quite some words #a #b #c #d #e",
            "one sentence with quite some words #a #b #c #d #e #f",
            "#one",
            "look #one #two #three",
            "今日は#東京 #大阪 に行きました",
            f"{LINK}#a#b#c",
        ],
        [2, 4],
    ),
    "bait": (
        "bait",
        {},
        [
            "GIVEAWAY! Follow us and retweet to enter, winners announced Friday",
            "RT if you love your mum",
            "Tag a friend who needs this",
            "follow me and i'll follow you",
            "gain 100 active followers today",
            "Sorteo: sígueme y dale RT",
            "Gewinnspiel! Folgt uns und retweetet",
            "concours: RT et follow pour gagner",
            "フォローとリツイートで抽選、プレゼント",
            "팔로우 하고 리트윗 하면 추첨",
            "çekiliş: takip et ve RT",
            "подпишись и ретвит, розыгрыш завтра",
            "I like to follow the news, and you?",
            "we could win this if they follow the plan",
            "my favourite for the title",
            "it is like if you never left",
            "フォローありがとう",
            "I tagged along with a friend",
        ],
        list(range(1, 13)),
    ),
    "copies": (
        "copies",
        {},
        [
            "RT @someone: what they said",
            "so true! RT @someone what they said",
            "rt @someone: what",
            "MT @someone: a changed text",
            "“@someone: what they said” indeed",
            'lol "@someone: what they said"',
            f"A headline {LINK} via @newspaper",
            f"A headline (via @newspaper) {LINK}",
            "please rt @someone",
            "@someone: no",
            "ART @someone made",
            "we went via @someone and the lake",
            'he said "@someone is right"',
        ],
        list(range(1, 9)),
    ),
    "autoreplies": (
        "autoreplies",
        {},
        [
            "DM us your account number and we'll have a look",  # it answers nothing
            "Please send us a DM with the details.",
            "We're sorry to hear that! Please contact our team. ^AB",
            f"Sorry for the delay. What is your order number? -Becky {LINK}",
            "Lamentamos lo ocurrido, escríbenos por DM",
            "Envoyez-nous un message en DM svp",
            "Schreib uns gern eine DN",
            "ご不便をおかけして申し訳ございません",
            "We have replied to you via DM.",
            "I'm so sorry to hear about your dad",
            "Which version do you have? ^AB",
            "I sent you a DM yesterday",
            "so happy ^_^y",
            "we'd love to come on Sunday",
            "¿dónde está mi pedido?",
        ],
        list(range(2, 10)),
    ),
    "blocklist": (
        "blocklist",
        {"keywords": ["art", "東京", "climate change", "c++", "카페"], "hashtags": ["ad", "広告"]},
        [
            "Art!",
            "a start",
            "#art",
            "ａｒｔ",
            "アートart展",
            "art_deco",
            "新東京タワー",
            "Climate  Change now",
            "climate. change",
            "C++11",
            "카페에서",
            "buy it #AD",
            "#adverse",
            "＃広告 です",
            "#広告費",
            "earth",
        ],
        [1, 3, 4, 5, 7, 8, 10, 11, 12, 14],
    ),
    "blocklist: more than a pattern holds": (
        "blocklist",
        {"keywords": [f"word{number}" for number in range(1001)]},
        ["word0", "Word1000", "word1001"],
        [1, 2],
    ),
    "noise: the defaults": (
        "noise",
        {},
        [
            "no no no, I mean it",
            "no no no no",
            "ha" * 12,
            "w" * 30,
            "the same thing again. " * 4,
            f"hey {LONG} c",
            f"#{LONG} c",
            "-".join(LONG) + "東京" + LONG[1:],
            "東京" + "はとても大きい町です、" * 2 + "そして私たちはそこへもう一度行きたいと思っています",
            f"see {LINK}{'/longer' * 9}",
            "an ordinary sentence which says several things, none of them twice",
        ],
        [2, 4, 5, 6],
    ),
    "noise: the same words running": ("noise", {**OFF, "tokens": 3}, ["a a b a a", "a\na  a", "a a", "a A a a"], [2]),
    "noise: as DialoGPT": (
        "noise",
        {"tokens": 3, "characters": 0, "repeated": 1, "longest": 30, "capitals": 5, "signs": "[]()", "links": True},
        [
            "so so so",
            "x" * 30,
            "x" * 31,
            "LOUD",
            "LOUDER",
            "sure (not)",
            "a [b",
            f"read {LINK}",
            f"my cat {SHOWN}",
            f"this! {QUOTED}",
            f"{QUOTED} this!",
            "a-^b\\c",
        ],
        [1, 3, 5, 6, 7, 8, 11],
    ),
    "noise: signs of patterns": (
        "noise",
        {**OFF, "signs": "^-]\\"},
        ["a^b", "a-b", "a]b", "a\\b", "a[b"],
        [1, 2, 3, 4],
    ),
}
ALL = CASES | test_language.CASES | test_tree_filters.CASES


@pytest.mark.parametrize("case", CASES)
def test_a_filter_of_texts_drops(case: str, tmp_path: Path) -> None:
    name, options, tweets, expected = CASES[case]
    assert dropped(tmp_path, name, options, tweets) == expected


@pytest.mark.parametrize("case", ALL)
def test_a_tweet_in_no_tree_is_not_judged(case: str, tmp_path: Path) -> None:
    name, options, _, _ = ALL[case]
    select, values, *_ = shelves.load("filters", name).drop(**options)
    with DuckDB(tmp_path, threads=1) as engine:
        engine.read("tweets", [reference.parquet(tmp_path / "tweets", [{"id": 1, "text": LINK}], schema("tweets"))])
        engine.read("nodes", [])
        engine.read("conversations", [])
        assert sum(batch.num_rows for batch in engine.rows(select, values)) == 0


@pytest.mark.parametrize("case", ALL)
def test_a_recipe_can_say_it_and_its_select_is_in_the_shared_dialect(case: str) -> None:
    name, options, _, _ = ALL[case]
    check({"filters": {name: options}}, "recipe")
    select = shelves.load("filters", name).drop(**options)[0]
    assert {pattern: use for pattern, use in REFUSED.items() if re.search(pattern, select, re.IGNORECASE)} == {}


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("length", {"least": -1}, "least: -1 is less than 0"),
        ("length", {"least": 9, "most": 8}, "most: 8 is below the least, 9: nothing would be left"),
        ("length", {"words_least": 3, "words_most": 2}, "words_most: 2 is below the least, 3: nothing would be left"),
        ("mentions", {"most": -1}, "most: -1 is less than 0"),
        ("mentions", {"share": 1.5}, "share: 1.5 is no share, which is from 0 to 1"),
        ("hashtags", {"share": float("nan")}, "share: nan is no share, which is from 0 to 1"),
        ("noise", {"longest": 1000}, "longest: 1000 is more than 200"),
        ("noise", OFF, "every option is off: it would drop nothing"),
        ("about", {}, "keywords, hashtags: at least one of the lists has to have a word"),
        ("blocklist", {"keywords": []}, "keywords, hashtags: at least one of the lists has to have a word"),
        ("blocklist", {"keywords": [" "]}, "keywords: ' ' is no word"),
        ("blocklist", {"hashtags": ["#"]}, "hashtags: '#' is no hashtag"),
        ("about", {"hashtags": ["two words"]}, "hashtags: 'two words' is no hashtag"),
        ("likes", {"least": -1}, "least: -1 is less than 0"),
        ("likes", {"least": 1, "unknown": "lose"}, "unknown: no choice is called 'lose'; there are: keep, drop"),
        ("followers", {}, "least, most: there is no limit, it would drop nothing"),
        ("followers", {"least": 2, "most": 1}, "most: 1 is below the least, 2: nothing would be left"),
        ("deep", {"most": -1}, "most: -1 is less than 0"),
        ("shallow", {"least": -1}, "least: -1 is less than 0"),
    ],
)
def test_a_bad_value_is_refused(name: str, options: Row, says: str) -> None:
    with pytest.raises(UsageError) as refusal:
        shelves.load("filters", name).drop(**options)
    assert str(refusal.value) == says


# What trips patterns: marks of mentions, links and tags, scripts with and without spaces, signs that join and combine.
PIECES = st.sampled_from((
    LINK, SHOWN, "https://t.co/x", "@a", "#b", "RT ", "東京", "サーバー", "ก็", "한국", "e\u0301", "a", "A", " ",
    "\n", "\0", "!", "👀", "win", "follow", "art", "\u200d", "\u3000",
))  # fmt: skip
TEXTS = st.lists(st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40)), min_size=1, max_size=8)
JUDGES = [
    case for case, (name, options, _, _) in CASES.items() if len(shelves.load("filters", name).drop(**options)) == 3
]


def rows_of(texts: list[str]) -> pa.RecordBatch:
    """Give texts with all columns that a filter of texts may ask for."""
    count = len(texts)
    return pa.RecordBatch.from_pydict(
        {"id": range(count), "root_id": range(count), "text": texts, "lang": [None] * count, "shown": [False] * count}
    )


@settings(max_examples=60)
@given(texts=TEXTS, data=st.data())
def test_texts_are_judged_each_for_itself(texts: list[str], data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(JUDGES))
    name, options, _, _ = CASES[case]
    judge = shelves.load("filters", name).drop(**options)[2]
    batch, cut = rows_of(texts), data.draw(st.integers(0, len(texts)))
    whole = list(judge(iter([batch])))
    assert whole == list(judge(iter([batch.slice(0, cut), batch.slice(cut)])))
    backwards = batch.take(pa.array(range(len(texts) - 1, -1, -1)))
    assert whole[::-1] == list(judge(iter([backwards])))
