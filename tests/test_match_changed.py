"""People who changed number: joined as docs/package.md says, whoever knows of it, however the work is cut."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage import intake
from linkage.changed import joined
from linkage.errors import PackageError
from linkage.match import MemoryBudgetError, count
from linkage.measures.expressions import Expression, Or, Presence
from linkage.measures.model import Count, HowMany
from linkage.package.errors import PairError
from linkage.package.pairs import Pairs
from tests.builders import Part, Scene, assemble, header, plain_part, plain_summary, scene
from tests.fake_package import ROUND_KEY, FakePackage, rows_of, token

PARTIES = {"malmo": ("krami", "lista!"), "af": ("etablering",), "region": ("vard",)}
NUMBERS = [f"{i}" for i in range(9)]
"""What stands for an identity number here: its token is made up from it."""


class Row(NamedTuple):
    """Presence in the party's series, sex and age."""

    presence: tuple[int, ...]
    sex: int
    age: int


Register = Mapping[str, Row]
Known = Sequence[tuple[str, str]]
"""(newest, previous) numbers that a party knows."""


@cache
def here() -> Scene:
    made = scene(periods=3, parties=tuple(PARTIES.items()))
    full = made.agreement.window.full
    series = [f"{p}.{s.rstrip('!')}" for p, names in PARTIES.items() for s in names if not s.endswith("!")]
    a, b, c = (Presence(key) for key in series)
    sets = tuple(Expression(tree.series, tree, full, True, "") for tree in (a, b, c))
    somewhere = Expression("all", Or(a, Or(b, c)), full, True, "all")
    ever = Expression("malmo.lista", Presence("malmo.lista"), full, False, "lista")
    measures = (
        Count("m", "M", ("period", "sex", "age"), None, somewhere, sets),
        Count("u", "U", ("sex",), None, ever),
        HowMany("h", "H", ("period",), None, sets),
    )
    return replace(made, agreement=replace(made.agreement, measures=measures))


def package(party: str, register: Register, known: Known = (), ranges: int = 0) -> FakePackage:
    layout = here().layout(party)
    columns = {key: [row.presence[i] for row in register.values()] for i, key in enumerate(layout.series)}
    columns |= {
        "sex": [row.sex for row in register.values()],
        "age": [row.age for row in register.values()],
    }
    rows = rows_of([token(number) for number in register], layout, columns)
    pairs = Pairs.none()
    if known:
        newest, previous = (
            np.frombuffer(b"".join(token(n) for n in side), np.uint8).reshape(-1, 16)
            for side in zip(*known, strict=True)
        )
        pairs = Pairs.of(newest, previous)
    return FakePackage(party, layout, rows, ranges, known=pairs)


def cells(packages: Sequence[FakePackage], blocks: int | None = None, workers: int = 1) -> list[object]:
    counted = count(packages, here().agreement, ROUND_KEY, blocks=blocks, workers=workers)
    return [counted.figures.cells[name].people.tolist() for name in ("m", "u", "h")]


# -- the same, in plain sets --------------------------------------------------------------------------------


def newest_of(registers: Sequence[Register], known: Sequence[Known]) -> dict[str, str]:
    """Number → the newest of its person, by what docs/package.md says."""
    pairs = {
        (new, old)
        for register, mine in zip(registers, known, strict=True)
        for new, old in mine
        if new in register
    }
    groups = {number: {number} for number in NUMBERS}
    for _ in NUMBERS:
        for new, old in pairs:
            together = groups[new] | groups[old]
            groups |= dict.fromkeys(together, together)
    found = {}
    for number, group in groups.items():
        last = [n for n in group if n not in {old for _, old in pairs}]
        found[number] = last[0] if len(group) <= 4 and len(last) == 1 else number
    return found


def merged(registers: Sequence[Register], newest: Mapping[str, str]) -> Sequence[Register]:
    """The registers with each person under its newest number, whose rows tell its sex and age."""
    said: dict[str, list[set[int]]] = {}
    for register in registers:
        for number, row in register.items():
            if newest[number] == number:
                for codes, code in zip(said.setdefault(number, [set(), set()]), row[1:], strict=True):
                    codes.add(code)
    found: list[Register] = []
    for register in registers:
        people: dict[str, Row] = {}
        for number, row in register.items():
            person = newest[number]
            sex, age = (codes.copy().pop() if len(codes) == 1 else 0 for codes in said[person])
            before = people[person].presence if person in people else (0,) * len(row.presence)
            together = tuple(a | b for a, b in zip(before, row.presence, strict=True))
            people[person] = Row(together, sex, age)
        found.append(people)
    return found


