"""Sources and terms that are left out: what comes of it is what would be, had they never been read."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchmarks.sightings import World, fill
from chinwag import assemble, comply, curate, export, shelves
from chinwag.build import export_without
from chinwag.engines.writing import CUT
from chinwag.errors import ChinwagError, EngineError, ExportError, UsageError, WorkspaceError
from chinwag.pseudonyms import VARIABLE
from chinwag.recipe import Recipe, Split, check_excluded
from chinwag.rendering import Rendering
from chinwag.workspace import Workspace
from shapes import Tweet, twint, v1_stream, v2_page
from tests.archives import ingest
from tests.reference import Row
from tests.sources.v2_answers import problem
from tests.test_assemble import deletes, edits, made, sighting, sightings, workspace
from tests.workspaces import curated, hashes, rows, status, values

Json = dict[str, Any]
FORMATS = ("messages", "oasst", "prompts")
RECIPE = Recipe(filters={"language": {"keep": ["en", "ja"]}}, turns=Rendering(mentions="keep"), split=Split(0.2, 0.2))
names = st.lists(st.sampled_from(["v1", "v2", "x-api", "stream", "web"]), max_size=3)

# One conversation, each tweet of it seen in some ways, with texts that differ.
SEEN = [("v1", "stream"), ("v1", "x-api"), ("v2", "x-api"), ("v2", None), ("twint", "web")]
trees = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 5), st.sampled_from("abc"), st.sampled_from(SEEN)).map(
        lambda drawn: sighting(
            drawn[0], reply_to_id=min(drawn[1], drawn[0] - 1) or None, author_id=drawn[0], lang="en",
            text=drawn[2] * drawn[0], source=drawn[3][0], terms=drawn[3][1],
        )
    ),
    min_size=4, max_size=20,
)  # fmt: skip

ROOT = 1_600_000_000_000_000_000
MINUTE = 60_000 << 22


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def included(held: Sequence[Row], exclude: Sequence[str]) -> list[Row]:
    return [row for row in held if not {row["source"], row["terms"]} & set(exclude)]


def exported(out: Path) -> tuple[dict[str, bytes], Json]:
    """Give the files of an export, and its manifest without what was left out of it."""
    files = {path.name: path.read_bytes() for path in out.iterdir() if path.name != "README.md"}
    manifest = json.loads(files.pop("manifest.json"))
    del manifest["assemble"]["exclude"], manifest["account"]
    manifest["beside"] = [entry for entry in manifest["beside"] if entry["name"] != "README.md"]
    return files, manifest


# Whom a name is of may be told by a source that is left out, and it counts all the same: notices of tweets alone.
of_tweets = deletes.map(lambda gone: [{**one, "author_id": None, "author_handle": None} for one in gone])


@settings(max_examples=12)
@given(held=sightings, gone=of_tweets, edited=edits, exclude=names)
def test_trees_are_those_of_what_is_not_left_out(
    held: list[Row], gone: list[Row], edited: list[Row], exclude: list[str]
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        cut = len(held) // 2
        place = workspace(Path(one), [held[:cut], held[cut:]], gone, edited)
        given = hashes(place / "sightings")
        kept = included(held, exclude)
        assert assemble.run(place, exclude=exclude, quiet=True).excluded == len(held) - len(kept)
        assemble.run(workspace(Path(other), [kept], gone, edited), quiet=True)
        assert made(place) == made(Path(other))
        assert hashes(place / "sightings") == given
        assert Workspace(place).state.options["assemble"] == {
            "quotes": True,
            "exclude": sorted(set(exclude)),
            "cut": CUT,
        }


@settings(max_examples=8, phases=set(Phase) - {Phase.shrink})  # an example takes half a second
@given(held=trees, gone=of_tweets, edited=edits, before=names, exclude=names, quotes=st.booleans())
def test_an_export_without_some_is_that_of_a_workspace_without_them(
    held: list[Row], gone: list[Row], edited: list[Row], before: list[str], exclude: list[str], quotes: bool
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        place, bare = Path(one, "ws"), Path(other, "ws")
        workspace(place, [held], gone, edited)
        assemble.run(place, quotes=quotes, exclude=before, quiet=True)
        curate.run(place, RECIPE, quiet=True)
        was = hashes(place)
        summary = export_without("oasst", place, Path(one, "out"), exclude, quiet=True)
        assert hashes(place) == was
        workspace(bare, [included(held, [*before, *exclude])], gone, edited)
        assemble.run(bare, quotes=quotes, quiet=True)
        curate.run(bare, RECIPE, quiet=True)
        expected = export.run("oasst", bare, Path(other, "out"), quiet=True)
        assert exported(Path(one, "out")) == exported(Path(other, "out"))
        assert (summary.records, summary.files) == (expected.records, expected.files)


def tweet(number: int, body: str, to: Tweet | None = None) -> Tweet:
    plain = Tweet(ROOT + number * MINUTE, 10 + number % 3, f"handle{number % 3}", body, conversation_id=ROOT)
    if to is None:
        return plain
    return replace(plain, reply_to_id=to.id, reply_to_author_id=to.author_id, reply_to_handle=to.author_handle)


FIRST = tweet(0, "tea?")
SECOND = tweet(1, "yes", FIRST)
THIRD = tweet(2, "from the API alone", SECOND)
FOURTH = tweet(3, "of the stream again", SECOND)
GONE = tweet(4, "to be gone", FIRST)
SCRAPED = tweet(5, "scraped", FIRST)
STREAM = v1_stream.write([FIRST, SECOND, FOURTH, GONE])
# The API has the first again, longer than the stream; it says that one is gone.
ANSWERS = v2_page.write([tweet(0, "tea, or rather something else?"), SECOND, THIRD])
NOTICE = json.dumps({"errors": [problem("resource-not-found", value=str(GONE.id), resource_id=str(GONE.id))]}) + "\n"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Hold a workspace of the stream, of answers and of scraped tweets, and one that never had the answers."""
    folder = tmp_path_factory.mktemp("read")
    groups = {
        "stream": STREAM,
        "answers": ANSWERS,
        "web": twint.write([SCRAPED]),
        "notice": {"n.jsonl": NOTICE.encode()},
    }
    for group, files in groups.items():
        for name, data in files.items():
            path = folder / group / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    for place, held in {"all": [*groups], "bare": ["stream", "web", "notice"]}.items():
        assert ingest(folder / place, *(folder / group for group in held)).errors == []
    return folder / "all", folder / "bare"


