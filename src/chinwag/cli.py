"""Parse the command line, call one command, say in one line what went wrong. Data goes to stdout, talk to stderr."""

import os
import signal
import sys
import traceback

import click

from chinwag import __version__
from chinwag.commands import inspect, looking, originals, stages
from chinwag.errors import ChinwagError

# Commands that go on where they were stopped.
RESUMED = {"ingest", "assemble", "curate", "export", "build", "fetch", "comply", "rehydrate"}
INTERRUPTED = 130  # the shell's exit code for Ctrl-C


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="chinwag")
def cli() -> None:
    """Turn Twitter data into conversations a language model can be trained on.

    The whole way in one command: chinwag build twitter-stream-2021-01-01.zip -o dataset
    """


for command in (*stages.COMMANDS, *originals.COMMANDS, *looking.COMMANDS, *inspect.COMMANDS):
    cli.add_command(command)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line: exit 0 when done, 1 where the input or the world is at fault, 2 on misuse."""
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(_run())


def _run() -> int:
    try:
        code = cli(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        return _misuse(error)
    except (KeyboardInterrupt, click.Abort):
        goes_on = "; the same command goes on from here" if RESUMED & set(sys.argv) else ""
        click.echo(f"chinwag: stopped{goes_on}", err=True)
        return INTERRUPTED
    except Exception as error:
        return _failure(error)
    return code if isinstance(code, int) else 0


def _misuse(error: click.ClickException) -> int:
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):  # new in click 8.2
        error.show()
        return error.exit_code
    context = getattr(error, "ctx", None)
    hint = f"; see: {context.command_path} --help" if context else ""
    text = _in_one_line(error.format_message()).rstrip(".")
    click.echo(f"chinwag: {text}{hint}", err=True)
    return error.exit_code


def _failure(error: Exception) -> int:
    if "--debug" in sys.argv:
        traceback.print_exc()
    if isinstance(error, OSError):
        _forget_output()
    if isinstance(error, BrokenPipeError):
        return 1
    if isinstance(error, ChinwagError):
        text = str(error)
    elif isinstance(error, OSError) and error.strerror:
        text = f"{error.filename or 'output'}: {error.strerror}"
    else:
        text = f"{type(error).__name__}: {error} (a defect of chinwag; --debug shows where)"
    click.echo(f"chinwag: {_in_one_line(text)}", err=True)
    return error.exit_code if isinstance(error, ChinwagError) else 1


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _forget_output() -> None:
    """Drop what still waits to be written to stdout, so that Python does not complain of it again at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
