"""What a party calls: the secret, and the export."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.errors import Text
from linkage.program import asking
from linkage.program.conventions import Command, Group
from linkage.program.options import (
    FILE,
    agreement_option,
    identity_option,
    no_passphrase_option,
    option,
    passphrase_option,
    secret_option,
)
from linkage.program.progress import Progress
from linkage.program.terminal import note, paper, tell


@click.group(cls=Group)
def secret() -> None:
    """Make, accept or destroy the secret that the parties share.

    The matcher must never have it.
    """


@secret.command("create")
@agreement_option
@identity_option
@secret_option
@no_passphrase_option
@passphrase_option
def secret_create(
    agreement: Path, identity: Path, secret: Path, no_passphrase: bool, passphrase_file: Path | None
) -> None:
    """Make the secret, and a sealed secret-PARTY.link for each other party.

    A passphrase is asked for where the identity has one, unless --no-passphrase. Run again, it hands the
    same secret over again.

    Example: linkage secret create --agreement agreement/agreement.toml
    """
    from linkage.commands.secret import create_secret

    made = create_secret(
        agreement,
        identity=identity,
        secret=secret,
        folder=Path(),
        passphrase=asking.passphrase_like(identity, secret, passphrase_file, no_passphrase),
        ask=asking.passphrase_for_reading(passphrase_file),
    )
    handed = {party: str(path) for party, path in made.handed.items()}
    tell(
        {"family": made.family, "secret": str(made.key), "handed": handed},
        [
            Text(
                "{path}: the secret of {family}; guard it like the register",
                {"path": made.key, "family": made.family},
            ),
            *[
                Text("{path}: sealed, for {party} alone", {"path": path, "party": party})
                for party, path in handed.items()
            ],
        ],
        after=Text("send each file to its party, and nothing of this to the matcher"),
    )


@secret.command("accept")
@click.argument("file", type=FILE)
@agreement_option
@identity_option
@secret_option
@no_passphrase_option
@passphrase_option
def secret_accept(
    file: Path,
    agreement: Path,
    identity: Path,
    secret: Path,
    no_passphrase: bool,
    passphrase_file: Path | None,
) -> None:
    """Open the secret that another party handed over.

    Example: linkage secret accept secret-af.link --agreement agreement/agreement.toml
    """
    from linkage.commands.secret import accept_secret

    accepted = accept_secret(
        file,
        agreement,
        identity=identity,
        secret=secret,
        passphrase=asking.passphrase_like(identity, secret, passphrase_file, no_passphrase),
        ask=asking.passphrase_for_reading(passphrase_file),
    )
    words: dict[str, object] = {"path": accepted.key, "family": accepted.family, "maker": accepted.maker}
    tell(
        {"family": accepted.family, "secret": str(accepted.key), "maker": accepted.maker},
        [
            Text("{path} holds this secret already: nothing changed", words)
            if accepted.already
            else Text("{path}: the secret of {family}, made by {maker}; guard it like the register", words)
        ],
        after=Text(
            "delete {files}, with which the secret could be opened again; make a register map (linkage "
            "register new), then: linkage export --agreement {agreement} --dry-run",
            {"files": ", ".join(map(str, accepted.handed)), "agreement": agreement},
        ),
    )


@secret.command("destroy")
@identity_option
@secret_option
@option("--out", type=FILE, default=Path("secret-destroyed.json"), show_default=True, help="The receipt.")
@option("--yes", is_flag=True, help="Do not ask.")
@passphrase_option
def secret_destroy(identity: Path, secret: Path, out: Path, yes: bool, passphrase_file: Path | None) -> None:
    """Destroy the secret, and write a signed receipt.

    No package of the family can be made any more. Copies and backups must be destroyed by their keepers.

    Example: linkage secret destroy
    """
    import datetime as dt

    from linkage.commands.secret import destroy_secret

    asking.sure(yes, Text("destroy {path} for good?", {"path": secret}))
    gone = destroy_secret(
        identity=identity,
        secret=secret,
        out=out,
        ask=asking.passphrase_for_reading(passphrase_file),
        now=dt.datetime.now(dt.UTC),
    )
    if gone.handed:
        files = ", ".join(map(str, gone.handed))
        note(
            Text("warning: {files}: would bring the secret back, delete what is left of it", {"files": files})
        )
    tell(
        {"family": gone.family, "receipt": str(gone.receipt), "handed": [str(path) for path in gone.handed]},
        [Text("destroyed: the secret of {family}", {"family": gone.family})],
        after=Text("file {path} with the decision", {"path": gone.receipt}),
    )


@click.command(cls=Command)
@click.argument("registers", type=FILE, nargs=-1, metavar="[REGISTER]...")
@agreement_option
@option("--map", "register_map", type=FILE, help="The register map; default register.toml, if it is there.")
@option("--id", "identifier", help="Column of identity numbers (without a map).")
@option("--series", help="The series that the rows belong to (without a map).")
@option("--start", help="Column of first days (without a map).")
@option("--end", help="Column of last days; empty means still there (without a map).")
@option("--extracted", help="Day of the extract, 2021-01-15; default the agreement's last day.")
@option("--encoding", help="Encoding of CSV files; without it, it is found and told.")
@identity_option
@secret_option
@option("--out", type=FILE, help="The package to write; default NAME-ROUND-PARTY.link.")
@option("--dry-run", is_flag=True, help="Read and report everything; write no package.")
@option(
    "--max-refused",
    default="1%",
    show_default=True,
    help="Stop where more of the rows are refused for mistakes in them.",
)
@passphrase_option
def export(
    registers: tuple[Path, ...],
    agreement: Path,
    register_map: Path | None,
    identifier: str | None,
    series: str | None,
    start: str | None,
    end: str | None,
    extracted: str | None,
    encoding: str | None,
    identity: Path,
    secret: Path,
    out: Path | None,
    dry_run: bool,
    max_refused: str,
    passphrase_file: Path | None,
) -> None:
    """Turn registers into a sealed package for the matcher.

    Identity numbers become keyed tokens on this machine; nothing else of the register leaves it.

    Example: linkage export --agreement agreement/agreement.toml --map register.toml

    Example: linkage export krami.csv --id Personnummer --series krami --start Startdatum --end Slutdatum
    """
    from linkage.commands.export import ShortMap
    from linkage.commands.export import export as flow

    short = ShortMap(identifier, series, start, end, extracted, encoding)
    bar = Progress("reading")
    facts = flow(
        agreement=agreement,
        registers=registers,
        register_map=register_map,
        short=short,
        identity=identity,
        secret=secret,
        out=out,
        dry_run=dry_run,
        ask=asking.passphrase_for_reading(passphrase_file),
        ask_database=asking.password_of_database(),
        progress=bar,
        max_refused=max_refused,
    )
    bar.close()
    tell(facts.as_json(), facts.lines(paper()), after=facts.after())
    if facts.fault is not None:
        raise facts.fault
