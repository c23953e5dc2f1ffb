"""Tiny rounds through match and gate: registers of one month in, the bytes of a release out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from keys.family import FamilyKey
from linkage.agreement import parse
from linkage.agreement.model import Agreement
from linkage.match import count
from linkage.package.layout import Layout
from linkage.release import Release, control
from linkage.release.gate import PackageFact
from tests.agreements import FINGERPRINTS, RULES
from tests.fake_package import ROUND_KEY, FakePackage, rows_of

NOW = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
TIES = b"the same in every run of the tests"
Registers = Mapping[str, Iterable[int]]
"""party.series → its people, each a number of ours."""


def agreement(
    rule: str, series: Sequence[str], questions: str, number: int = 1, name: str = "tiny"
) -> Agreement:
    """A round of one month of malmo and af. rule: of tests.agreements.RULES; series: party.series."""
    parties = ""
    for party in ("malmo", "af"):
        parties += f'[[party]]\nname = "{party}"\ntitle = "{party}"\nidentity = "{FINGERPRINTS[party]}"\n'
        own = [s.removeprefix(f"{party}.") for s in series if s.startswith(f"{party}.")]
        parties += "".join(f'[[party.series]]\nname = "{s}"\ntitle = "{s}"\n' for s in own)
    return parse(
        f'format = "linkage-agreement/1"\nname = "{name}"\nround = {number}\ntitle = "T"\npurpose = "P"\n'
        'basis = "B"\n[period]\nunit = "month"\nfirst = "2020-01"\nlast = "2020-01"\ncounting = "any-day"\n'
        f'[identifier]\nscheme = "se"\naccept = ["personnummer"]\n{parties}[matcher]\nname = "matcher"\n'
        f'title = "M"\nidentity = "{FINGERPRINTS["matcher"]}"\n'
        f'round_key = "{FINGERPRINTS["matcher-round"]}"\n'
        f'{questions}[release]\n{RULES[rule]}[retention]\ndays = 30\nbasis = "R"\n'
    )


def _word(person: int, what: str) -> bytes:
    return hashlib.sha256(f"{what} {person}".encode()).digest()[:16]


def _package(agreed: Agreement, party: str, registers: Registers) -> FakePackage:
    layout = Layout.of(agreed, party)
    people = sorted({person for key in layout.series for person in registers[key]})
    columns = {key: [int(person in set(registers[key])) for person in people] for key in layout.series}
    words = {_word(person, "token"): _word(person, "seed") for person in people}
    rows = rows_of(list(words), replace(layout, seed=False), columns)
    if layout.seed:
        in_order = b"".join(words[row.tobytes()] for row in rows.tokens)
        rows = replace(rows, seeds=np.frombuffer(in_order, np.uint8).reshape(-1, 16))
    return FakePackage(party, layout, rows)


def released(
    agreed: Agreement, registers: Registers, key: FamilyKey | None = None, history: Sequence[Release] = ()
) -> Release:
    """What the gate lets out. Raises ReleaseError where it refuses."""
    sent = [_package(agreed, party.name, registers) for party in agreed.parties]
    counted = count(sent, agreed, ROUND_KEY, key)
    facts = [PackageFact(p.party, "0" * 32, "0" * 128, 100) for p in sent]
    noise = None if key is None else key.noise_key().draw
    return control(counted.figures, agreed, facts, NOW, history, atoms=counted.atoms, key=TIES, noise=noise)


def told(release: Release, key: str) -> dict[str, int | None]:
    """The numbers of all tables: measure and what `key` says of the row → the number, or None."""
    found: dict[str, int | None] = {}
    for table in release.tables:
        for row in table.rows:
            value = row["value"]
            assert value is None or isinstance(value, int)
            found[f"{table.measure} {row.get(key, '')}".strip()] = value
    return found
