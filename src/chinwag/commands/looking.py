"""Let people see: the report, the site, one tree, what a workspace holds."""

from pathlib import Path

import click

from chinwag.commands.talk import print_json
from chinwag.commands.talk import report as say
from chinwag.options import TweetId, common, debug_option, memory_option, workspace_option


@click.command()
@workspace_option
@click.argument("exports", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The page to write; default: report.html.")
@memory_option
@common
def report(
    workspace: Path, exports: tuple[Path, ...], out: Path | None, memory: int | None, quiet: bool, as_json: bool
) -> None:
    """Write a page that shows what became of all that was read: what was lost where, and what is left.

    It is one file, which opens offline. Of the exports that are named the examples written are counted too. With --json
    and without -o no page is written.

    Example: chinwag report -w tweets chats -o report.html
    """
    from chinwag import report as stage

    place = out or (None if as_json else Path("report.html"))
    say(stage.run(workspace, place, exports, memory=memory, quiet=quiet), quiet, as_json)


@click.command()
@workspace_option
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: any that is free.")
@click.option("--open/--no-open", "opened", default=True, show_default=True, help="Open a browser.")
@memory_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but the address and errors.")
@debug_option
def browse(workspace: Path, port: int, opened: bool, memory: int | None, quiet: bool) -> None:
    """Look at the conversations in a browser, and mark them; only this machine can.

    The first start makes an index in the workspace, and so does one after the tables have changed. Ctrl-C ends it.

    Example: chinwag browse -w tweets
    """
    from chinwag import web

    web.run(workspace, port=port, opened=opened, memory=memory, quiet=quiet)


@click.command()
@click.argument("number", metavar="ID", type=TweetId())
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Print the tree as JSON.")
@debug_option
def show(number: int, workspace: Path, as_json: bool) -> None:
    """Print one conversation: that of a tweet, by its id or address.

    Example: chinwag show 1345018233543426048 -w tweets
    """
    from chinwag import show as stage

    tree = stage.run(workspace, number)
    if as_json:
        print_json(stage.machine_form(tree))
    else:
        stage.print_tree(tree)


@click.command()
@workspace_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@debug_option
def status(workspace: Path, as_json: bool) -> None:
    """Say what a workspace holds, and what to do next.

    Example: chinwag status -w tweets
    """
    from chinwag import status as stage

    summary = stage.run(workspace)
    if as_json:
        print_json(summary)
    else:
        click.echo("\n".join(summary.lines()))


COMMANDS: list[click.Command] = [report, browse, show, status]
