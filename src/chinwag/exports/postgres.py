"""Write conversations and turns into a PostgreSQL database, over ADBC; what is in it is brought up to date.

The tables are in the first schema of the search path, which the address can name: `?options=-csearch_path%3DNAME`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from chinwag.errors import UsageError
from chinwag.exports import _databases as databases
from chinwag.exports._adbc import Adbc, opened
from chinwag.turns import Turn

SCHEMES = ("postgresql", "postgres")  # libpq's two names
# The parameters that libpq documents as secrets.
SECRETS = {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}


def write(
    conversations: Iterator[tuple[str, list[Turn]]],
    name: Callable[[int], str],
    place: str,
    manifest: dict[str, Any],
    *,
    dataset: str = "chinwag",
) -> dict[str, int]:
    """Bring the data set `dataset` in the database up to date; `place` is an address as libpq takes it.

    Gives its conversations by split. Raises as `_databases.write` does, and UsageError where the address is none or
    holds a password: passwords are taken from the environment and from libpq's files.
    """
    with _open(place) as database:
        return databases.write(database, conversations, name, manifest, dataset)


def check_database(place: str) -> Iterator[str]:
    """Say what breaks the rules of these exports; raises ExportError where no database can be read."""
    with _open(place) as database:
        yield from databases.check(database)


@contextmanager
def _open(place: str) -> Iterator[Adbc]:
    check_address(place)
    with opened("postgresql", place, "PostgreSQL") as database:
        # Arrow's texts are UTF-8, whatever the server and the environment would have.
        database.run("set client_encoding to 'UTF8'")
        database.commit()
        yield database


def check_address(place: str) -> None:
    """Raise UsageError where this is no address of PostgreSQL, or one with a password, which is not repeated."""
    scheme, there, rest = place.partition("://")
    if not there or scheme not in SCHEMES:
        raise UsageError("postgres: no address of a database: postgresql://HOST/NAME, or postgresql:///NAME")
    # libpq reads USER:PASSWORD up to the first @, and decodes the names of parameters too.
    user, at, _ = rest.partition("@")
    names = {name for name, _ in parse_qsl(rest.partition("?")[2], keep_blank_values=True)}
    if (at and ":" in user) or names & SECRETS:
        raise UsageError(
            "postgres: no password belongs into an address: set PGPASSWORD or PGSERVICE, or write it into ~/.pgpass "
            "(an @ that is none of a user's is written %40)"
        )
