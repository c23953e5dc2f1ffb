"""What a reader of the release calls."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.errors import UsageError
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

    Example: linkage report release/release.json --lang sv
    """
    from linkage.commands.release import report as flow

    facts = flow(release, out or release.parent, current())
    tell(facts.as_json(), facts.lines(), after=facts.after())


@click.command(cls=Command)
@click.argument("file", type=FILE)
@option("--agreement", type=FILE, help="The agreement that it should answer or be of.")
@option("--matcher", type=FILE, help="Of a release: the matcher's NAME.pub; default beside the agreement.")
@option("--signer", type=FILE, help="Of a receipt: the signer's NAME.pub; default beside the agreement.")
def verify(file: Path, agreement: Path | None, matcher: Path | None, signer: Path | None) -> None:
    """Check a release or a receipt: its signature, and what it says.

    Of a release the digest, and that the tables agree; of a receipt, that its signer could destroy what it
    names. Whose signature it should be, the agreement says, or a public key that is named.

    Example: linkage verify release/release.json --agreement agreement/agreement.toml

    Example: linkage verify malmo-sok-1-destroyed.json --agreement agreement/agreement.toml
    """
    from linkage.commands import receipt, release

    if receipt.is_receipt(file):
        if matcher is not None:
            raise UsageError(
                "--matcher is for a release, and {path} is a receipt", path=file, hint="use --signer"
            )
        of_receipt = receipt.verify(file, agreement, signer)
        tell(of_receipt.as_json(), of_receipt.lines())
        return
    if signer is not None:
        raise UsageError("--signer is for a receipt, and {path} is none", path=file, hint="use --matcher")
    of_release = release.verify(file, agreement, matcher)
    tell(of_release.as_json(), of_release.lines())
