"""Keep a workspace lawful: take in what files say is gone, and say which tweets are due to be checked again.

What files say is gone becomes notices, in a file of the workspace's own that is read like any other: the next assemble,
and every one after it, is without what they name.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chinwag import assemble, fetch, ingest, query, shelves
from chinwag.errors import ChinwagError, EngineError, UsageError, WorkspaceError, check_known, printable
from chinwag.notices import Notices, read
from chinwag.progress import steps
from chinwag.tables import schema
from chinwag.values import FIRST_SNOWFLAKE
from chinwag.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 1000  # rejected lines that are told one by one
SCOPES = {"turns": 0, "trees": 1, "all": 2}
ABOUT_USERS = "these may be ids of users: give --users if they are, --tweets if they are tweets'"


@dataclass
class Summary:
    """Count what files name, and how much of it the workspace holds; `places` are tweets that only lost their place.

    `names_unknown` are names that nobody here was seen under, and `nameless` tweets here whose author's is not known.
    `problems` says of rejected lines what is wrong with each, of the first thousand.
    """

    tweets: int = 0
    users: int = 0
    places: int = 0
    tweets_here: int = 0
    users_here: int = 0
    names_unknown: int = 0
    nameless: int = 0
    rejects: int = 0
    problems: list[str] = field(default_factory=list)

    def reject(self, path: Path, line: int | None, reason: str) -> None:
        """Count a line that says nothing."""
        self.rejects += 1
        if len(self.problems) < SHOWN:
            place = f"{printable(path)}:{line}" if line else printable(path)
            self.problems.append(f"{place}: {reason}")

    def line(self) -> str:
        """Say it in one line."""
        places = f", {self.places:,} tweets without their place" if self.places else ""
        rejects = f", {self.rejects:,} lines rejected" if self.rejects else ""
        return (
            f"gone: {self.tweets:,} tweets ({self.tweets_here:,} of them here), {self.users:,} users "
            f"({self.users_here:,} here){places}{rejects}"
        )

    def warning(self) -> str | None:
        """Say that tweets may be here whose author was named and is not known by name."""
        if not self.names_unknown or not self.nameless:
            return None
        return (
            f"{self.names_unknown:,} names were seen of nobody here, but {self.nameless:,} tweets are by authors whose "
            "names are not known: for theirs, give user:ID"
        )


def from_files(paths: Sequence[Path], workspace: Path, *, users: bool | None = None, quiet: bool = False) -> Summary:
    """Take what files say is gone into a workspace: compliance results, as JSON lines or CSV, or lists, one a line.

    A list names tweets by id or address, and users as `@name`, by the address of their profile or as `user:ID`.
    `users` says whether the ids of results, and those that stand alone in lists, are users'; if it says nothing, they
    are tweets' unless they look like users'. A file taken in again changes nothing.
    Raises UsageError where they do, or a file is neither a list nor results: then nothing is taken in.
    """
    target, summary = Workspace(workspace), Summary()
    with steps("comply", 2, quiet=quiet) as show:
        show("files", total=sum(path.stat().st_size for path in paths if path.is_file()), size=True)
        found = [read(path, partial(summary.reject, path), users=bool(users), show=show.more) for path in paths]
        show("tweets here")
        for path, notices in zip(paths, found, strict=True) if users is None else ():
            if notices.misfits > notices.fits // 10 or _names_authors_alone(target, notices):
                raise UsageError(f"{printable(path)}: {ABOUT_USERS}")
        _count(target, found, summary)
    try:
        saved = {notices.save(workspace / "answers" / "comply") for notices in found if notices.lines}
    except OSError as error:
        raise ChinwagError(f"{workspace}: cannot write here: {error.strerror or error}") from error
    errors = ingest.run(sorted(saved), workspace, workers=1, quiet=quiet).errors if saved else []
    if errors:
        raise ChinwagError(errors[0])
    return summary


def _names_authors_alone(target: Workspace, notices: Notices) -> bool:
    """Tell whether ids are authors' here and no tweets': a new account's holds its time as a tweet's does."""
    tweets = _named(target, notices.tweets, (), ())[2]
    users = _named(target, (), notices.tweets, ())[3]
    return bool(users and not tweets)


def _count(target: Workspace, found: Sequence[Notices], summary: Summary) -> None:
    tweets, users, places = array("q"), array("q"), array("q")
    for notices in found:
        tweets.extend(notices.tweets)
        users.extend(notices.users)
        places.extend(notices.places)
    names = {name for notices in found for name in notices.names}
    counts = _named(target, tweets, users, names)
    summary.tweets, summary.users, summary.tweets_here, summary.users_here, known, summary.nameless = counts
    summary.names_unknown = len(names) - known
    summary.places = len(set(places))


NAMED = """
select
  (select count(distinct id) from tweets),
  (select count(distinct id) from users) + (select count(*) from names),
  (select count(distinct s.id) from sightings as s semi join tweets as t on s.id = t.id),
  (select count(distinct author_id) from (
    select author_id from sightings as s semi join users as u on s.author_id = u.id
    union all
    select author_id from sightings as s semi join names as n on lower(s.author_handle) = n.name
  )),
  (select count(*) from names as n semi join sightings as s on n.name = lower(s.author_handle)),
  (select count(*) from (
    select author_id from sightings group by author_id, id having max(author_handle) is null
  ) as a anti join (
    select author_id from sightings where author_handle is not null
  ) as k on a.author_id = k.author_id)
