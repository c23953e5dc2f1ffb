"""Where everything of a demo lies while it is played, and how its key files are protected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from linkage.synthetic.demo import Demo

ROUND = 1
KEY_WORDS = "made-up people only"  # opens the keys of the demo, beside which it is written
KEY_WORDS_FILE = "passphrase.txt"


@dataclass(frozen=True)
class Locks:
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
class Play:
    """A demo in its folder: where everything of it lies, and what it is called."""

    demo: Demo
    folder: Path
    locks: Locks

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
