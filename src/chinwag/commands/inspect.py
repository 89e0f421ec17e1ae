"""Look into a workspace, and at what chinwag has."""

import sys
from pathlib import Path

import click

from chinwag import shelves
from chinwag.errors import UsageError
from chinwag.options import debug_option, workspace_option


@click.command()
@workspace_option
@click.argument("sql")
@click.option("--json", "as_json", is_flag=True, help="Print one array of objects.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@debug_option
def query(workspace: Path, sql: str, as_json: bool, as_csv: bool) -> None:
    """Ask the tables of a workspace in SQL.

    Tables: sightings, deletes, edits, rejects, files, tweets, edges, nodes, conversations, wanted, asked, drops, turns.

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


@click.command(name="list")
@click.argument("shelf", type=click.Choice(shelves.SHELVES))
def list_shelf(shelf: str) -> None:
    """List the sources, filters, exports or providers there are.

    Example: chinwag list exports
    """
    names = shelves.names(shelf)
    width = max(map(len, names), default=0)
    for name in names:
        click.echo(f"{name:{width}}  {shelves.sentence(shelf, name)}")


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


COMMANDS: list[click.Command] = [query, list_shelf, completion]
