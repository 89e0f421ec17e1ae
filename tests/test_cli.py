"""Hold the command line to its manners, as a user meets them: in a process of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chinwag import __version__, cli, shelves
from chinwag.options import Size
from chinwag.tables import TABLES
from chinwag.workspace import Workspace
from tests.workspaces import Json, assembled, chinwag_run, curated, hashes, rows, status, values

ROOT = Path(__file__).parent.parent
COMMANDS = sorted(cli.cli.commands)
PAIR = [status(1, "hi @bob"), status(2, to=1, author=2)]
TRIO = [PAIR[0], {**PAIR[1], "possibly_sensitive": True}, status(3, to=1, author=3, lang="ja")]


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHINWAG_KEY", raising=False)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace, which no test may change."""
    return curated(tmp_path_factory.mktemp("finished"), PAIR)


# Help.


@pytest.mark.parametrize("command", COMMANDS)
def test_help_ends_with_an_example(command: str) -> None:
    done = chinwag_run(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: python -m chinwag {command} ")
    example = (cli.cli.commands[command].help or "").strip().splitlines()[-1].strip()
    assert example.startswith(f"Example: chinwag {command} ")
    text = done.stdout.partition("\nOptions:")[0]
    assert " ".join(text.split()).endswith(example)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_documents_the_command(command: str) -> None:
    assert f"chinwag {command}" in (ROOT / "README.md").read_text()


def test_every_option_says_what_it_is_for() -> None:
    for command in cli.cli.commands.values():
        for option in command.params:
            if option.param_type_name == "option":
                told = getattr(option, "help", None) or option.name in ("compress", "by")
                assert told, (command.name, option.name)


def test_help_names_the_commands() -> None:
    done = chinwag_run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^  (\w+)  ", done.stdout.partition("Commands:")[2], re.MULTILINE) == COMMANDS
    assert chinwag_run("-h").stdout == done.stdout


def test_query_names_every_table() -> None:
    found = re.search(r"Tables: (.*?)\.", cli.cli.commands["query"].help or "", re.DOTALL)
    assert found and re.findall(r"\w+", found[1]) == list(TABLES)


def test_version() -> None:
    done = chinwag_run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"chinwag, version {__version__}\n", "")


def test_the_installed_command() -> None:
    path = Path(sys.executable).with_name("chinwag")
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"chinwag, version {__version__}\n")


@pytest.mark.parametrize("shelf", shelves.SHELVES)
def test_list(shelf: str) -> None:
    done = chinwag_run("list", shelf)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(maxsplit=1) for line in done.stdout.splitlines()] == [
        [name, shelves.sentence(shelf, name)] for name in shelves.names(shelf)
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    done = chinwag_run("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert "_CHINWAG_COMPLETE" in done.stdout
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=done.stdout, text=True, check=False).returncode == 0


def test_completion_completes() -> None:
    env = {**os.environ, "_CHINWAG_COMPLETE": "bash_complete", "COMP_WORDS": "chinwag ex", "COMP_CWORD": "1"}
    path = Path(sys.executable).with_name("chinwag")
    done = subprocess.run([path], capture_output=True, text=True, env=env, check=False)
    assert (done.stdout, done.stderr) == ("plain,export\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list", "filters"], ["completion", "zsh"]])
