"""How every command behaves at a terminal: languages, --json, prompts, progress, errors, exit codes.

Called by `cli` alone. Imports click and nothing heavy, so that `link --help` answers at once.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from linkage.commands.chart import Paper
from linkage.errors import (
    AgreementError,
    Error,
    FileError,
    IdentifierError,
    KeysError,
    LedgerError,
    PackageError,
    RegisterError,
    ReleaseError,
    Text,
    UsageError,
)
from linkage.program.click_words import in_words
from linkage.texts import from_environment, say, use

EXIT_CODES: Mapping[type[Error], int] = {
    UsageError: 2,
    AgreementError: 10,
    FileError: 10,
    IdentifierError: 10,
    RegisterError: 10,
    PackageError: 11,
    KeysError: 12,
    ReleaseError: 13,
    LedgerError: 14,
}
EXIT_BUG = 1
EXIT_INTERRUPTED = 130


def wants_json() -> bool:
    """Whether --json was given."""
    return bool(click.get_current_context().find_root().meta.get("as_json"))


def may_ask() -> bool:
    """Whether questions are allowed and somebody is there to answer."""
    return not click.get_current_context().find_root().meta.get("no_input") and sys.stdin.isatty()


def tell(facts: Mapping[str, object], lines: Sequence[Text | str] = (), *, after: Text | None = None) -> None:
    """Print what was done: `facts` as JSON with --json, else `lines`; then the next step, on stderr."""
    if wants_json():
        click.echo(json.dumps(facts, ensure_ascii=False, default=str))
        return
    for line in lines:
        click.echo(say(line))
    if after is not None:
        click.echo(say(Text("next: {step}", {"step": after})), err=True)


def note(text: Text | str) -> None:
    """A message beside the data: stderr."""
    click.echo(say(text), err=True)


def paper() -> Paper:
    """What standard output is: how wide, whether colour is wanted (NO_COLOR) and blocks can be written."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        "█ → …".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        blocks = False
    else:
        blocks = True
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paper(max(shutil.get_terminal_size().columns, 40), colour, blocks)


def exit_code(error: Error) -> int:
    """The exit code of an error's family."""
    return next((code for family, code in EXIT_CODES.items() if isinstance(error, family)), EXIT_BUG)


def _complain(error: Error) -> None:
    click.echo(say(Text("error: {what}", {"what": error.message})), err=True)
    for detail in error.details:
        click.echo("  " + say(detail), err=True)
    if error.advice.template:
        click.echo(say(Text("hint: {what}", {"what": error.advice})), err=True)


def run(program: click.Command, args: Sequence[str] | None = None) -> int:
    """Run the program on args, or sys.argv; its exit code. No exception and no traceback leaves this."""
    use(from_environment())
    try:
        code = program.main(args=args, standalone_mode=False)
    except Error as error:
        _complain(error)
        return exit_code(error)
    except click.exceptions.NoArgsIsHelpError as error:  # a group alone: its help was wanted
        click.echo(error.format_message())
        return 0
    except click.UsageError as error:
        click.echo(say(Text("error: {what}", {"what": in_words(error)})), err=True)
        click.echo(say(Text("hint: {what}", {"what": Text("see {command} --help", _path(error))})), err=True)
        return 2
    except click.ClickException as error:
        click.echo(say(Text("error: {what}", {"what": error.format_message()})), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("stopped: nothing was left half-written"), err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except MemoryError:
        _complain(FileError("not enough memory", hint="use --memory, or a machine with more"))
        return EXIT_CODES[FileError]
    except OSError as error:
        _complain(_of_system(error))
        return EXIT_CODES[FileError]
    except Exception as error:  # the last resort: told without any value it holds
        _confess(error)
        return EXIT_BUG
    return code if isinstance(code, int) else 0


def _path(error: click.UsageError) -> dict[str, object]:
    return {"command": error.ctx.command_path if error.ctx else "linkage"}


def _of_system(error: OSError) -> FileError:
    """The system's own words and the file's name; nothing else of the exception."""
    reason = error.strerror or type(error).__name__
    where = error.filename if isinstance(error.filename, str) else ""
    return FileError(
        "the system refuses: {reason}: {where}" if where else "the system refuses: {reason}",
        reason=reason,
        where=where,
        hint="see that the disk has room and that the file may be read or written",
    )


def _confess(error: Exception) -> None:
    """A bug: its kind and the places that it passed, without the values, which may be of a register."""
    click.echo(say(Text("error: a fault in the program: {kind}", {"kind": type(error).__name__})), err=True)
    for frame in traceback.extract_tb(error.__traceback__)[-6:]:
        click.echo(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}", err=True)
    click.echo(say("hint: please report these lines; they hold no personal data"), err=True)
