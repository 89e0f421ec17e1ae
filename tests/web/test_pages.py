import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from chinwag import curate, marks
from chinwag.marks import Mark
from chinwag.recipe import Recipe
from chinwag.web import conversation
from chinwag.web.conversation import counted, sentence
from chinwag.workspace import Workspace
from tests.web.serving import SENSITIVE, many, roots_in, served, token_of
from tests.workspaces import assembled, curated, status

LONG = "w" * 4096
HOSTILE = (
    '<script>alert(1)</script> "><img src=x onerror=alert(2)> {{ 7 * 7 }} \u202egnirts\u2066 \x00\x1b[31m &lt; ' + LONG
)
DEEP = 5_000


def chain(first: int, length: int) -> list[dict[str, object]]:
    return [status(first + n, f"step {n}", to=first + n - 1 if n else None, author=1 + n % 2) for n in range(length)]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    user = {"id": 9, "id_str": "9", "screen_name": '<i>"x'}
    media = [{"type": "photo", "media_url_https": "https://example.com/a.jpg", "ext_alt_text": "a <b>cat</b>"}]
    statuses = [
        status(100, HOSTILE, lang="en", source='<a href="x">Evil <b>app</b></a>'),
        status(101, HOSTILE + " too", to=100, author=2),
        status(102, "by an odd name", to=100, user=user),
        status(200, "Look, @handle1", author=3, extended_entities={"media": media}),
        status(201, "at what?", to=200, author=4, favorite_count=3),
        status(202, "at this", to=201, author=4),
        status(203, "no", to=200, author=5, possibly_sensitive=True),
        status(204, "why no?", to=203, author=6),
        *chain(10_000, DEEP),
    ]
    return curated(tmp_path_factory.mktemp("pages"), statuses, SENSITIVE)


@pytest.fixture(scope="module")
def client(workspace: Path) -> Iterator[httpx.Client]:
    with served(workspace) as made:
        yield made


def tweets_in(page: str) -> list[int]:
    return [int(tweet) for tweet in re.findall(r'<li id="t-(\d+)"', page)]


def item(page: str, tweet_id: int) -> str:
    """Cut out the text of one tweet's item, without markup."""
    found = re.search(rf'<li id="t-{tweet_id}".*?</li>', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]*>", " ", found[0]).split())


