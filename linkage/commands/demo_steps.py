"""The steps of the demo: who does what, with which command, and the same as calls."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfile

from keys.files import modes_protect
from linkage.commands import agreement as agreements
from linkage.commands import agreement_check, identities
from linkage.commands import secret as secrets
from linkage.errors import Text
from linkage.synthetic.demo import Demo

ROUND = 1
KEY_WORDS = "made-up people only"  # opens the keys of the demo, beside which it is written
KEY_WORDS_FILE = "passphrase.txt"
_AGREED = "--agreement ../agreement/agreement.toml"


@dataclass(frozen=True)
class Step:
    """One step: in whose folder ("." is the demo's own), the commands as typed there, why, and the call."""

    where: str
    commands: tuple[str, ...]
    what: Text
    play: Callable[[], object]


@dataclass(frozen=True)
class _Locks:
    """How the demo's key files are protected: by file modes, or where these mean nothing by a passphrase."""

    passphrase: str | None

    @property
    def make(self) -> str:
        """The option of commands that make a key file."""
        return "--no-passphrase" if self.passphrase is None else f"--passphrase-file ../{KEY_WORDS_FILE}"

    @property
    def use(self) -> str:
        """The option of commands that read one."""
        return "" if self.passphrase is None else f" --passphrase-file ../{KEY_WORDS_FILE}"

    def ask(self) -> str:
        """What a user would type."""
        return self.passphrase or ""


@dataclass(frozen=True)
class _Play:
    """A demo in its folder: where everything of it lies, and what it is called."""

    demo: Demo
    folder: Path
    locks: _Locks

    @property
    def first(self) -> str:
        """The party that makes the secret."""
        return self.demo.parties[0]

    @property
    def agreement(self) -> Path:
        """The agreement that everybody has."""
        return self.folder / "agreement" / "agreement.toml"

    @property
    def release(self) -> Path:
        """What the matcher releases."""
        return self.folder / self.demo.matcher / "release"

    @property
    def ledger(self) -> str:
        """The matcher's database."""
        return f"sqlite:///{(self.folder / self.demo.matcher / 'ledger.db').as_posix()}"

    def key(self, who: str, kind: str) -> Path:
        """A private key: identity, secret, round or family."""
        return self.folder / who / f"{kind}.key"

    def package(self, who: str) -> Path:
        """The package of a party."""
        return self.folder / who / package_name(self.demo, who)

    def carry(self, who: str, name: str) -> None:
        """Hand a public file to everybody."""
        copyfile(self.folder / who / name, self.folder / "agreement" / name)


def package_name(demo: Demo, who: str) -> str:
    """The file name of a party's package."""
    return f"{demo.name}-{ROUND}-{who}.link"


def steps(demo: Demo, folder: Path) -> list[Step]:
    """Every step of the round, in order; nothing is done before one is played."""
    locks = _Locks(None if modes_protect() else KEY_WORDS)
    if locks.passphrase is not None:
        (folder / KEY_WORDS_FILE).write_text(locks.passphrase + "\n", encoding="utf-8")
    play = _Play(demo, folder, locks)
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


def _identity(play: _Play, who: str) -> Step:
    def call() -> None:
        identities.init(who, play.folder / who, play.locks.passphrase)
        play.carry(who, f"{who}.pub")

    return Step(
        who,
        (f"linkage keys init {who} {play.locks.make}", f"cp {who}.pub ../agreement/"),
        Text("{who} makes its identity; identity.key stays, {who}.pub is for everybody", {"who": who}),
        call,
    )


def _round_key(play: _Play) -> Step:
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


def _family_key(play: _Play) -> Step:
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


def _agreement(play: _Play) -> tuple[Step, Step]:
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


def _secret(play: _Play) -> Step:
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


def _accept(play: _Play, who: str) -> Step:
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


def _export(play: _Play, who: str) -> Step:
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


def _match(play: _Play) -> Step:
    name, parties = play.demo.matcher, play.demo.parties

    def call() -> None:
        from linkage.commands import matcher

        matcher.match(
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
        Text("the matcher counts the packages, opened in memory only, and signs what it releases"),
        call,
    )


def _verify(play: _Play) -> Step:
    def call() -> None:
        from linkage.commands.release import verify

        verify(play.release / "release.json", play.agreement, None)

    return Step(
        ".",
        (f"linkage verify {play.demo.matcher}/release/release.json --agreement agreement/agreement.toml",),
        Text("anybody checks the release: its signature, its agreement, and that its tables agree"),
        call,
    )