def test_nothing_heavy_is_imported_for_nothing(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom chinwag.cli import main\n"
        "slow = {'duckdb', 'pyarrow', 'rich', 'msgspec', 'isal', 'httpx'}\n"
        "try: main()\n"
        "finally: print(sorted(slow & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_sources_are_told_in_lines_or_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("key,body\n1,x\n")
    done = chinwag_run("sources", "a.csv", "--map", "id=key,text=body", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "a.csv: mapped, CSV: key, body\n", "")
    done = chinwag_run("sources", "a.csv", "--json", cwd=tmp_path)
    [guess] = json.loads(done.stdout)
    assert (guess["file"], guess["source"], guess["why"].partition(";")[0]) == (
        "a.csv",
        None,
        "unknown shape, CSV: key, body",
    )


# Misuse and failure.

NO_SOURCE = f"no source is called 'v3'; there are: {', '.join(shelves.names('sources'))}"
MISUSE = {
    "frobnicate": "No such command 'frobnicate'; see: python -m chinwag --help",
    "build": "Missing argument 'PATHS...'; see: python -m chinwag build --help",
    "build x": "Missing option '-o' / '--out'; see: python -m chinwag build --help",
    "build x -o y --workers 0": "Invalid value for '--workers': 0 is not in the range x>=1; "
    "see: python -m chinwag build --help",
    "build x -o y --memory lots": "Invalid value for '--memory': 'lots' is no size; write it as 64MB or 1GiB; "
    "see: python -m chinwag build --help",
    "build x -o y --shard-size 0": "Invalid value for '--shard-size': '0' is no size; write it as 64MB or 1GiB; "
    "see: python -m chinwag build --help",
    "export csv -w x -o y": "no export is called 'csv'; there are: {exports}",
    "query -w {workspace} --json --csv select": "--json and --csv exclude each other",
    "query -w {workspace} vacuum": "a query is one SELECT: it asks, and changes nothing",
    "ingest x -w {out} --map id=a": "map 'id=a': text has to be given",
    "ingest x -w {out} --map id=a,txt=b": "map 'id=a,txt=b': no column of sightings is called 'txt'; do you mean text?",
    "ingest x -w {out} --map csv": "map 'csv': no ready map is called 'csv'; there are: twcs",
    "ingest x -w {out} --source v3": NO_SOURCE,
    "sources x --source v3": NO_SOURCE,
    "curate -w {workspace} --recipe {recipe}": "{recipe}: no key is called 'quote'; do you mean quotes?",
}

FAILURES = {
    "build none -o {out}": "none: No such file or directory",
    "build {empty} -o {out}": "{empty}: no tweets found: nothing of a known shape",
    "ingest none -w {out}": "none: No such file or directory",
    "sources none": "none: No such file or directory",
    "assemble -w none": "none: no workspace here; make one with: chinwag ingest PATH -w none",
    "curate -w none": "none: no workspace here; make one with: chinwag ingest PATH -w none",
    "curate -w {workspace} --recipe none.toml": "none.toml: No such file or directory",
    "export oasst -w none -o {out}": "none: no workspace here; make one with: chinwag ingest PATH -w none",
    "export oasst -w {workspace} -o {full}": "{full}: holds something that is no export; name another folder",
    "query -w none select": "none: no workspace here; make one with: chinwag ingest PATH -w none",
}


def fill(texts: str, places: dict[str, Path]) -> str:
    return texts.format(**places, exports=", ".join(shelves.names("exports")))


@pytest.fixture
def places(finished: Path, tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "recipe.toml").write_text("quote = true")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    (tmp_path / "empty").mkdir()
    return {
        "workspace": finished,
        "recipe": tmp_path / "recipe.toml",
        "out": tmp_path / "out",
        "full": tmp_path / "full",
        "empty": tmp_path / "empty",
    }


@pytest.mark.parametrize("line", MISUSE)
def test_misuse_is_one_line_and_exit_code_2(line: str, places: dict[str, Path], tmp_path: Path) -> None:
    done = chinwag_run(*fill(line, places).split(), cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"chinwag: {fill(MISUSE[line], places)}\n")


@pytest.mark.parametrize("line", FAILURES)
def test_a_failure_is_one_line_and_exit_code_1(line: str, places: dict[str, Path], tmp_path: Path) -> None:
    done = chinwag_run(*fill(line, places).split(), cwd=tmp_path)
    message = f"chinwag: {fill(FAILURES[line], places)}\n"
    assert (done.returncode, done.stdout, done.stderr.splitlines(keepends=True)[-1]) == (1, "", message)
    assert "Traceback" not in done.stderr


def test_errors_are_said_in_any_case(tmp_path: Path) -> None:
    done = chinwag_run("ingest", tmp_path / "none", "-w", tmp_path / "workspace", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"chinwag: {tmp_path}/none: No such file or directory\n",
    )


def test_an_unknown_option_is_one_line() -> None:
    done = chinwag_run("build", "--frob")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--frob" in done.stderr and done.stderr.endswith("; see: python -m chinwag build --help\n")


def test_without_a_command_there_is_help() -> None:
    done = chinwag_run()
    assert "Commands:" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_debug_shows_where(tmp_path: Path) -> None:
    done = chinwag_run("assemble", "-w", tmp_path / "none", "--debug")
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.splitlines()[-1].startswith(f"chinwag: {tmp_path}/none: no workspace here")
    assert chinwag_run("export", "csv", "-w", "x", "-o", "y", "--debug").returncode == 2


def test_a_defect_is_owned_up_to(finished: Path, tmp_path: Path) -> None:
    """A log that no chinwag writes stands for a defect."""
    shutil.copytree(finished, tmp_path / "workspace")
    (tmp_path / "workspace/log/00000099.json").write_text('{"format": 0}')
    done = chinwag_run("query", "-w", tmp_path / "workspace", "select 1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("chinwag: ") and done.stderr.count("\n") == 1


# Output.

STAGES = {
    "ingest": ["ingest", "{source}", "-w", "{fresh}", "--workers", "1"],
    "assemble": ["assemble", "-w", "{workspace}"],
    "curate": ["curate", "-w", "{workspace}"],
    "export": ["export", "messages", "-w", "{workspace}", "-o", "{out}"],
    "build": ["build", "{source}", "-o", "{out}", "--workers", "1"],
}


def arguments(stage: str, folder: Path) -> list[str]:
    places = {"source": "statuses.jsonl", "fresh": "fresh", "workspace": "workspace", "out": "out"}
    return [part.format(**{name: folder / place for name, place in places.items()}) for part in STAGES[stage]]


def without_times(text: str) -> str:
    return re.sub(r"[\d,.]+ (s|tweets/s)$", "N", text, flags=re.MULTILINE)


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """Copy the workspace and what it was made of."""
    shutil.copytree(finished.parent, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.parametrize("stage", STAGES)
def test_talk_is_plain_lines_on_stderr(stage: str, folder: Path) -> None:
    done = chinwag_run(*arguments(stage, folder))
    assert (done.returncode, done.stdout) == (0, "")
    lines = {
        "ingest": "1 files: 2 tweets, 0 embedded, 0 deletes, 0 rejects, N\n",
        "assemble": "2 tweets, 1 edges, 2 tweets in 1 conversations, 0 wanted, N\n",
        "curate": "2 turns in 1 conversations, drops: none, N\n",
        "export": f"{folder}/out: train 1, in 1 files\n",
    }
    expected = lines.get(stage) or "".join(lines[name] for name in ("ingest", "assemble", "curate"))
    said = without_times(done.stderr)
    assert said.startswith(expected) if stage == "build" else said == expected
    assert all(char.isprintable() or char == "\n" for char in done.stderr), "no codes for a terminal"


def test_quiet_says_nothing(folder: Path) -> None:
    done = chinwag_run(*arguments("build", folder), "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("stage", STAGES)
def test_json_is_one_object_on_stdout(stage: str, folder: Path) -> None:
    done = chinwag_run(*arguments(stage, folder), "--json", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    found: Json = json.loads(done.stdout)
    if stage == "build":
        assert found["ingested"]["counts"]["tweets"] == 2
        assert found["assembled"]["rows"]["nodes"] == 2
        assert found["curated"]["turns"] == 2
        assert [one["records"] for one in found["exported"]] == [{"train": 1}] * 3
    else:
        keys = {"ingest": "counts", "assemble": "rows", "curate": "turns", "export": "records"}
        assert found[keys[stage]]


def test_a_long_list_of_errors_is_cut(tmp_path: Path) -> None:
    missing = [tmp_path / f"none{n}" for n in range(30)]
    done = chinwag_run("ingest", *missing, "-w", tmp_path / "workspace")
    assert done.returncode == 1
    assert done.stderr.count("No such file") == 20
    assert done.stderr.splitlines()[-1] == "… and 10 more like these"


@pytest.mark.parametrize("options", [[], ["--csv"], ["--json"]])
@pytest.mark.parametrize("size", [3, 200_000])
def test_a_closed_pipe_is_no_error(finished: Path, options: list[str], size: int) -> None:
    select = f"select i, 'some text' as text from range({size}) as r(i)"
    command: list[str | Path] = [sys.executable, "-m", "chinwag", "query", "-w", finished, select, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        if size > 3:
            process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (0, 1)


def test_output_that_cannot_be_written(finished: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command: list[str | Path] = [sys.executable, "-m", "chinwag", "query", "-w", finished, "from tweets", "--csv"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "chinwag: output: No space left on device\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    """A pipe that nobody writes to keeps it waiting until the signal comes."""
    os.mkfifo(tmp_path / "pipe")
    ingest: list[str | Path] = ["ingest", tmp_path / "pipe", "-w", tmp_path / "workspace", "--workers", "1"]
    command = [sys.executable, "-m", "chinwag", *ingest]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        writer = os.open(tmp_path / "pipe", os.O_WRONLY)  # returns when the other side has opened it
        process.send_signal(number)
        out, talk = process.communicate(timeout=30)
        os.close(writer)
    assert (process.returncode, out) == (130, "")
    assert talk.strip() == "chinwag: stopped; the same command goes on from here"


# What a stage does without being asked.


def test_export_makes_turns_first(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, PAIR)
    done = chinwag_run("export", "messages", "-w", workspace, "-o", tmp_path / "out")
    assert done.returncode == 0
    assert [line.split(",")[0] for line in done.stderr.splitlines()] == [
        "2 turns in 1 conversations",
        f"{tmp_path}/out: train 1",
    ]
    again = chinwag_run("export", "messages", "-w", workspace, "-o", tmp_path / "out")
    assert again.stderr.count("\n") == 1, "turns that are there are not made again"


def test_export_remakes_turns_that_are_older_than_the_trees_by_their_recipe(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, TRIO)
    (tmp_path / "recipe.toml").write_text(
        "turns.mentions = 'keep'\n[filters.sensitive]\n[split]\nvalidation = 0\ntest = 0\n"
    )
    assert chinwag_run("curate", "-w", workspace, "--recipe", tmp_path / "recipe.toml").returncode == 0
    before = rows(workspace, "from turns order by all")
    assert chinwag_run("assemble", "-w", workspace, "--no-quotes").returncode == 0
    assert not Workspace(workspace).fresh("curate", after="assemble")
    done = chinwag_run("export", "messages", "-w", workspace, "-o", tmp_path / "out")
    assert (done.returncode, done.stderr.count("\n")) == (0, 2)
    assert rows(workspace, "from turns order by all") == before
    assert values(workspace, "select id from drops where filter = 'sensitive'") == [2]
    assert values(workspace, "select text from turns where depth = 0") == ["hi @bob"]


def test_a_refused_export_touches_nothing(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, PAIR)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").touch()
    before = hashes(tmp_path)
    for line in (["export", "messages"], ["export", "csv"]):
        assert chinwag_run(*line, "-w", workspace, "-o", tmp_path / "out").returncode != 0
    assert hashes(tmp_path) == before


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1), ("5000000", 5_000_000), ("64MB", 64_000_000), ("64 mb", 64_000_000), ("64M", 64_000_000),
        ("1GiB", 2**30), ("1Gi", 2**30), ("0.5k", 500), ("1.5KiB", 1536), ("7b", 7),
    ],
)  # fmt: skip
def test_sizes(text: str, size: int) -> None:
    assert Size().convert(text, None, None) == size


def test_export_remakes_trees_that_are_older_than_what_was_read(tmp_path: Path) -> None:
    workspace = assembled(tmp_path, TRIO[:1] + PAIR[1:])
    assert chinwag_run("export", "messages", "-w", workspace, "-o", tmp_path / "out").returncode == 0
    (tmp_path / "gone.jsonl").write_text('{"delete": {"status": {"id": 2, "user_id": 2}}}\n')
    assert chinwag_run("ingest", tmp_path / "gone.jsonl", "-w", workspace).returncode == 0
    done = chinwag_run("export", "messages", "-w", workspace, "-o", tmp_path / "out")
    assert (done.returncode, done.stderr.count("\n")) == (0, 3)
    assert not list((tmp_path / "out").glob("*.jsonl"))
