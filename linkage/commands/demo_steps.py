"""The steps of the demo: who does what, with which command, and the same as calls."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from keys.files import modes_protect
from linkage.commands import agreement as agreements
from linkage.commands import agreement_check, identities
from linkage.commands import secret as secrets
from linkage.commands.demo_play import KEY_WORDS, KEY_WORDS_FILE, ROUND, Locks, Play, package_name
from linkage.errors import Text
from linkage.synthetic.demo import Demo

_AGREED = "--agreement ../agreement/agreement.toml"


@dataclass(frozen=True)
class Step:
    """One step: in whose folder ("." is the demo's own), the commands as typed there, why, and the call."""

    where: str
    commands: tuple[str, ...]
    what: Text
    play: Callable[[], object]


def steps(demo: Demo, folder: Path) -> list[Step]:
    """Every step of the round, in order; nothing is done before one is played."""
    locks = Locks(None if modes_protect() else KEY_WORDS)
    if locks.passphrase is not None:
        (folder / KEY_WORDS_FILE).write_text(locks.passphrase + "\n", encoding="utf-8")
    play = Play(demo, folder, locks)
    return [
        *(_identity(play, who) for who in (*demo.parties, demo.matcher)),
        _round_key(play),
        *([_family_key(play)] if _by_cellkey(demo) else []),
        *_agreement(play),
        _secret(play),
        *(_accept(play, who) for who in demo.parties[1:]),
        *(_export(play, who) for who in demo.parties),
        _match(play),
        _verify(play),
    ]


def _identity(play: Play, who: str) -> Step:
    def call() -> None:
        identities.init(who, play.folder / who, play.locks.passphrase)
        play.carry(who, f"{who}.pub")

    return Step(
        who,
        (f"linkage keys init {who} {play.locks.make}", f"cp {who}.pub ../agreement/"),
        Text("{who} makes its identity; identity.key stays, {who}.pub is for everybody", {"who": who}),
        call,
    )


def _round_key(play: Play) -> Step:
    name = play.demo.matcher

    def call() -> None:
        from linkage.commands import matcher

        matcher.round_key(
            play.demo.name,
            ROUND,
            identity=play.key(name, "identity"),
            folder=play.folder / name,
            passphrase=play.locks.passphrase,
            ask=play.locks.ask,
            ledger=play.ledger,
        )
        play.carry(name, f"{name}-round.pub")

    return Step(
        name,
        (
            f"linkage keys round --agreement-name {play.demo.name} --round {ROUND} {play.locks.make}",
            f"cp {name}-round.pub ../agreement/",
        ),
        Text("the matcher makes a key for this round alone, to which packages are sealed"),
        call,
    )


def _by_cellkey(demo: Demo) -> bool:
    method: str = tomllib.loads(demo.agreement_text())["release"]["method"]
    return method == "cellkey"


def _family_key(play: Play) -> Step:
    name = play.demo.matcher

    def call() -> None:
        from linkage.commands import matcher

        matcher.family_key(
            play.demo.name,
            key=play.key(name, "family"),
            passphrase=play.locks.passphrase,
            ledger=play.ledger,
        )

    return Step(
        name,
        (f"linkage keys family --agreement-name {play.demo.name} {play.locks.make}",),
        Text("the matcher makes a key for all rounds of this name: the same people get the same noise"),
        call,
    )


def _agreement(play: Play) -> tuple[Step, Step]:
    return (
        Step(
            ".",
            ("linkage agreement fill agreement/agreement.toml",),
            Text("everybody's fingerprints go into the agreement, which then is no draft any more"),
            partial(agreements.fill, play.agreement),
        ),
        Step(
            ".",
            ("linkage agreement check agreement/agreement.toml",),
            Text("everybody checks the agreement; whoever compares its digest has compared all keys"),
            partial(agreement_check.check, play.agreement),
        ),
    )


def _secret(play: Play) -> Step:
    first = play.first
    return Step(
        first,
        (f"linkage secret create {_AGREED}{play.locks.use}",),
        Text(
            "{who} makes the secret, sealed for each other party; the matcher never gets it", {"who": first}
        ),
        partial(
            secrets.create_secret,
            play.agreement,
            identity=play.key(first, "identity"),
            secret=play.key(first, "secret"),
            folder=play.folder / first,
            passphrase=play.locks.passphrase,
            ask=play.locks.ask,
        ),
    )


def _accept(play: Play, who: str) -> Step:
    first = play.first
    return Step(
        who,
        (f"linkage secret accept ../{first}/secret-{who}.link {_AGREED}{play.locks.use}",),
        Text("{who} opens the secret that {first} handed over", {"who": who, "first": first}),
        partial(
            secrets.accept_secret,
            play.folder / first / f"secret-{who}.link",
            play.agreement,
            identity=play.key(who, "identity"),
            secret=play.key(who, "secret"),
            passphrase=play.locks.passphrase,
            ask=play.locks.ask,
        ),
    )


def _export(play: Play, who: str) -> Step:
    def call() -> None:
        from linkage.commands.export import ShortMap, export

        export(
            agreement=play.agreement,
            registers=(),
            register_map=play.folder / who / "register.toml",
            short=ShortMap(None, None, None, None, None, None),
            identity=play.key(who, "identity"),
            secret=play.key(who, "secret"),
            out=play.package(who),
            dry_run=False,
            ask=play.locks.ask,
            progress=None,
        )

    return Step(
        who,
        (f"linkage export {_AGREED}{play.locks.use}",),
        Text(
            "{who} turns its registers into a package: no identity numbers, sealed for the matcher",
            {"who": who},
        ),
        call,
    )


def _match(play: Play) -> Step:
    name, parties = play.demo.matcher, play.demo.parties

    def call() -> object:
        from linkage.commands import matcher

        return matcher.match(
            tuple(play.package(who) for who in parties),
            agreement=play.agreement,
            identity=play.key(name, "identity"),
            round_key=play.key(name, "round"),
            family_key=play.key(name, "family"),
            ledger=play.ledger,
            store=play.folder / name / "packages",
            out=play.release,
            ask=play.locks.ask,
            ask_round=play.locks.ask,
            ask_family=play.locks.ask,
        )

    packages = " ".join(f"../{who}/{package_name(play.demo, who)}" for who in parties)
    return Step(
        name,
        (f"linkage match {packages} {_AGREED} --out release{play.locks.use}",),
        Text(
            "the matcher counts the packages, opened in memory only, attacks what it is about to release as "
            "its readers could, and signs it"
            if _by_cellkey(play.demo)
            else "the matcher counts the packages, opened in memory only, and signs what it releases"
        ),
        call,
    )


def _verify(play: Play) -> Step:
    def call() -> None:
        from linkage.commands.release import verify

        verify(play.release / "release.json", play.agreement, None)

    return Step(
        ".",
        (f"linkage verify {play.demo.matcher}/release/release.json --agreement agreement/agreement.toml",),
        Text("anybody checks the release: its signature, its agreement, and that its tables agree"),
        call,
    )
