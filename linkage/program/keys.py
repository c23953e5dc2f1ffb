"""Identities, round keys and family keys."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.errors import Text, UsageError
from linkage.program import asking
from linkage.program.conventions import Group
from linkage.program.options import (
    FILE,
    family_key_option,
    identity_option,
    ledger_option,
    no_passphrase_option,
    option,
    passphrase_option,
)
from linkage.program.terminal import note, tell


@click.group(cls=Group)
def keys() -> None:
    """Make and show identities, round keys and family keys."""


@keys.command("init")
@click.argument("name")
@no_passphrase_option
@passphrase_option
def keys_init(name: str, no_passphrase: bool, passphrase_file: Path | None) -> None:
    """Make an identity: identity.key for you alone, NAME.pub for everybody.

    Example: linkage keys init malmo
    """
    from linkage.commands.identities import init

    made = init(name, Path(), asking.passphrase_for_writing(passphrase_file, no_passphrase))
    tell(
        {
            "name": made.name,
            "fingerprint": made.fingerprint,
            "safety_number": made.safety_number,
            "key": str(made.key),
            "public": str(made.public),
            "already": made.already,
        },
        [
            Text("{path}: yours alone, never to be sent", {"path": made.key}),
            Text(
                "{path}: for everybody; fingerprint {fingerprint}",
                {"path": made.public, "fingerprint": made.fingerprint},
            ),
            Text("safety number, to be read aloud: {number}", {"number": made.safety_number}),
        ],
        after=Text(
            "send {path} to whoever writes the agreement, and tell the fingerprint by phone",
            {"path": made.public},
        ),
    )


@keys.command("show")
@click.argument("files", type=FILE, nargs=-1, required=True)
def keys_show(files: tuple[Path, ...]) -> None:
    """Show the fingerprints of public keys, and their safety numbers to be read aloud.

    Example: linkage keys show agreement/*.pub
    """
    from linkage.commands.identities import show

    shown = show(files)
    tell(
        {
            name: {"fingerprint": e["fingerprint"], "safety_number": e["safety_number"]}
            for name, e in shown.items()
        },
        [
            Text("{name}  {fingerprint}  {number}", {"name": name, "number": e["safety_number"], **e})
            for name, e in shown.items()
        ],
    )


@keys.command("round")
@option("--agreement-name", required=True, help="The agreement's name, without the round.")
@option("--round", "number", type=click.IntRange(min=1), required=True, help="The number of the round.")
@identity_option
@ledger_option
@no_passphrase_option
@passphrase_option
@option("--identity-passphrase-file", type=FILE, help="The identity's passphrase, where it is another.")
def keys_round(
    agreement_name: str,
    number: int,
    identity: Path,
    ledger: str,
    no_passphrase: bool,
    passphrase_file: Path | None,
    identity_passphrase_file: Path | None,
) -> None:
    """Make the key of a round (matcher): round.key and NAME-round.pub.

    Packages are sealed to it. Keep it apart from the packages, never copy it, never back it up.

    Example: linkage keys round --agreement-name malmo-sok --round 1
    """
    from linkage.commands.matcher import round_key

    made = round_key(
        agreement_name,
        number,
        identity=identity,
        folder=Path(),
        passphrase=asking.passphrase_for_writing(passphrase_file, no_passphrase),
        ask=asking.passphrase_for_reading(identity_passphrase_file or passphrase_file),
        ledger=ledger,
    )
    for line in made.notes:
        note(line)
    tell(
        made.as_json(),
        [
            Text("{path}: keep it apart from the packages; never copy it", {"path": made.key}),
            Text(
                "{path}: for everybody; fingerprint {fingerprint}",
                {"path": made.public, "fingerprint": made.fingerprint},
            ),
        ],
        after=Text("send {path} to whoever writes the agreement", {"path": made.public}),
    )


@keys.command("family")
@option("--agreement-name", required=True, help="The agreement's name, without the round.")
@family_key_option
@ledger_option
@no_passphrase_option
@passphrase_option
@option("--destroy", is_flag=True, help="Destroy the key: the family ends. Writes a signed receipt.")
@identity_option
@option("--identity-passphrase-file", type=FILE, help="The identity's passphrase, where it is another.")
@option("--out", type=FILE, help="The receipt; default NAME-family-destroyed.json.")
@option("--yes", is_flag=True, help="Do not ask.")
def keys_family(
    agreement_name: str,
    family_key: Path,
    ledger: str,
    no_passphrase: bool,
    passphrase_file: Path | None,
    destroy: bool,
    identity: Path,
    identity_passphrase_file: Path | None,
    out: Path | None,
    yes: bool,
) -> None:
    """Make the key of a family (matcher): family.key, for agreements with the method cellkey.

    One for all rounds of the agreement's name, so that the same people have the same noise in each. Back it
    up, and never send it to a party. With --destroy it is destroyed, when the last round is over.

    Example: linkage keys family --agreement-name malmo-sok
    """
    if destroy:
        if no_passphrase:
            raise UsageError(
                "--no-passphrase is for a new key", hint="leave out --no-passphrase, or --destroy"
            )
        _end_family(
            agreement_name, family_key, ledger, passphrase_file, identity, identity_passphrase_file, out, yes
        )
        return
    if out is not None or yes:
        raise UsageError("--out and --yes are for --destroy", hint="leave them out, or add --destroy")
    from linkage.commands.matcher import family_key as flow

    words = asking.passphrase_for_writing(passphrase_file, no_passphrase)
    made = flow(agreement_name, key=family_key, passphrase=words, ledger=ledger)
    for line in made.notes:
        note(line)
    tell(made.as_json(), made.lines(), after=made.after())


def _end_family(
    family: str,
    key: Path,
    ledger: str,
    passphrase_file: Path | None,
    identity: Path,
    identity_passphrase_file: Path | None,
    out: Path | None,
    yes: bool,
) -> None:
    from linkage.commands.matcher import end_family

    question = Text("destroy the key of the family {family} for good?", {"family": family})
    ended = end_family(
        family,
        key=key,
        identity=identity,
        ledger=ledger,
        out=out,
        ask=asking.passphrase_for_reading(passphrase_file),
        ask_identity=asking.passphrase_for_reading(identity_passphrase_file or passphrase_file),
        sure=lambda: asking.sure(yes, question),
    )
    tell(ended.as_json(), ended.lines(), after=ended.after())
