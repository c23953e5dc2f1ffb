"""What anybody may call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from linkage.errors import Text, UsageError
from linkage.program.conventions import Command
from linkage.program.options import FILE, option
from linkage.program.terminal import note, tell


@click.command(cls=Command)
@click.argument("name", default="malmo-2020")
@click.argument("folder", type=FILE, default=Path("demo"), metavar="[DIR]")
@option("--list", "listing", is_flag=True, help="Only tell which rounds there are to play.")
@option(
    "--method",
    type=click.Choice(["cellkey", "exact"]),
    help="How the numbers are protected, otherwise as suits the round; exact: as they were counted.",
)
def demo(name: str, folder: Path, listing: bool, method: str | None) -> None:
    """Play a whole round with made-up registers.

    Makes the registers, plays every role through every step in DIR, and ends with the report's path.

    Example: linkage demo malmo-2020 demo
    """
    from linkage.commands.demo import demo as flow
    from linkage.commands.demo import listed

    if listing:
        demos = listed()
        tell(demos.as_json(), demos.lines(), after=Text("linkage demo NAME [DIR]"))
        return
    facts = flow(name, folder, method=method, progress=note)
    tell(facts.as_json(), facts.lines(), after=Text("open {path}", {"path": facts.report}))


@click.command(cls=Command)
@click.argument("folder", type=FILE, default=Path(), metavar="[DIR]")
def doctor(folder: Path) -> None:
    """Look at this machine: program, shell, clock, permissions.

    Also whether DIR (default: the current folder), where keys lie, is copied to a cloud.

    Example: linkage doctor
    """
    from linkage.commands.doctor import Level, examine

    findings = examine(folder)
    marks = {Level.OK: "  ok ", Level.WARNING: "warn ", Level.PROBLEM: "FAIL "}
    tell(
        {f.name: {"level": f.level.value, "text": str(f.text)} for f in findings},
        [Text("{mark} {text}", {"mark": marks[f.level], "text": f.text}) for f in findings],
    )
    if any(f.level is Level.PROBLEM for f in findings):
        click.get_current_context().exit(10)


@click.command(cls=Command)
@click.argument("file", type=FILE)
def inspect(file: Path) -> None:
    """Show what a package, key, receipt or release says of itself.

    No key is needed, and nothing is opened.

    Example: linkage inspect malmo-sok-1-malmo.link
    """
    from linkage.commands.inspect import inspect as look

    facts = look(file)
    signed = facts["format"].startswith(("linkage-receipt/", "linkage-release/"))
    after = (
        Text("no signature was looked at: linkage verify {path} --agreement agreement.toml", {"path": file})
        if signed
        else None
    )
    tell(facts, list(_lines(facts)), after=after)


def _lines(facts: Mapping[str, Any], above: str = "") -> Iterator[Text]:
    """A line for each fact, one of a table under the table's name: "facts.at: …"."""
    for name, found in facts.items():
        value = _spread(found)
        if isinstance(value, Mapping):
            yield from _lines(value, f"{above}{name}.")
        else:  # a title may have newlines, and none of its lines may pass for a fact
            shown = value.replace("\n", " ") if isinstance(value, str) else value
            yield Text("{name}: {value}", {"name": above + name, "value": shown})


def _spread(value: object) -> object:
    """A list as a person reads it: numbered where its items have facts of their own, else in one line."""
    if not isinstance(value, list | tuple):
        return value
    if any(isinstance(item, Mapping) for item in value):
        return {str(number): item for number, item in enumerate(value, 1)}
    return ", ".join(
        " ".join(map(str, item)) if isinstance(item, list | tuple) else str(item) for item in value
    )


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that completes commands in a shell.

    Example: linkage completion bash > ~/.local/share/bash-completion/completions/linkage
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError("no completion for {shell}", shell=shell)
    click.echo(
        kind(click.get_current_context().find_root().command, {}, "linkage", "_LINKAGE_COMPLETE").source()
    )
