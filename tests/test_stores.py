import os
import pickle
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chinwag import stores
from chinwag.containers import members
from chinwag.errors import UsageError
from chinwag.stores import Uri, files, opened, parse
from tests.archives import folder, tar, write
from tests.stand_in.objects import Objects, served

KNOWN = ", ".join([*stores.SCHEMES, "file"])
DATA = os.urandom(3 * stores.AHEAD)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    folder(
        tmp_path / "bucket", {"in/b": b"22", "in/a b#%20é": b"1", "in/c/d": b"", "in/.h/e": b"", "in/.f": b"", "x": b""}
    )
    with served(tmp_path, monkeypatch) as server:
        yield server


def test_a_folder_is_listed_without_hidden_files(store: Objects) -> None:
    found = {str(uri): size for uri, size, _ in files(Uri("s3://bucket/in"))}
    assert found == {"s3://bucket/in/a b#%20é": 1, "s3://bucket/in/b": 2, "s3://bucket/in/c/d": 0}
    assert [str(uri) for uri, _, _ in files(Uri("s3://bucket/in/.f"))] == ["s3://bucket/in/.f"]
    assert len(list(files(Uri("s3://bucket")))) == 4


def test_a_file_has_one_time_however_it_is_found(store: Objects) -> None:
    listed = {uri: mtime for uri, _, mtime in files(Uri("s3://bucket/in"))}
    assert {uri: mtime for one in listed for uri, _, mtime in files(one)} == listed
    real = (store.folder / "bucket" / "in" / "b").stat().st_mtime_ns
    assert listed[Uri("s3://bucket/in/b")] == real // 10**9 * 10**9


@pytest.mark.parametrize("name", ["bucket/none", "bucket/in/none", "none/in", "none"])
def test_what_is_not_there_is_an_error_of_one_line(store: Objects, name: str) -> None:
    with pytest.raises(OSError, match=r"^No such file or directory$"):
        list(files(Uri(f"s3://{name}")))
    with pytest.raises(OSError, match=r"^[^\n]+$"):
        opened(Uri(f"s3://{name}"))


def test_what_may_not_be_read_is_an_error_of_one_line(store: Objects) -> None:
    store.forbidden.add("in/b")
    with pytest.raises(OSError, match=r"ACCESS_DENIED[^\n]*$"):
        opened(Uri("s3://bucket/in/b"))
    assert len(list(files(Uri("s3://bucket/in")))) == 3


def test_settings_stand_behind_a_question_mark_and_are_not_told(
    store: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    query = f"endpoint_override={store.address}&scheme=http"
    place = pickle.loads(pickle.dumps(parse(f"s3a://bucket/in/?{query}")))
    assert query not in f"{place} {place!r}"
    assert [uri.name for uri, _, _ in files(place)] == ["a b#%20é", "b", "d"]
    with closing(opened(place.with_name("in/b"))) as file:
        assert file.pread(9, 0) == b"22"
    with pytest.raises(OSError, match=r"^Unexpected query parameter in S3 URI: 'secret'$"):
        opened(Uri("s3://bucket/in/b", "secret=1"))


@given(st.lists(st.tuples(st.integers(0, len(DATA) + 9), st.sampled_from([0, 1, 512, 70_000, 5_000_000])), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_store_gives_the_same_bytes_as_a_disk(store: Objects, reads: list[tuple[int, int]]) -> None:
    path = store.folder / "bucket" / "large"
    if not path.exists():
        write(path, DATA)
    with closing(opened(path)) as here, closing(opened(Uri("s3://bucket/large"))) as there:
        assert here.size() == there.size() == len(DATA)
        for offset, size in reads:
            for at in (offset, offset + size, offset + size + 512):  # onwards, and over a small gap
                assert there.pread(size, at) == here.pread(size, at)


def test_what_is_read_onwards_comes_in_large_pieces_and_all_else_in_small_ones(store: Objects) -> None:
    write(store.folder / "bucket" / "large", DATA)
    with closing(opened(Uri("s3://bucket/large"))) as file:
        for at in range(0, len(DATA), 256 * 1024):
            file.pread(256 * 1024, at)
    assert store.given["large"] == len(DATA)
    assert store.asked["GET", "large"] == 4
    with closing(opened(Uri("s3://bucket/large"))) as file:
        for at in range(0, len(DATA), 1 << 20):
            file.pread(512, at)
    assert store.given["large"] == len(DATA) + 12 * stores.LEAST


def test_the_members_of_a_tar_are_listed_in_few_reads(store: Objects) -> None:
    data = tar({f"{number}.json": b"x" * 3000 for number in range(3000)})
    write(store.folder / "bucket" / "a.tar", data)
    assert sum(1 for _ in members(Uri("s3://bucket/a.tar"))) == 3000
    assert store.asked["GET", "a.tar"] <= 2 + len(data) // stores.AHEAD


def test_a_connection_that_breaks_is_made_anew(store: Objects) -> None:
    write(store.folder / "bucket" / "large", DATA)
    store.cut["large"], store.breaks["large"] = stores.AHEAD, 1
    assert stores.sha256(Uri("s3://bucket/large")) == stores.sha256(store.folder / "bucket" / "large")
    assert store.breaks["large"] == 0


def test_a_read_is_tried_again_before_it_is_given_up(store: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "PAUSES", (0, 0))
    store.lost["in/b"] = 1
    with closing(opened(Uri("s3://bucket/in/b"))) as file:
        with pytest.raises(OSError, match="during GetObject operation"):
            file.pread(2, 0)
        assert store.asked["GET", "in/b"] == 3
        store.lost.clear()
        assert file.pread(2, 0) == b"22"


def test_hdfs_without_hadoop_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ARROW_LIBHDFS_DIR", "HADOOP_HOME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(OSError, match=r"^[^\n]+; Hadoop's own library reads HDFS: set JAVA_HOME[^\n]+$"):
        list(files(Uri("hdfs://node/x")))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("dumps/2021", Path("dumps/2021")),
        ("./s3://b/x", Path("s3:/b/x")),
        ("file:///data/x y", Path("/data/x y")),
        ("FILE:///", Path("/")),
        ("s3://b", Uri("s3://b")),
        ("s3://b/", Uri("s3://b")),
        ("S3A://b/x//", Uri("s3://b/x")),
        ("gcs://b/x?anonymous=1", Uri("gs://b/x", "anonymous=1")),
        ("gs://anonymous@b/x", Uri("gs://anonymous@b/x")),
        ("abfss://files@account.dfs.core.windows.net/x", Uri("abfss://files@account.dfs.core.windows.net/x")),
        ("hdfs://me@node:8020/x", Uri("hdfs://me@node:8020/x")),
        ("hdfs:///x", Uri("hdfs:///x")),
    ],
)
def test_a_uri_is_told_from_a_path(text: str, place: stores.Input) -> None:
    assert parse(text) == place


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("s3://key:secret@b/x", "s3://b/x: holds a password; leave it to the environment"),
        ("s3://key:sec@ret@b/x?a=secret", "s3://b/x: holds a password; leave it to the environment"),
        ("https://b/x?t=secret", f"https://b/x: no files are read by https; there are: {KNOWN}"),
        ("s3:///x", "s3:///x: names no bucket"),
    ],
)  # fmt: skip
def test_a_uri_that_cannot_be_used_is_refused_without_its_secrets(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(text)
    assert str(refused.value) == problem
