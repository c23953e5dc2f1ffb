"""What a data manager calls first: a map of the register."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.program import asking
from linkage.program.conventions import Command, Group
from linkage.program.options import FILE, agreement_option, identity_option, option, passphrase_option
from linkage.program.terminal import tell


@click.group(cls=Group)
def register() -> None:
    """Begin a register map: how the columns of a register become series."""


@register.command("new", cls=Command)
@click.argument("registers", type=FILE, nargs=-1, required=True, metavar="REGISTER...")
@agreement_option
@option("--party", help="Which party this is; otherwise as NAME.pub or the identity tells.")
@option("--encoding", help="Encoding of CSV files; without it, it is found and told.")
@option("--sheet", help="Sheet of an Excel file; default the first.")
@option("--out", type=FILE, default=Path("register.toml"), show_default=True, help="The map to write.")
@identity_option
@passphrase_option
def register_new(
    registers: tuple[Path, ...],
    agreement: Path,
    party: str | None,
    encoding: str | None,
    sheet: str | None,
    out: Path,
    identity: Path,
    passphrase_file: Path | None,
) -> None:
    """Look at the head of registers, and write a first map with comments.

    Which columns hold identity numbers, days and series; what is not clear is said, never guessed in silence.

    Example: linkage register new insatser.csv --agreement agreement/agreement.toml
    """
    from linkage.commands.register_new import new
    from linkage.register.sources import Origin

    made = new(
        registers,
        agreement=agreement,
        party=party,
        identity=identity,
        origin=Origin(encoding=encoding, sheet=sheet),
        out=out,
        ask=asking.passphrase_for_reading(passphrase_file),
    )
    tell(made.as_json(), made.lines(), after=made.after())
