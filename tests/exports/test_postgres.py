"""What holds of the export into PostgreSQL only."""

from collections.abc import Iterator

import pytest

from chinwag.errors import ExportError, UsageError
from chinwag.exports import _databases as databases
from chinwag.turns import Turn
from tests.databases import MADE_OF, Place, expected, many, pair

ADDRESSES = ["hello", "", "mysql://h/x", "host=h password=hunter2", "/tmp/x.db"]
PASSWORDS = [
    "postgresql://me:hunter2@h/x",
    "postgres://:hunter2@/x",
    "postgresql://me:hun/ter2@h/x",
    "postgresql://me:hun?ter2@h/x",
    "postgresql:///x?password=hunter2",
    "postgresql:///x?host=h&p%61ssword=hunter2",
    "postgresql:///x?sslpassword=",
]


def test_of_two_exports_the_later_one_stays(postgres: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "BATCH", 2)

    def conversations() -> Iterator[tuple[str, list[Turn]]]:
        yield from many(2)
        postgres.write([("test", pair(10, "later"))], "other turns")
        yield "train", pair(10)

    with pytest.raises(ExportError, match="another export of the data set chinwag has begun; this one stopped"):
        postgres.part.write(conversations(), "t_{}".format, postgres.address, MADE_OF)
    assert postgres.all_rows() == expected([("test", pair(10, "later"))])
    assert postgres.problems() == []


def test_a_connection_that_is_lost_is_told_and_the_export_goes_on(
    postgres: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "BATCH", 2)

    def conversations() -> Iterator[tuple[str, list[Turn]]]:
        yield from many(2)
        others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        assert postgres.rows(f"select pg_terminate_backend(pid) {others}") == [(True,)]
        yield "train", pair(30)

    with pytest.raises(ExportError) as told:
        postgres.part.write(conversations(), "t_{}".format, postgres.address, MADE_OF)
    assert str(told.value).startswith("PostgreSQL: ") and "\n" not in str(told.value)
    assert postgres.write(many(3)) == {"train": 3}
    assert postgres.rows("select number, conversations from exports") == [(1, 3)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_of_postgres(address: str) -> None:
    with pytest.raises(UsageError, match="no address of a database"):
        Place("postgres", address).write(many(1))


@pytest.mark.parametrize("address", PASSWORDS)
def test_a_password_in_an_address_is_refused_and_not_told(address: str) -> None:
    with pytest.raises(UsageError, match="no password belongs into an address") as told:
        Place("postgres", address).write(many(1))
    assert "hun" not in str(told.value) and "ter2" not in str(told.value)


def test_what_postgres_refuses_is_told_in_one_line(
    postgres: Place, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    postgres.change("create role guest login")
    cases = {
        server.format("nowhere"): 'database "nowhere" does not exist',
        "postgresql://me@127.0.0.1:1/x": "Connection refused",
        "postgresql:///x?nonsense=1": 'invalid URI query parameter: "nonsense"',
        postgres.address.replace("//chinwag@", "//guest@"): "PostgreSQL: permission denied for schema public",
    }
    for address, message in cases.items():
        with pytest.raises(ExportError) as told:
            Place("postgres", address).write(many(1))
        assert message in str(told.value) and "\n" not in str(told.value) and "hunter2" not in str(told.value)


def test_who_may_not_make_tables_may_write_into_those_there_are(postgres: Place) -> None:
    postgres.write(many(2))
    postgres.change(
        "create role writer login", "grant select, insert, update, delete on all tables in schema public to writer"
    )
    Place("postgres", postgres.address.replace("//chinwag@", "//writer@")).write(many(1), "fewer")
    assert postgres.all_rows() == expected(many(1))


def test_the_search_path_names_the_schema(postgres: Place) -> None:
    postgres.change("create schema apart")
    Place("postgres", f"{postgres.address}&options=-csearch_path%3Dapart").write(many(1))
    assert postgres.rows("select id from apart.conversations") == [("t_10",)]
    assert len(postgres.problems()) == 3


def test_texts_are_utf8_whatever_the_server_holds(postgres: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    postgres.write([("train", pair(1, "déjà \U0001f600"))])
    monkeypatch.delenv("PGCLIENTENCODING")
    assert postgres.rows("select text from turns where depth = 0") == [("déjà \U0001f600",)]