@st.composite
def registers(draw: st.DrawFn) -> list[Register]:
    found: list[Register] = []
    for series in PARTIES.values():
        bits = st.tuples(*(st.sampled_from([7]) if s.endswith("!") else st.integers(1, 7) for s in series))
        row = st.builds(Row, bits, st.integers(0, 2), st.integers(0, 3))
        found.append(draw(st.dictionaries(st.sampled_from(NUMBERS), row, max_size=9)))
    return found


KNOWN = st.lists(
    st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)).filter(lambda p: p[0] != p[1]), max_size=4
)


@settings(deadline=None, max_examples=120)
@given(
    registers(),
    st.tuples(KNOWN, KNOWN, KNOWN),
    st.tuples(*[st.integers(0, 3)] * 3),
    st.sampled_from([1, 2, 8, 32]),
    st.integers(1, 2),
)
def test_joining_is_a_merger_of_plain_registers(
    own: list[Register], known: tuple[Known, ...], ranges: tuple[int, ...], blocks: int, workers: int
) -> None:
    sent = [package(*one) for one in zip(PARTIES, own, known, ranges, strict=True)]
    newest = newest_of(own, known)
    plain = merged(own, newest)
    under = [{number for register in own for number in register if newest[number] == n} for n in NUMBERS]
    told = count(sent, here().agreement, ROUND_KEY).joined
    assert told == sum(len(numbers) > 1 for numbers in under)
    expected = cells([package(party, people) for party, people in zip(PARTIES, plain, strict=True)])
    assert cells(sent, blocks=blocks, workers=workers) == expected


# -- one case each ------------------------------------------------------------------------------------------


def people(*registers: Register, known: Sequence[Known]) -> int:
    """People who were somewhere in the window."""
    sent = [package(*one) for one in zip(PARTIES, registers, known, strict=True)]
    counted = count(sent, here().agreement, ROUND_KEY).figures.cells["m"]
    return int(counted.people[tuple(axis.values.index(_ALL[axis.name]) for axis in counted.axes)])


_ALL = {"role": "unique", "part": "unique", "period": "all", "sex": "all", "age": "all"}


def some(*numbers: str, series: int = 1) -> Register:
    return {number: Row((1, 7)[:series], 1, 1) for number in numbers}


CASES: dict[str, tuple[list[tuple[str, ...]], list[Known], int]] = {
    "nothing known": ([("0",), ("1",), ()], [(), (), ()], 2),
    "known to one": ([("0",), ("1",), ()], [[("0", "1")], (), ()], 1),
    "known to the one who has the old number too": ([("0", "1"), ("1",), ()], [[("0", "1")], (), ()], 1),
    "its newest is in no row of its own": ([("0",), ("1",), ()], [(), [("0", "1")], ()], 2),
    "a chain over two parties": ([("0",), ("1",), ("2",)], [[("0", "1")], [("1", "2")], ()], 1),
    "the old number is nowhere": ([("0",), (), ()], [[("0", "8")], (), ()], 1),
    "four numbers": ([("0", "1"), ("2",), ("3",)], [[("0", "1"), ("0", "2"), ("0", "3")], (), ()], 1),
    "five numbers": (
        [("0", "1"), ("2",), ("3",)],
        [[("0", "1"), ("0", "2"), ("0", "3"), ("0", "4")], (), ()],
        4,
    ),
    "five over two parties": (
        [("0",), ("2", "4"), ("3",)],
        [[("0", "1"), ("0", "2")], [("2", "3"), ("2", "4")], ()],
        4,
    ),
    "two newest": ([("0",), ("1",), ("2",)], [[("0", "2")], [("1", "2")], ()], 3),
    "in a circle": ([("0",), ("1",), ()], [[("0", "1")], [("1", "0")], ()], 2),
    "a circle with a way out": ([("0", "2"), ("1",), ()], [[("0", "1"), ("2", "0")], [("1", "0")], ()], 1),
}


@pytest.mark.parametrize("case", CASES)
def test_who_is_joined(case: str) -> None:
    own, known, expected = CASES[case]
    registers = [some(*numbers, series=len(PARTIES[p])) for p, numbers in zip(PARTIES, own, strict=True)]
    assert people(*registers, known=known) == expected


