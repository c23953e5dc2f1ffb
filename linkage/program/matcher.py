"""What the matcher calls: receive, status, match, purge."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.errors import Text
from linkage.program import asking
from linkage.program.conventions import Command
from linkage.program.options import (
    FILE,
    agreement_option,
    family_key_option,
    identity_option,
    ledger_option,
    option,
    passphrase_option,
    round_key_option,
    store_option,
)
from linkage.program.progress import Progress
from linkage.program.terminal import note, tell
from linkage.texts import Lang


@click.command(cls=Command)
@click.argument("packages", type=FILE, nargs=-1, required=True, metavar="PACKAGE...")
@agreement_option
@ledger_option
@store_option
def receive(packages: tuple[Path, ...], agreement: Path, ledger: str, store: Path) -> None:
    """Check packages and keep them, sealed as they came.

    No key is needed. A newer package of a party replaces its older one until the match.

    Example: linkage receive malmo-sok-1-malmo.link --agreement agreement/agreement.toml
    """
    from linkage.commands.matcher import receive as flow

    facts = flow(packages, agreement=agreement, ledger=ledger, store=store)
    for line in facts.notes:
        note(line)
    tell(facts.as_json(), facts.lines(), after=facts.after())


@click.command(cls=Command)
@agreement_option
@ledger_option
def status(agreement: Path, ledger: str) -> None:
    """Tell who has delivered, who is missing, what was refused.

    Example: linkage status --agreement agreement/agreement.toml
    """
    from linkage.commands.matcher import status as flow

    facts = flow(agreement=agreement, ledger=ledger)
    tell(facts.as_json(), facts.lines(), after=facts.after())


@click.command(cls=Command)
@click.argument("packages", type=FILE, nargs=-1, metavar="[PACKAGE]...")
@agreement_option
@identity_option
@round_key_option
@ledger_option
@store_option
@option("--out", type=FILE, default=Path("release"), show_default=True, help="Folder of the release.")
@option("--memory", help="Most memory for counting, such as 500M or 2G.")
@option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Threads that count.")
@option(
    "--reports",
    type=click.Choice(["both", "sv", "en", "none"]),
    default="both",
    show_default=True,
    help="Languages of the reports beside release.json.",
)
@option("--engine", default="local", show_default=True, help="Where to count; this version: local.")
@family_key_option
@passphrase_option
@option("--round-passphrase-file", type=FILE, help="The round key's passphrase, where it is another.")
@option("--family-passphrase-file", type=FILE, help="The family key's passphrase, where it is another.")
def match(
    packages: tuple[Path, ...],
    agreement: Path,
    identity: Path,
    round_key: Path,
    ledger: str,
    store: Path,
    out: Path,
    memory: str | None,
    workers: int,
    reports: str,
    engine: str,
    family_key: Path,
    passphrase_file: Path | None,
    round_passphrase_file: Path | None,
    family_passphrase_file: Path | None,
) -> None:
    """Count, and release: release.json, signed, and the reports.

    Receives what is named, freezes the set, and opens packages in memory only. A round is matched once.
    The key of the family is asked for where the agreement's method is cellkey.

    Example: linkage match malmo.link af.link --agreement agreement/agreement.toml --out release
    """
    from linkage.commands.matcher import match as flow
    from linkage.commands.release import coverage_notes

    bar = Progress("counting")
    facts = flow(
        packages,
        agreement=agreement,
        identity=identity,
        round_key=round_key,
        family_key=family_key,
        ledger=ledger,
        store=store,
        out=out,
        memory=memory,
        workers=workers,
        engine=engine,
        languages=[lang for lang in Lang if reports in {"both", lang.value}],
        ask=asking.passphrase_for_reading(passphrase_file),
        ask_round=asking.passphrase_for_reading(round_passphrase_file or passphrase_file),
        ask_family=asking.passphrase_for_reading(family_passphrase_file or passphrase_file),
        progress=bar,
    )
    bar.close()
    for line in (*facts.notes, *coverage_notes(facts.release)):
        note(line)
    tell(facts.as_json(), facts.lines(), after=facts.after())


@click.command(cls=Command)
@agreement_option
@identity_option
@round_key_option
@ledger_option
@store_option
@option("--out", type=FILE, help="The receipt; default NAME-ROUND-destroyed.json.")
@option("--now", is_flag=True, help="Before the agreed days have passed.")
@option("--give-up", is_flag=True, help="End a round that was not matched.")
@option("--gone", is_flag=True, help="Though the round key or a package is not there any more.")
@option("--yes", is_flag=True, help="Do not ask.")
@passphrase_option
@option("--round-passphrase-file", type=FILE, help="The round key's passphrase, where it is another.")
def purge(
    agreement: Path,
    identity: Path,
    round_key: Path,
    ledger: str,
    store: Path,
    out: Path | None,
    now: bool,
    give_up: bool,
    gone: bool,
    yes: bool,
    passphrase_file: Path | None,
    round_passphrase_file: Path | None,
) -> None:
    """Destroy the round key and the packages of a finished round.

    Writes a signed receipt. After this no copy of a package of the round can be opened.

    Example: linkage purge --agreement agreement/agreement.toml
    """
    from linkage.commands.matcher import purge as flow

    question = Text("destroy the round key and the packages of this round for good?")
    facts = flow(
        agreement=agreement,
        identity=identity,
        round_key=round_key,
        ledger=ledger,
        store=store,
        out=out,
        before_time=now,
        give_up=give_up,
        gone=gone,
        ask=asking.passphrase_for_reading(passphrase_file),
        ask_round=asking.passphrase_for_reading(round_passphrase_file or passphrase_file),
        sure=lambda: asking.sure(yes, question),
    )
    tell(facts.as_json(), facts.lines(), after=facts.after())
