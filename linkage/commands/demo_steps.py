"""The steps of the demo: who does what, with which command, and the same as calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfile

from keys.files import modes_protect
from linkage.commands import agreement as agreements
from linkage.commands import identities
from linkage.commands import secret as secrets
from linkage.errors import Text

PARTIES = ("asf", "gvf", "af", "fsf")  # the first makes the secret
MATCHER = "matcher"
FAMILY, ROUND = "malmo-2020", 1
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


def steps(folder: Path) -> list[Step]:
    """Every step of the round, in order; nothing is done before one is played."""
    locks = _Locks(None if modes_protect() else KEY_WORDS)
    if locks.passphrase is not None:
        (folder / KEY_WORDS_FILE).write_text(locks.passphrase + "\n", encoding="utf-8")
    return [
        *(_identity(folder, who, locks) for who in (*PARTIES, MATCHER)),
        _round_key(folder, locks),
        *_agreement(folder),
        _secret(folder, locks),
        *(_accept(folder, who, locks) for who in PARTIES[1:]),
        *(_export(folder, who, locks) for who in PARTIES),
        _match(folder, locks),
        _verify(folder),
    ]


def _identity(folder: Path, who: str, locks: _Locks) -> Step:
    def play() -> None:
        identities.init(who, folder / who, locks.passphrase)
        _carry(folder, who, f"{who}.pub")

    return Step(
        who,
        (f"linkage keys init {who} {locks.make}", f"cp {who}.pub ../agreement/"),
        Text("{who} makes its identity; identity.key stays, {who}.pub is for everybody", {"who": who}),
        play,
    )


def _round_key(folder: Path, locks: _Locks) -> Step:
    def play() -> None:
        from linkage.commands import matcher

        matcher.round_key(
            FAMILY,
            ROUND,
            identity=folder / MATCHER / "identity.key",
            folder=folder / MATCHER,
            passphrase=locks.passphrase,
            ask=locks.ask,
            ledger=_ledger(folder),
        )
        _carry(folder, MATCHER, f"{MATCHER}-round.pub")

    return Step(
        MATCHER,
        (
            f"linkage keys round --agreement-name {FAMILY} --round {ROUND} {locks.make}",
            f"cp {MATCHER}-round.pub ../agreement/",
        ),
        Text("the matcher makes a key for this round alone, to which packages are sealed"),
        play,
    )


def _agreement(folder: Path) -> tuple[Step, Step]:
    agreed = folder / "agreement" / "agreement.toml"
    return (
        Step(
            ".",
            ("linkage agreement fill agreement/agreement.toml",),
            Text("everybody's fingerprints go into the agreement, which then is no draft any more"),
            partial(agreements.fill, agreed),
        ),
        Step(
            ".",
            ("linkage agreement check agreement/agreement.toml",),
            Text("everybody checks the agreement; whoever compares its digest has compared all keys"),
            partial(agreements.check, agreed),
        ),
    )


def _secret(folder: Path, locks: _Locks) -> Step:
    first = PARTIES[0]
    return Step(
        first,
        (f"linkage secret create {_AGREED}{locks.use}",),
        Text(
            "{who} makes the secret, sealed for each other party; the matcher never gets it", {"who": first}
        ),
        partial(
            secrets.create_secret,
            folder / "agreement" / "agreement.toml",
            identity=folder / first / "identity.key",
            secret=folder / first / "secret.key",
            folder=folder / first,
            passphrase=locks.passphrase,
            ask=locks.ask,
        ),
    )


def _accept(folder: Path, who: str, locks: _Locks) -> Step:
    first = PARTIES[0]
    return Step(
        who,
        (f"linkage secret accept ../{first}/secret-{who}.link {_AGREED}{locks.use}",),
        Text("{who} opens the secret that {first} handed over", {"who": who, "first": first}),
        partial(
            secrets.accept_secret,
            folder / first / f"secret-{who}.link",
            folder / "agreement" / "agreement.toml",
            identity=folder / who / "identity.key",
            secret=folder / who / "secret.key",
            passphrase=locks.passphrase,
            ask=locks.ask,
        ),
    )


def _export(folder: Path, who: str, locks: _Locks) -> Step:
    def play() -> None:
        from linkage.commands.export import ShortMap, export

        export(
            agreement=folder / "agreement" / "agreement.toml",
            registers=(),
            register_map=folder / who / "register.toml",
            short=ShortMap(None, None, None, None, None, None),
            identity=folder / who / "identity.key",
            secret=folder / who / "secret.key",
            out=_package(folder, who),
            dry_run=False,
            ask=locks.ask,
            progress=None,
        )

    return Step(
        who,
        (f"linkage export {_AGREED}{locks.use}",),
        Text(
            "{who} turns its registers into a package: no identity numbers, sealed for the matcher",
            {"who": who},
        ),
        play,
    )


def _match(folder: Path, locks: _Locks) -> Step:
    def play() -> None:
        from linkage.commands import matcher

        home = folder / MATCHER
        matcher.match(
            tuple(_package(folder, who) for who in PARTIES),
            agreement=folder / "agreement" / "agreement.toml",
            identity=home / "identity.key",
            round_key=home / "round.key",
            ledger=_ledger(folder),
            store=home / "packages",
            out=home / "release",
            ask=locks.ask,
            ask_round=locks.ask,
        )

    packages = " ".join(f"../{who}/{_package(folder, who).name}" for who in PARTIES)
    return Step(
        MATCHER,
        (f"linkage match {packages} {_AGREED} --out release{locks.use}",),
        Text("the matcher counts the packages, opened in memory only, and signs what it releases"),
        play,
    )


def _verify(folder: Path) -> Step:
    def play() -> None:
        from linkage.commands.release import verify

        verify(folder / MATCHER / "release" / "release.json", folder / "agreement" / "agreement.toml", None)

    return Step(
        ".",
        ("linkage verify matcher/release/release.json --agreement agreement/agreement.toml",),
        Text("anybody checks the release: its signature, its agreement, and that its tables agree"),
        play,
    )


def _carry(folder: Path, who: str, name: str) -> None:
    copyfile(folder / who / name, folder / "agreement" / name)


def _package(folder: Path, who: str) -> Path:
    return folder / who / f"{FAMILY}-{ROUND}-{who}.link"


def _ledger(folder: Path) -> str:
    return f"sqlite:///{(folder / MATCHER / 'ledger.db').as_posix()}"