"""


def _named(target: Workspace, tweets: Iterable[int], users: Iterable[int], names: Iterable[str]) -> tuple[int, ...]:
    """Count tweets and users, those of them that were seen, names that were, and tweets by authors without one."""
    import duckdb
    import pyarrow as pa

    given = {"tweets": _ids(tweets), "users": _ids(users), "names": pa.table({"name": pa.array(names, pa.string())})}
    try:
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
            connection.execute("set enable_progress_bar = false")
            for name, table in given.items():
                connection.register(name, table)
            if parts := [str(part) for part in target.parts("sightings")]:
                connection.from_parquet(parts).create_view("sightings")
            else:
                connection.register("sightings", schema("sightings").empty_table())
            row: tuple[int, ...] = connection.execute(NAMED).fetchone() or (0,) * 6
    except duckdb.Error as error:
        raise EngineError(" ".join(str(error).split())) from error
    return row


def _ids(ids: Iterable[int]) -> "pa.Table":
    import pyarrow as pa

    return pa.table({"id": pa.array(ids, pa.int64())})


# A tweet of a table without an id of Twitter's own is none that anybody could be asked for.
DUE = """
select t.id
from (
  select
    id,
    created_at,
    case
      when id in (select unnest(tweet_ids) from turns) then 0
      when id in (select tweet_id from nodes) then 1
      else 2
    end as rank
  from tweets
  where id >= {first} or sources <> ['mapped']
) as t
anti join (
  select a.id from asked as a where a.level = 'tweet' and a.outcome <> 'unknown' and a.at >= timestamptz '{since}'
  union all
  select id from sightings where terms = 'x-api' and seen_at >= timestamptz '{since}'
) as c on t.id = c.id
where t.rank <= {rank}
order by t.rank, t.created_at desc nulls last, t.id desc
"""


def due(workspace: Path, *, max_age_days: int, scope: str, now: datetime | None = None) -> Iterator[int]:
    """Give the tweets to be checked: those that no answer told of for some days, newest first.

    First come those of turns, then the others in trees, then all others; `scope` says where it ends.
    """
    check_known([scope], SCOPES, "comply", "scope")
    since = (now or datetime.now(UTC)).astimezone(UTC) - timedelta(days=max_age_days)
    select = DUE.format(first=FIRST_SNOWFLAKE, since=since.isoformat(), rank=SCOPES[scope])
    return (id for (id,) in query.rows(query.run(workspace, select)[1]))


def with_provider(
    workspace: Path, *, scope: str = "turns", max_age_days: int = 30, provider: str = "x-api", **asking: Any
) -> fetch.Summary:
    """Look up the tweets that are due with a provider, and take out what it says is gone; `asking` goes to `fetch.run`.

    Raises UsageError where the provider does not prove that a tweet is gone: a scraper may have been shut out.
    """
    if not shelves.load("providers", provider).PROVES_ABSENCE:
        raise UsageError(f"provider {provider} proves nothing: what it does not find need not be gone")
    assemble.again(workspace)
    if scope == "turns" and not Workspace(workspace).parts("turns"):
        raise WorkspaceError(f"{workspace}: there are no turns to check; give --scope trees or all")
    ids = due(workspace, max_age_days=max_age_days, scope=scope)
    return fetch.run(workspace, fetch.Wish(ids=ids, again=True), provider=provider, **asking)