def ready(place: Path, **options: Any) -> Path:
    assemble.run(place, quiet=True, **options)
    curate.run(place, Recipe(), quiet=True)
    return place


@pytest.fixture(scope="module", params=["", "a secret"])
def keyed(
    read: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, Path, str]:
    """Go on to the turns with a key or none; no test changes these."""
    folder, key = tmp_path_factory.mktemp("keyed"), request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, key)
        everything, bare = (ready(Path(shutil.copytree(place, folder / place.name))) for place in read)
    return everything, bare, key


@pytest.mark.parametrize("name", FORMATS)
def test_files_read_as_if_the_answers_had_not_been(
    keyed: tuple[Path, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    everything, bare, key = keyed
    monkeypatch.setenv(VARIABLE, key)
    was = hashes(everything)
    export_without(name, everything, tmp_path / "out", ["x-api"], quiet=True, compress="gzip")
    export.run(name, bare, tmp_path / "bare", quiet=True, compress="gzip")
    assert exported(tmp_path / "out") == exported(tmp_path / "bare")
    assert hashes(everything) == was
    assert sorted(values(bare, "select text from turns")) == ["of the stream again", "scraped", "tea?", "yes"]
    assert len(values(everything, "select text from turns")) == 5
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["assemble"] == {"quotes": True, "exclude": ["x-api"]}
    assert sum(entry["records"] for entry in manifest["files"]) > 0


def test_sources_and_terms_may_be_named_together_and_places_by_a_relative_path(
    read: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = ready(Path(os.path.relpath(read[0])))
    export_without("oasst", place, Path("one"), ["v2", "web"], quiet=True, ids=True)
    ready(place, exclude=["web"])
    summary = export_without("oasst", place, tmp_path / "other", ["x-api", "x-api"], quiet=True, ids=True)
    assert exported(tmp_path / "one") == exported(tmp_path / "other")
    said = json.loads((tmp_path / "other" / "manifest.json").read_text())
    assert said["assemble"]["exclude"] == ["web", "x-api"]
    assert sum(summary.records.values()) == 1
    held = b"".join(path.read_bytes() for path in (tmp_path / "one").glob("*.jsonl"))
    assert (b"scraped" in held, b"stream again" in held) == (False, True)


def test_where_all_is_left_out_nothing_is_exported(read: tuple[Path, Path], tmp_path: Path) -> None:
    summary = export_without("oasst", ready(read[0]), tmp_path / "out", ["x-api", "stream", "web"], quiet=True)
    assert (summary.records.total(), summary.files) == (0, 0)
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == ["README.md", "manifest.json"]


def test_trees_are_assembled_without_them_until_they_are_wanted_again(tmp_path: Path) -> None:
    place = workspace(tmp_path, [[sighting(5, terms="x-api"), sighting(6, reply_to_id=5)]])
    assert (
        assemble.run(place, exclude=["x-api"], quiet=True).line().startswith("1 sightings left out, 1 tweets, 0 edges")
    )
    assert rows(place, "select id, reply_to_id from tweets") == [(6, 5)]
    assert values(place, "select tweet_id from wanted") == [5]
    assert assemble.run(place, quiet=True).line().startswith("2 tweets, 1 edges")


# Mistakes and accidents -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "hint"),
    [("x_api", "do you mean x-api?"), ("twnt", "do you mean twint?"), ("streams", "do you mean stream?"),
     ("x-api,web", "do you mean x-api?"), ("", f"there are: {', '.join(shelves.names('sources'))}, x-api, stream, ")],
)  # fmt: skip
def test_a_name_that_is_none_is_refused_with_what_was_likely_meant(tmp_path: Path, name: str, hint: str) -> None:
    place = workspace(tmp_path / "ws", [[sighting(5)]])
    was = hashes(place)
    for run in (
        lambda: check_excluded(["v1", name]),
        lambda: assemble.run(place, exclude=[name], quiet=True),
        lambda: export_without("oasst", place, tmp_path / "out", [name], quiet=True),
    ):
        with pytest.raises(UsageError) as caught:
            run()
        text = f"--exclude-source: no source or terms is called {name!r}; {hint}"
        assert str(caught.value).startswith(text)
        assert caught.value.exit_code == 2
    assert hashes(place) == was


def mistakes(folder: Path) -> dict[str, tuple[str, Path, Path, type[ChinwagError], str]]:
    (folder / "taken").mkdir()
    (folder / "taken" / "mine").touch()
    empty, done = (
        workspace(folder / "ingested", [[sighting(5)]]),
        curated(folder, [status(1), status(2, to=1, author=2)]),
    )
    return {
        "no such format": ("oast", done, folder / "out", UsageError, "no export is called 'oast'"),
        "no workspace": ("oasst", folder / "none", folder / "out", WorkspaceError, "no workspace here"),
        "nothing assembled": ("oasst", empty, folder / "out", WorkspaceError, f"{empty}: nothing is assembled; run: "),
        "a place that is taken": ("oasst", done, folder / "taken", ExportError, "holds something that is no export"),
    }


def test_mistakes_are_named_before_anything_is_made(tmp_path: Path) -> None:
    for name, place, out, error, text in mistakes(tmp_path).values():
        was = hashes(tmp_path)
        with pytest.raises(error) as caught:
            export_without(name, place, out, ["v2"], quiet=True)
        assert text in str(caught.value)
        assert hashes(tmp_path) == was


def test_pseudonyms_of_a_secret_key_are_not_replaced_by_weaker_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "a secret")
    place = curated(tmp_path, [status(1), status(2, to=1, author=2)])
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(WorkspaceError, match=f"were made with .{VARIABLE}; set it"):
        export_without("oasst", place, tmp_path / "out", ["v2"], quiet=True)
    assert not (tmp_path / "out").exists()


class Stop(str):
    """Stand in the place of an option, and stop the export that looks at it, as Ctrl-C does."""

    __slots__ = ()

    def __eq__(self, _: object) -> bool:
        raise KeyboardInterrupt

    __hash__ = str.__hash__


def test_an_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    place = curated(tmp_path, [status(1), status(2, to=1, author=2)])
    was = hashes(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        export_without("messages", place, tmp_path / "out", ["v2"], quiet=True, options={"paths": Stop("best")})
    assert hashes(tmp_path) == was
    assert [path.name for path in tmp_path.rglob("*") if path.name.startswith((".", "scratch", "out"))] == []


def test_too_little_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    place = fill(tmp_path / "ws", World(50_000))
    Workspace(place).commit("assemble", options={"quotes": True, "exclude": []})
    was = hashes(tmp_path)
    with pytest.raises(EngineError, match=r"^.*[Mm]emory.*$"):
        export_without("messages", place, tmp_path / "out", ["v2"], memory=10_000_000, quiet=True)
    assert hashes(tmp_path) == was
    assert not list(place.glob("scratch*"))


def test_who_is_gone_stays_gone_whoever_told_the_name(tmp_path: Path) -> None:
    first, second, third = (1_100_000_000_000_000_000 + number for number in range(3))
    stream = [status(first, "from the stream", author=5), status(second, "an answer", to=first, author=6)]
    for one in stream:
        one["user"].pop("screen_name")
    known = status(third, author=5, full_text="hello")
    known["user"]["screen_name"] = "Alice"
    for name, records in (("stream", stream), ("asked", [known])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    (tmp_path / "gone").write_text("@alice\n")
    place = tmp_path / "ws"
    ingest(place, tmp_path / "stream.jsonl", tmp_path / "asked.jsonl")
    assert values(place, "select distinct terms from sightings where author_handle = 'Alice'") == ["x-api"]
    comply.from_files([tmp_path / "gone"], place, quiet=True)
    for exclude in ((), ("x-api",)):
        assemble.run(place, exclude=exclude, quiet=True)
        assert values(place, "select id from tweets") == [second]
