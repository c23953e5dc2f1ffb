"""A round each month over the last three, for two years: people come and go, registers are corrected late.

Two parties: malmo knows its own list. Each round, one of its people is put late into a month that was told
before, and whether af has that person too is what malmo would like to know. Now and then af corrects many.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from keys.family import FamilyKey
from linkage.agreement import parse
from linkage.agreement.model import Agreement
from linkage.ledger import Ledger, RoundId, Scope
from linkage.match import count
from linkage.package.layout import Layout
from linkage.release import Release, control
from linkage.release import parse as read
from linkage.release.gate import PackageFact
from linkage.window import Unit, Window
from tests.agreements import FINGERPRINTS, RULES
from tests.attacks import chance
from tests.fake_package import ROUND_KEY, FakePackage, rows_of
from tests.ledgers import TERMS, arrival

NOW = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
ROUNDS = 24
MONTHS = Window(Unit.MONTH, "2020-01", "2022-02", {}).labels
TOLD = 3
"""Months of one round."""
SERIES = ("malmo.krami", "af.etab")
BY_MONTH = "".join(
    f'[[measure]]\nname = "{name}"\ntitle = "T"\ncount = "{asked}"\nby = ["period"]\n'
    for name, asked in (("both", "malmo.krami & af.etab"), ("af", "af.etab"))
)
IN_ALL = BY_MONTH.replace('by = ["period"]\n', "")


def agreement(rule: str, number: int, name: str, questions: str = BY_MONTH) -> Agreement:
    """Round 1 … 24, of the months number … number + 2, counted from 1."""
    parties = "".join(
        f'[[party]]\nname = "{party}"\ntitle = "{party}"\nidentity = "{FINGERPRINTS[party]}"\n'
        f'[[party.series]]\nname = "{series}"\ntitle = "{series}"\n'
        for party, series in (key.split(".") for key in SERIES)
    )
    first, last = MONTHS[number - 1], MONTHS[number + TOLD - 2]
    return parse(
        f'format = "linkage-agreement/1"\nname = "{name}"\nround = {number}\ntitle = "T"\npurpose = "P"\n'
        f'basis = "B"\n[period]\nunit = "month"\nfirst = "{first}"\nlast = "{last}"\ncounting = "any-day"\n'
        f'[identifier]\nscheme = "se"\naccept = ["personnummer"]\n{parties}[matcher]\nname = "matcher"\n'
        f'title = "M"\nidentity = "{FINGERPRINTS["matcher"]}"\n'
        f'round_key = "{FINGERPRINTS["matcher-round"]}"\n'
        f'{questions}[release]\n{RULES[rule]}[retention]\ndays = 30\nbasis = "R"\n'
    )


# -- whom the registers have -------------------------------------------------------------------------------


def late(number: int) -> int:
    """The person whom malmo puts into the middle month of a round, which the round before told without."""
    return 10_000 + number


def with_af(number: int) -> bool:
    """Whether af has had that person in that month all the time."""
    return chance(number).random() < 0.5


def many(number: int) -> frozenset[int]:
    """People whom af puts late into the first month of a round: of malmo's list, and others."""
    own, others = chance(100 + number), range(20_000, 20_030)
    if number % 4 or number < 4:
        return frozenset()
    return frozenset([*own.sample(sorted(_stays("malmo.krami")[number - 1]), 12), *others])


@cache
def _stays(series: str) -> tuple[frozenset[int], ...]:
    """By month, who is there: each month some go and some come."""
    draw = chance(len(series))
    pool = range(120)
    there = set(draw.sample(pool, 45 if series == SERIES[0] else 70))
    found = []
    for _ in MONTHS:
        found.append(frozenset(there))
        there -= set(draw.sample(sorted(there), 4))
        there |= set(draw.sample(sorted(set(pool) - there), 4))
    return tuple(found)