def test_sex_and_age_are_those_of_the_newest_number() -> None:
    """Legal gender changed: what the old number says of it does not count, and is no disagreement."""
    own: list[Register] = [{"0": Row((1, 7), 1, 2)}, {"1": Row((2,), 2, 1)}, {}]
    known: list[Known] = [[("0", "1")], (), ()]
    sent = [package(*one) for one in zip(PARTIES, own, known, strict=True)]
    counted = count(sent, here().agreement, ROUND_KEY).figures.cells["m"]
    where = {"period": "all", "role": "unique", "part": "unique"}

    def number(sex: str, age: str) -> int:
        labels = where | {"sex": sex, "age": age}
        return int(counted.people[tuple(axis.values.index(labels[axis.name]) for axis in counted.axes)])

    assert number("woman", "all") == 1
    assert number("man", "all") == number("other", "all") == 0


def test_many_changes_and_small_blocks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(1)
    numbers = [f"p{i}" for i in range(3000)]
    own: list[Register] = []
    for series in PARTIES.values():
        mine = draw.choice(3000, 1500, replace=False)
        own.append(
            {
                numbers[i]: Row((int(draw.integers(1, 8)), 7)[: len(series)], int(draw.integers(3)), 1)
                for i in mine
            }
        )
    known: list[Known] = [
        [(n, numbers[i]) for n, i in zip(list(register)[:400], draw.integers(0, 3000, 400), strict=True)]
        for register in own
    ]
    known = [[pair for pair in mine if pair[0] != pair[1]] for mine in known]
    sent = [package(*one, ranges=2) for one in zip(PARTIES, own, known, strict=True)]
    expected = cells(sent)
    monkeypatch.setattr("linkage.match.plan._ASIDE", 64)
    monkeypatch.setattr("linkage.match.plan._FEW", 16)
    assert cells(sent, blocks=64, workers=2) == expected
    assert cells([package(*one) for one in zip(PARTIES, own, [()] * 3, strict=True)]) != expected


def test_groups_of_a_hundred_thousand_are_found_at_once() -> None:
    pairs = [(i, i + 1) for i in range(100_000)]
    assert joined([*pairs, (200_000, 200_001)]) == ([([200_000, 200_001], 200_000)], 1)


def test_memory_counts_pairs() -> None:
    own = [some("0", series=len(series)) for series in PARTIES.values()]
    without = [package(*one) for one in zip(PARTIES, own, [()] * 3, strict=True)]
    count(without, here().agreement, ROUND_KEY, memory=5_000_000)
    with_pairs = [package(*one) for one in zip(PARTIES, own, [[("0", "1")]] * 3, strict=True)]
    with pytest.raises(MemoryBudgetError):
        count(with_pairs, here().agreement, ROUND_KEY, memory=5_000_000)


# -- sealed -------------------------------------------------------------------------------------------------


def taken_in(data: bytes) -> intake.Package:
    return intake.check(partial(io.BytesIO, data), here().agreement, here().keys)


def test_sealing_changes_nothing() -> None:
    made = here()
    own = [some("0", "2", series=2), some("1", "3"), some("3", "4")]
    known: list[Known] = [[("0", "1")], (), [("4", "3")]]
    plain = [package(*one) for one in zip(PARTIES, own, known, strict=True)]
    sealed = [taken_in(made.package(p.party, p.rows, pairs=p.known, summary_json=SUMMARY2)) for p in plain]
    counted = count(sealed, made.agreement, made.round_key)
    assert [counted.figures.cells[n].people.tolist() for n in ("m", "u", "h")] == cells(plain)


SUMMARY2 = {"people_counted": 2, "people_total": 3}


def test_wrong_pairs_end_the_match() -> None:
    made = here()
    plain = [package(p, some("0", series=len(s))) for p, s in PARTIES.items()]
    facts = header(made, "malmo", pairs=1)
    twice = bytes([2, 0, 0, 0]) + bytes(64)
    parts = [
        Part(0, twice),
        Part(1, plain_part(plain[0].layout, plain[0].rows)),
        Part(2, plain_summary(SUMMARY2)),
    ]
    wrong = taken_in(assemble(facts, parts, made.parties["malmo"], made.round_key.public.seal))
    others = [taken_in(made.package(p.party, p.rows, summary_json=SUMMARY2)) for p in plain[1:]]
    with pytest.raises(PackageError) as refused:
        count([wrong, *others], made.agreement, made.round_key)
    assert type(refused.value) is PairError
