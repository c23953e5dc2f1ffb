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
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE…")
@option("--agreement", type=FILE, multiple=True, help="The agreement that it should answer or be of.")
@option("--matcher", type=FILE, help="Of a release: the matcher's NAME.pub; default beside the agreement.")
@option("--signer", type=FILE, help="Of a receipt: the signer's NAME.pub; default beside the agreement.")
@option("--audit", is_flag=True, help="Of releases: also attack them, as anybody who reads them could.")
def verify(
    files: tuple[Path, ...],
    agreement: tuple[Path, ...],
    matcher: Path | None,
    signer: Path | None,
    audit: bool,
) -> None:
    """Check a release or a receipt: its signature, and what it says.

    Of a release the digest, and that the tables agree; of a receipt, that its signer could destroy what it
    names. Whose signature it should be, the agreement says, or a public key that is named.

    With --audit also what somebody outside can work out of the numbers that are hidden or moved; several
    releases of one history may then be named, with --agreement once for each.

    Example: linkage verify release/release.json --agreement agreement/agreement.toml

    Example: linkage verify malmo-sok-1-destroyed.json --agreement agreement/agreement.toml

    Example: linkage verify --audit release/release.json --agreement agreement/agreement.toml
    """
    if audit:
        _audit(files, agreement, matcher, signer)
        return
    if len(files) > 1 or len(agreement) > 1:
        raise UsageError(
            "one file at a time, and one agreement", hint="several releases are looked at with --audit"
        )
    _verify(files[0], agreement[0] if agreement else None, matcher, signer)


def _audit(
    files: tuple[Path, ...], agreements: tuple[Path, ...], matcher: Path | None, signer: Path | None
) -> None:
    from linkage.commands import receipt
    from linkage.commands.verify_audit import audit as flow

    if signer is not None or any(receipt.is_receipt(file) for file in files):
        raise UsageError("--audit is for releases", hint="leave out --audit, or receipts and --signer")
    facts = flow(files, agreements, matcher)
    tell(facts.as_json(), facts.lines())
    facts.refuse()


def _verify(file: Path, agreement: Path | None, matcher: Path | None, signer: Path | None) -> None:
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