def people(series: str, month: int, number: int) -> frozenset[int]:
    """Who is there in a month (from 0), as the register of a round says it."""
    found = set(_stays(series)[month])
    if series == "malmo.krami":
        found |= {late(n) for n in range(2, number + 1) if n == month}
    else:
        found |= {late(month)} if month > 1 and with_af(month) else set()
        found |= many(month + 1) if number >= month + 1 else set()
    return frozenset(found)


def both(month: int, number: int) -> int:
    """The true number in both."""
    return len(people(SERIES[0], month, number) & people(SERIES[1], month, number))


# -- rounds ------------------------------------------------------------------------------------------------


def _word(person: int, what: str) -> bytes:
    return hashlib.sha256(f"{what} {person}".encode()).digest()[:16]


def _package(agreed: Agreement, party: str, number: int) -> FakePackage:
    layout = Layout.of(agreed, party)
    (series,) = layout.series
    months = [people(series, number - 1 + p, number) for p in range(TOLD)]
    everybody = sorted(frozenset().union(*months))
    bits = [sum(1 << p for p, there in enumerate(months) if person in there) for person in everybody]
    words = {_word(person, "token"): _word(person, "seed") for person in everybody}
    rows = rows_of(list(words), replace(layout, seed=False), {series: bits})
    if layout.seed:
        in_order = b"".join(words[row.tobytes()] for row in rows.tokens)
        rows = replace(rows, seeds=np.frombuffer(in_order, np.uint8).reshape(-1, 16))
    return FakePackage(party, layout, rows)


def key(name: str) -> FamilyKey:
    """That of a family."""
    return FamilyKey(hashlib.sha256(name.encode()).digest(), name)


def released(agreed: Agreement, history: Sequence[Release]) -> Release:
    """What the gate lets out. Raises ReleaseError where it refuses."""
    sent = [_package(agreed, party.name, agreed.round) for party in agreed.parties]
    own = key(agreed.name) if agreed.release.method == "cellkey" else None
    counted = count(sent, agreed, ROUND_KEY, own)
    facts = [PackageFact(p.party, "0" * 32, "0" * 128, 100) for p in sent]
    noise = None if own is None else own.noise_key().draw
    return control(
        counted.figures, agreed, facts, NOW, history, atoms=counted.atoms, key=b"the same", noise=noise
    )


def scope(agreed: Agreement) -> Scope:
    """Whom the ledger notes a round to be about."""
    parties = tuple(sorted((party.name, party.identity or "") for party in agreed.parties))
    return Scope(agreed.release.method, parties, agreed.window.starts[0], agreed.window.last_day)


def kept(ledger: Ledger, agreed: Agreement) -> Release:
    """A round as the ledger has it: refused or audited with what it meets, and kept."""
    round_id, mine, package = RoundId(agreed.name, agreed.round), scope(agreed), arrival("malmo", 1)
    ledger.check_history(round_id, mine, None)
    ledger.receive(replace(TERMS, id=round_id), [package], NOW)
    ledger.freeze(round_id, [package.sha512], NOW, mine)
    made = ledger.releases()
    release = released(agreed, [read(m.release) for m in made if m.scope and m.scope.meets(mine)])
    ledger.release(round_id, release.to_bytes(), bytes(64), NOW, audited=len(made))
    return release


def played(
    names: Callable[[int], str], history: Callable[[str, Sequence[Release]], Sequence[Release]]
) -> list[Release]:
    """All rounds without a ledger. history: the name, and all releases so far → those the gate is given."""
    found: list[Release] = []
    for number in range(1, ROUNDS + 1):
        name = names(number)
        found.append(released(agreement("cellkey", number, name), history(name, found)))
    return found


def told(release: Release, measure: str, month: int) -> int | None:
    """What a release says of a month (from 0)."""
    row = release.table(measure).row(period=MONTHS[month])
    assert row is not None
    value = row["value"]
    assert value is None or isinstance(value, int)
    return value
