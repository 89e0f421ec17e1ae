"""Look into a workspace, and at what chinwag has."""

import sys
from pathlib import Path

import click

from chinwag import shelves
from chinwag.commands.talk import lines, print_json, report
from chinwag.errors import UsageError
from chinwag.options import debug_option, memory_option, workspace_option


@click.command()
@workspace_option
@click.argument("sql")
@click.option("--json", "as_json", is_flag=True, help="Print one array of objects.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@debug_option
def query(workspace: Path, sql: str, as_json: bool, as_csv: bool) -> None:
    """Ask the tables of a workspace in SQL.

    Tables: sightings, deletes, edits, rejects, files, tweets, edges, nodes, conversations, wanted, asked, clusters,
    marks, drops, turns, account.

    Example: chinwag query -w tweets "select lang, count(*) from tweets group by lang order by 2 desc"
    """
    from chinwag import query as stage

    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other")
    columns, batches = stage.run(workspace, sql)
    if as_json:
        stage.print_json(columns, batches, sys.stdout)
    elif as_csv:
        stage.print_csv(columns, batches, sys.stdout)
    else:
        stage.print_table(columns, batches)


@click.command()
@workspace_option
@click.argument("exports", nargs=-1, type=click.Path(path_type=Path))
@click.option("--by", type=click.Choice(["all", "language", "source", "terms"]), default="all", show_default=True)
@memory_option
@click.option("--json", "as_json", is_flag=True, help="Print all steps as JSON on stdout.")
@debug_option
def account(workspace: Path, exports: tuple[Path, ...], by: str, memory: int | None, as_json: bool) -> None:
    """Account for the yield: what became of all that was read, with what each rule took.

    Of the exports that are named the examples written are counted too.

    Example: chinwag account -w tweets chats/ --by language
    """
    from chinwag import account as stage

    summary = stage.run(workspace, exports, memory=memory)
    if as_json:
        print_json(summary)
    else:
        click.echo("\n".join(summary.lines(by)))


@click.command(name="list")
@click.argument("shelf", type=click.Choice([*shelves.SHELVES, "presets"]))
def list_shelf(shelf: str) -> None:
    """List the sources, filters, exports, providers or presets there are.

    Example: chinwag list exports
    """
    if shelf == "presets":
        from chinwag.recipe import presets

        found = presets()
    else:
        found = {name: shelves.sentence(shelf, name) for name in shelves.names(shelf)}
    width = max(map(len, found), default=0)
    for name, sentence in found.items():
        click.echo(f"{name:{width}}  {sentence}")


@click.command()
@click.argument("place")
@click.option("--format", help="The format; default: told by the manifest beside it, or by the first record.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON on stdout.")
@debug_option
def check(place: str, format: str | None, as_json: bool) -> int:
    """Hold a file, a folder or a database to the rules of those who will read it.

    What breaks them is told record by record.

    Example: chinwag check chats/train-00000.jsonl
    """
    from chinwag import check as stage

    summary = stage.run(place, format=format)
    lines(summary.problems, summary.broken)
    report(summary, False, as_json)
    return 1 if summary.broken else 0


@click.command()
@click.argument("preset")
@debug_option
def recipe(preset: str) -> None:
    """Print a preset as the recipe it is, to change it.

    Example: chinwag recipe default > recipe.toml
    """
    from chinwag.errors import check_known
    from chinwag.recipe import PRESETS, presets

    check_known([preset], presets(), "recipe", "preset")
    click.echo((PRESETS / f"{preset}.toml").read_text(encoding="utf-8"), nl=False)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that makes a shell complete commands.

    Example: chinwag completion bash > ~/.local/share/bash-completion/completions/chinwag
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is not None:
        whole = click.get_current_context().find_root().command
        click.echo(found(whole, {}, "chinwag", "_CHINWAG_COMPLETE").source())


COMMANDS: list[click.Command] = [query, account, check, list_shelf, recipe, completion]
