"""A matcher's folder for tests: a real agreement, real keys in files, small real packages."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from keys import files
from keys.identity import Identity, RoundKey
from keys.secret import Secret
from linkage import agreement as agreements
from linkage.commands import ledger_head, matcher
from linkage.ledger import Ledger, RoundId, State
from tests.builders import NOW as NOW
from tests.builders import Scene, random_rows

NAME, NUMBER = "malmo-sok", 1
ROUND = RoundId(NAME, NUMBER)
PARTIES: Mapping[str, tuple[str, ...]] = {"malmo": ("krami", "avanti"), "af": ("etablering",)}
PEOPLE = {"people_counted": 10, "people_total": 10}


def keys(number: int = NUMBER) -> tuple[Mapping[str, Identity], Identity, RoundKey, Secret]:
    """Identities of the parties and the matcher, a round key, a secret; the same at each call."""
    return _keys(number)


@cache
def _keys(number: int) -> tuple[Mapping[str, Identity], Identity, RoundKey, Secret]:
    if number != NUMBER:
        parties, own, _, secret = keys()
        return parties, own, RoundKey.generate("matcher", NAME, number, own), secret
    parties = {party: Identity.generate(party) for party in PARTIES}
    own = Identity.generate("matcher")
    round_key = RoundKey.generate("matcher", NAME, NUMBER, own)
    return parties, own, round_key, Secret.create(NAME, parties["malmo"].public.fingerprint)


EXACT = 'method = "exact"\nagreed = "The board, 2020-01-01."\n'


def agreement_text(number: int = NUMBER, purpose: str = "Count people.", rule: str = EXACT) -> str:
    """A small agreement, ready. rule: what stands under [release]."""
    parties, own, round_key, _ = keys(number)
    lines = [
        'format = "linkage-agreement/1"',
        f'name = "{NAME}"',
        f"round = {number}",
        'title = "Volym"',
        f'purpose = "{purpose}"',
        'basis = "Decided."',
        '[period]\nunit = "month"\nfirst = "2020-01"\nlast = "2020-03"\ncounting = "any-day"',
        '[identifier]\nscheme = "se"\naccept = ["personnummer"]',
        "[dimensions]\nsex = true",
    ]
    for party, series in PARTIES.items():
        identity = parties[party].public.fingerprint
        lines.append(f'[[party]]\nname = "{party}"\ntitle = "{party.title()}"\nidentity = "{identity}"')
        lines += [f'[[party.series]]\nname = "{s}"\ntitle = "{s.title()}"' for s in series]
    lines += [
        '[matcher]\nname = "matcher"\ntitle = "The third party"',
        f'identity = "{own.public.fingerprint}"\nround_key = "{round_key.public.fingerprint}"',
        '[[measure]]\nname = "volume"\ntitle = "People"\ncount = "malmo.* | af.etablering"',
        'parts = ["malmo.*", "af.etablering"]\nby = ["period"]',
        f"[release]\n{rule}",
        '[retention]\ndays = 30\nbasis = "The archive, 2020-01-01."',
    ]
    return "\n".join(lines) + "\n"


@dataclass
class Table:
    """A matcher's folder, the agreement's beside it, and packages on their way."""

    folder: Path
    number: int = NUMBER
    purpose: str = "Count people."
    rule: str = EXACT
    scene: Scene = field(init=False)

    def __post_init__(self) -> None:
        parties, own, round_key, secret = keys(self.number)
        self.home.mkdir(parents=True, exist_ok=True)
        self.agreement.parent.mkdir(exist_ok=True)
        self.agreement.write_text(agreement_text(self.number, self.purpose, self.rule), encoding="utf-8")
        for identity in [*parties.values(), own]:
            (self.agreement.parent / f"{identity.name}.pub").write_text(identity.public.to_text())
        for path, kind, key in ((self.identity, "identity", own), (self.round_key, "round", round_key)):
            if not path.exists():
                files.write_private(path, kind, key.to_bytes(), None)
        agreed = agreements.parse(self.agreement.read_text(encoding="utf-8"))
        self.scene = Scene(agreed, parties, own, round_key, secret)

    def copy(self, folder: Path) -> Table:
        """The same in another folder."""
        shutil.copytree(self.folder, folder)
        return Table(folder, self.number, self.purpose, self.rule)

    @property
    def home(self) -> Path:
        return self.folder / "matcher"

    @property
    def agreement(self) -> Path:
        return self.folder / f"agreement-{self.number}" / "agreement.toml"

    @property
    def identity(self) -> Path:
        return self.home / "identity.key"

    @property
    def round_key(self) -> Path:
        return self.home / f"round-{self.number}.key"

    @property
    def ledger_url(self) -> str:
        return f"sqlite:///{self.home / 'ledger.db'}"

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(self.ledger_url)

    @property
    def store(self) -> Path:
        return self.home / "packages"

    @property
    def out(self) -> Path:
        return self.home / "release"

    @property
    def receipt(self) -> Path:
        return self.home / "receipt.json"

    def package(self, party: str, minute: int = 0, people: int = 10, **options: Any) -> Path:
        """A package of a party, exported so many minutes after NOW: the same at the same minute."""
        path = self.folder / f"{party}-{self.number}-{minute}.link"
        if not path.exists():
            rows = random_rows(self.scene.layout(party), people, seed=minute)
            given: dict[str, Any] = {"now": NOW + dt.timedelta(minutes=minute), "summary_json": PEOPLE}
            path.write_bytes(self.scene.package(party, rows, **(given | options)))
        return path

    def both(self) -> list[Path]:
        """A package of each party."""
        return [self.package(party) for party in PARTIES]

    def receive(self, *packages: Path, **options: Any) -> matcher.ReceiveFacts:
        given: dict[str, Any] = {
            "agreement": self.agreement,
            "ledger": self.ledger_url,
            "store": self.store,
            "now": NOW,
        }
        return matcher.receive(packages, **(given | options))

    def match(self, packages: Sequence[Path] = (), **options: Any) -> matcher.MatchFacts:
        given: dict[str, Any] = {
            "agreement": self.agreement,
            "identity": self.identity,
            "round_key": self.round_key,
            "ledger": self.ledger_url,
            "store": self.store,
            "out": self.out,
            "now": NOW,
        }
        return matcher.match(packages, **(given | options))

    def purge(self, **options: Any) -> matcher.PurgeFacts:
        given: dict[str, Any] = {
            "agreement": self.agreement,
            "identity": self.identity,
            "round_key": self.round_key,
            "ledger": self.ledger_url,
            "store": self.store,
            "out": self.receipt,
            "now": NOW + dt.timedelta(days=31),
        }
        return matcher.purge(**(given | options))

    def status(self) -> matcher.StatusFacts:
        return matcher.status(agreement=self.agreement, ledger=self.ledger_url)

    @property
    def state(self) -> State | None:
        found = self.ledger.round(RoundId(NAME, self.number))
        return found.state if found else None

    def stored(self) -> dict[str, bytes]:
        """Every package of the store."""
        return {
            str(path.relative_to(self.store)): path.read_bytes()
            for path in sorted(self.store.rglob("*"))
            if path.is_file() and path.name != ledger_head.FILE
        }

    def signed(self) -> tuple[bytes, bytes]:
        """release.json and its signature."""
        return (self.out / "release.json").read_bytes(), (self.out / "release.json.sig").read_bytes()
