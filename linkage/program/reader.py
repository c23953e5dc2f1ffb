"""What a reader of the release calls."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.program.conventions import Command
from linkage.program.options import FILE, option
from linkage.program.terminal import tell
from linkage.texts import current


@click.command(cls=Command)
@click.argument("release", type=FILE)
@option("--out", type=FILE, help="Folder to write to; default the release's own.")
def report(release: Path, out: Path | None) -> None:
    """Make the report again from release.json: web page, Excel, CSV.

    In the language of --lang, or as the system is set.

    Example: link report release/release.json --lang sv
    """
    from linkage.commands.release import report as flow

    facts = flow(release, out or release.parent, current())
    tell(facts.as_json(), facts.lines(), after=facts.after())


@click.command(cls=Command)
@click.argument("release", type=FILE)
@option("--agreement", type=FILE, help="The agreement that it should answer.")
@option("--matcher", type=FILE, help="The matcher's NAME.pub; default beside the agreement or the release.")
def verify(release: Path, agreement: Path | None, matcher: Path | None) -> None:
    """Check the signature, the digest, and that the tables agree.

    Example: link verify release/release.json --agreement agreement/agreement.toml
    """
    from linkage.commands.release import verify as flow

    facts = flow(release, agreement, matcher)
    tell(facts.as_json(), facts.lines())