class Markup(HTMLParser):
    """Collect the elements of a page, and the attributes that could run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.harmful: list[tuple[str, str | None]] = []
        self.scripts: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.harmful += [(name, value) for name, value in attrs if name.startswith("on") or name == "style"]
        self.harmful += [
            (name, value)
            for name, value in attrs
            if name in ("href", "src", "action") and not (value or "").startswith(("/", "#"))
        ]
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))


def test_the_list_shows_all_pages_by_its_own_links(tmp_path: Path) -> None:
    with served(many(tmp_path)) as client:
        roots: list[int] = []
        address = "/?order=oldest&tweets=2"
        for _ in range(10):
            page = client.get(address).text
            assert "<strong>130</strong> of 130 conversations" in page
            roots += roots_in(page)
            found = re.search(r'<a rel="next" id="next" href="([^"]*)"', page)
            if found is None:
                break
            address = found[1].replace("&amp;", "&")
        assert roots == [number * 1000 for number in range(1, 131)]


@pytest.mark.parametrize(
    "path",
    ["/", "/?text=script", "/conversation/100", "/conversation/100?text=%3Cscript%3E", "/?text=%3Cimg+src%3Dx%3E"],
)
def test_hostile_text_stays_text(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    markup = Markup(answer.text)
    assert markup.scripts == ["/static/site.js"]
    assert markup.harmful == []
    assert not markup.tags & {"img", "i", "b", "iframe", "object", "style"}
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", answer.text)
    assert "49" not in re.sub(r"<[^>]*>", "", answer.text).split()


def test_hostile_text_is_shown_as_it_is(client: httpx.Client) -> None:
    page = client.get("/conversation/100").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert LONG in page
    assert "\ufffd\ufffd[31m" in page
    assert "@&lt;i&gt;&#34;x" in page
    assert '<bdi class="said" dir="auto">&lt;script&gt;' in page


def test_a_hostile_note_and_hostile_parameters_stay_text(client: httpx.Client, workspace: Path) -> None:
    marks.put(workspace, 100, None, "</textarea><script>alert(3)</script>")
    for path in ("/", "/conversation/100"):
        assert Markup(client.get(path).text).scripts == ["/static/site.js"]
    marks.put(workspace, 100, None, None)
    for path in ("/?lang=<script>x</script>", "/conversation/<script>", "/<script>", "/?<script>=1"):
        answer = client.get(path)
        assert answer.status_code in (400, 404)
        assert Markup(answer.text).scripts == ["/static/site.js"]


def test_a_conversation_shows_all_that_is_known(client: httpx.Client) -> None:
    page = client.get("/conversation/200").text
    assert tweets_in(page) == [200, 201, 202, 203, 204]
    assert "@handle3 prompter" in item(page, 200)
    assert "photo: a &lt;b&gt;cat&lt;/b&gt;" in item(page, 200)
    assert "goes out as Look, @user1" in item(page, 200)
    assert "counts unknown" in item(page, 200)
    assert "from v1 (stream), seen once" in item(page, 200)
    assert "assistant replies to @handle3 (1)" in item(page, 201)
    assert "goes out as at what? at this" in item(page, 201)
    assert "same turn replies to @handle4 (2)" in item(page, 202)
    assert "goes out" not in item(page, 202)
    assert "sensitive Drop tweets that Twitter marks as possibly sensitive." in item(page, 203)
    assert "below_dropped Answer what was left out." in item(page, 204)
    assert re.search(r'<span class="badge kept">(train|test|validation)</span> 2 turns are kept', page)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "counts unknown"),
        ({"like_count": 0}, "0 likes; retweets and replies and quotes unknown"),
        (
            {"like_count": 1, "retweet_count": 2, "quote_count": 1000},
            "1 like, 2 retweets, 1,000 quotes; replies unknown",
        ),
        (
            {"like_count": 2, "retweet_count": 1, "reply_count": 1, "quote_count": 0},
            "2 likes, 1 retweet, 1 reply, 0 quotes",
        ),
    ],
)
def test_what_is_not_known_is_not_zero(row: dict[str, int], said: str) -> None:
    names = ("like_count", "retweet_count", "reply_count", "quote_count")
    assert counted({name: row.get(name) for name in names}) == said


def test_rules_have_sentences() -> None:
    assert sentence("length") == "Drop tweets that are too short or too long."
    assert sentence("empty") == "Nothing is left of the text."
    assert sentence("of-a-package-that-is-gone") == ""


def test_another_tweet_leads_to_its_root(client: httpx.Client) -> None:
    assert client.get("/conversation/203").headers["location"] == "/conversation/200#t-203"
    assert client.get("/conversation/203?lang=en").headers["location"] == "/conversation/200?lang=en#t-203"
    deep = client.get(f"/conversation/{10_000 + 1234}")
    assert (deep.status_code, deep.headers["location"]) == (303, "/conversation/10000?from=1000#t-11234")


def test_a_deep_thread_comes_in_parts(client: httpx.Client) -> None:
    seen: list[int] = []
    address = "/conversation/10000"
    while address:
        page = client.get(address).text
        part = tweets_in(page)
        assert len(part) <= conversation.PART
        assert len(page) < 1_500_000
        seen += part
        found = re.search(r'<a rel="next" href="(/conversation/10000\?from=\d+)"', page)
        address = found[1] if found else ""
    assert seen == [10_000 + n for n in range(DEEP)]
    assert (
        'replies to <a href="/conversation/10000?from=4000#t-14499">'
        in client.get("/conversation/10000?from=4500").text
    )
    assert client.get("/conversation/10000?from=5000").status_code == 404


def test_answers_stand_further_right_where_there_are_several(client: httpx.Client) -> None:
    levels = dict(re.findall(r'<li id="t-(\d+)" class="tweet level-(\d)', client.get("/conversation/200").text))
    assert levels == {"200": "0", "201": "1", "202": "1", "203": "1", "204": "1"}
    deep = re.findall(r'class="tweet level-(\d)', client.get("/conversation/10000?from=4500").text)
    assert set(deep) == {"0"}


def test_the_ones_beside_follow_the_choice(client: httpx.Client) -> None:
    def beside(path: str) -> dict[str, str]:
        return dict(re.findall(r'id="(before|following)" href="/conversation/(\d+)', client.get(path).text))

    assert beside("/conversation/200") == {"before": "10000", "following": "100"}
    assert beside("/conversation/200?order=oldest") == {"before": "100", "following": "10000"}
    assert beside("/conversation/200?tweets=4&order=largest") == {"before": "10000"}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/conversation/99", 404, "No conversation here holds the tweet 99."),
        ("/conversation/abc", 400, "no whole number"),
        ("/conversation/99999999999999999999", 400, "no whole number"),
        ("/conversation/-5", 400, "no whole number"),
        ("/conversation/200?from=x", 400, "from"),
        ("/conversation/200?from=5", 404, "no tweets from 5 on"),
        ("/conversation/200?nonsense=1", 400, "no parameter"),
        ("/?after=x", 400, "after"),
        ("/?after=201", 400, "no conversation here begins with 201"),
        ("/?depth=1e3", 400, "depth"),
        ("/nowhere", 404, "Not Found"),
        ("/conversation/", 404, "Not Found"),
        ("/mark", 405, "Method Not Allowed"),
        ("/docs", 404, "Not Found"),
    ],
)
def test_what_cannot_be_shown_is_said(client: httpx.Client, path: str, status: int, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    found = re.search(r'<p id="fault"><bdi>(.*?)</bdi>', answer.text)
    assert found is not None
    assert said in found[1]


def test_odd_changes_are_nothing_to_tell(client: httpx.Client) -> None:
    for done in ("x", "9999999999999", "-1", "5", "٣"):
        answer = client.get("/", params={"done": done})
        assert answer.status_code == 200
        assert 'id="done"' not in answer.text


def post(client: httpx.Client, **fields: object) -> httpx.Response:
    return client.post("/mark", data={"token": token_of(client), "back": "/", **fields})


def test_a_mark_is_made_told_and_undone(client: httpx.Client, workspace: Path) -> None:
    answer = post(client, id=200, mark="keep", back="/conversation/200?lang=en#t-200")
    assert answer.status_code == 303
    assert re.fullmatch(r"/conversation/200\?lang=en&done=\d+#t-200", answer.headers["location"])
    assert marks.read(workspace) == {200: Mark("keep", None)}
    page = client.get(answer.headers["location"]).text
    assert "Marked keep" in page
    assert re.search(r'value="" class="keep" aria-pressed="true"', page)
    assert roots_in(client.get("/?mark=keep").text) == [200]
    post(client, id=201, mark="keep", note="so\r\nso ")  # of another tweet of the tree, with a note
    assert marks.read(workspace) == {200: Mark("keep", "so\nso")}
    answer = post(client, id=200, mark="drop")
    assert marks.read(workspace) == {200: Mark("drop", "so\nso")}
    page = client.get(answer.headers["location"]).text
    undo = re.search(r'id="done".*?</form>', page, re.DOTALL)
    assert undo is not None
    assert client.post("/mark", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo[0]))).status_code == 303
    assert marks.read(workspace) == {200: Mark("keep", "so\nso")}
    post(client, id=200, mark="", note="")
    assert marks.read(workspace) == {}


ELSEWHERE = [
    "https://example.com/",
    "//example.com/",
    "////x",
    "http:///x",
    "/\\example.com",
    "javascript:alert(1)",
    "",
    "x",
]
ELSEWHERE += ["/mark", "/static/site.js", "/conversation/../mark", "/\r\nx: y", "/conversation/\u202e", "/ "]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"id": 99, "mark": "keep"}, 404),
        ({"id": "x", "mark": "keep"}, 400),
        ({"mark": "keep"}, 400),
        ({"id": 200, "mark": "maybe"}, 400),
        ({"id": 200, "mark": "keep", "note": "x" * 2001}, 400),
        ({"id": 200, "mark": "keep", "more": "x"}, 400),
        *(({"id": 200, "mark": "keep", "back": back}, 400) for back in ELSEWHERE),
    ],
)
def test_a_form_that_asks_what_cannot_be_changes_nothing(
    client: httpx.Client, workspace: Path, fields: dict[str, object], status: int
) -> None:
    answer = post(client, **fields)
    assert answer.status_code == status
    assert "location" not in answer.headers
    assert marks.read(workspace) == {}


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"id=%ff&token=x", b"id=1&id=2", b"&".join(b"a%d=1" % n for n in range(99)), b""]
)
def test_a_body_that_is_no_form_is_refused(client: httpx.Client, body: bytes) -> None:
    assert client.post("/mark", content=body).status_code in (400, 403)


def test_a_busy_workspace_is_said(client: httpx.Client, workspace: Path) -> None:
    with Workspace(workspace).writing():
        answer = post(client, id=200, mark="keep")
    assert answer.status_code == 409
    assert "another run is writing here" in answer.text


def test_only_assets_of_the_table_are_given(client: httpx.Client) -> None:
    for name, kind in (("style.css", "text/css"), ("site.css", "text/css"), ("site.js", "text/javascript")):
        answer = client.get(f"/static/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    for name in ("report.css", "site.html", "__init__.py", "", ".", "style.css/"):
        assert client.get(f"/static/{name}").status_code == 404


def test_pages_tell_that_the_tables_have_changed(tmp_path: Path) -> None:
    workspace = curated(tmp_path, chain(1, 3))
    with served(workspace) as client:
        assert 'id="stale"' not in client.get("/").text
        curate.run(workspace, Recipe(filters={"shallow": {"least": 9}}), quiet=True)
        for path in ("/", "/conversation/1", "/nowhere"):
            assert 'id="stale"' in client.get(path).text


def test_a_workspace_without_turns_shows_its_trees(tmp_path: Path) -> None:
    with served(assembled(tmp_path, chain(1, 3))) as client:
        assert roots_in(client.get("/").text) == [1]
        assert 'name="state"' not in client.get("/").text
        assert "Not known" in client.get("/conversation/1").text


def test_a_workspace_without_trees_says_so(tmp_path: Path) -> None:
    with served(curated(tmp_path, [status(1)])) as client:
        assert "The workspace holds none" in client.get("/").text
        assert client.get("/?text=x").status_code == 200
