"""Withholding: as cheap as can be, safe against an attacker of other make, never unsafe when things fail."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import pytest

from linkage.release.audit.problem import FAR, Part, Problem, Sums, Total
from linkage.release.audit.solver import Clock
from linkage.release.audit.verdict import audit
from linkage.release.methods.suppress import choose as choosing
from linkage.release.methods.suppress.choose import Chosen, SuppressionError, choose
from linkage.release.methods.suppress.pattern import Costs, Pattern, everything, primary, withheld
from linkage.release.methods.suppress.programs import Master, Reader
from linkage.release.methods.suppress.search import NoPatternError, search
from linkage.release.methods.suppress.system import system
from tests.attacker import interval
from tests.exact_suppression import Table, cheapest, reach
from tests.small_tables import problem, published, table

KEY = b"the same in every run of the tests"
TABLES = range(200 if os.environ.get("LINKAGE_REQUIRE") == "all" else 48)
SEVERAL = len(TABLES) // 4
"""Tables that one test compares."""
COARSE = 60


def chosen(made: Table, **options: Any) -> Chosen:
    told, untold, costs = problem(made)
    return choose(told, untold, costs, key=KEY, **options)


@pytest.fixture(scope="module")
def found() -> dict[int, Chosen]:
    """What is chosen for each table, where anything can be."""
    several = {}
    for seed in TABLES:
        try:
            several[seed] = chosen(table(seed))
        except SuppressionError:
            assert cheapest(table(seed)) is None
    assert len(several) > 0.8 * len(TABLES)
    return several


@pytest.mark.parametrize("seeds", [range(n, n + SEVERAL) for n in range(0, len(TABLES), SEVERAL)])
def test_costs_are_the_least_that_one_program_finds(seeds: range, found: dict[int, Chosen]) -> None:
    more = 0
    for seed in seeds:
        if seed in found:
            made = table(seed)
            told, _, costs = problem(made)
            cost = costs.of(found[seed].pattern)
            assert found[seed].cheapest
            assert cost == cheapest(made), seed
            more += cost > costs.of(primary(told, costs))
    assert more > SEVERAL // 10, "tables in which nothing more must be withheld show nothing"


def test_every_sensitive_number_is_withheld(found: dict[int, Chosen]) -> None:
    for seed, choice in found.items():
        assert (choice.pattern.sums[0] | ~np.array(table(seed).sensitive)).all()


def test_an_independent_attacker_narrows_nothing(found: dict[int, Chosen]) -> None:
    looked = 0
    for seed, choice in found.items():
        made = table(seed)
        most = sum(made.people) + 2 * made.width
        for reader in range(len(made.known)):
            said = published(made, choice.pattern, reader)
            for row, atoms in enumerate(made.told):
                need = min(made.width, reach(made, row, reader)) if made.sensitive[row] else 0
                if need:
                    low, high = interval(len(made.people), said, atoms, most)
                    assert high - low >= need, (seed, reader, row)
                    looked += 1
    assert looked > 5 * len(TABLES)


def more_than_sensitive(made: Table, pattern: Pattern) -> list[int]:
    """The numbers that are withheld though they are not sensitive."""
    return [int(row) for row in np.flatnonzero(pattern.sums[0] & ~np.array(made.sensitive))]


def test_with_one_of_them_put_back_the_audit_refuses(found: dict[int, Chosen]) -> None:
    tried = 0
    for seed, choice in found.items():
        made = table(seed)
        told, untold, _ = problem(made)
        for row in more_than_sensitive(made, choice.pattern)[-1:]:
            flags = choice.pattern.sums[0].copy()
            flags[row] = False
            seen = withheld(told, untold, Pattern((flags,), choice.pattern.totals))
            assert not audit(seen).passed, (seed, row)
            tried += 1
    assert tried > 0.4 * len(TABLES)


def test_the_key_alone_decides_between_equals() -> None:
    """Two rows by two columns of one person each, and their totals: several patterns cost the same."""
    rows = [[0], [1], [2], [3], [0, 1], [2, 3], [0, 2], [1, 3], [0, 1, 2, 3]]
    people, told = np.array([2, 30, 30, 30, 30, 30], np.int64), Sums.of([*rows, [0, 4], [4], [5]])
    values = told.values(people)
    sensitive = values == 2
    part = Part("all", people, told, values, values.copy(), sensitive)
    whole = Problem((part,), (), ("outsider",), 2)
    nothing = Problem(
        (Part("all", people, told, np.zeros_like(values), np.full_like(values, FAR), sensitive),),
        (),
        ("outsider",),
        2,
    )
    costs = Costs((np.full(len(values), 10, np.int64),), np.zeros(0, np.int64))
    several = {}
    for number in range(12):
        key = str(number).encode()
        one, again = (choose(whole, nothing, costs, key=key).pattern.sums[0] for _ in range(2))
        assert (one == again).all()
        several[one.tobytes()] = int(one.sum())
    assert len(several) > 1
    assert len(set(several.values())) == 1


def test_without_a_key_nothing_is_chosen() -> None:
    """Ties that anybody can break again would tell why a number was withheld, and not its neighbour."""
    with pytest.raises(ValueError, match="no key"):
        choose(*problem(table(0)), key=b"")


# -- when things fail -------------------------------------------------------------------------------------


def hard() -> Table:
    """One in which more must be withheld than what is sensitive."""
    return next(
        made
        for made in map(table, TABLES)
        if (cost := cheapest(made)) is not None
        and cost > sum(c for c, s in zip(made.costs, made.sensitive, strict=True) if s)
    )


def assert_safe(made: Table, choice: Chosen) -> None:
    told, untold, _ = problem(made)
    assert audit(withheld(told, untold, choice.pattern)).passed


def test_out_of_time_a_breakdown_is_withheld_and_attacked() -> None:
    made = hard()
    _, _, costs = problem(made)
    choice = chosen(made, seconds=0)
    assert choice.coarse
    assert not choice.cheapest
    assert_safe(made, choice)
    assert (choice.pattern.sums[0] == everything(costs).sums[0]).all()


def test_of_coarser_patterns_the_first_that_is_safe_is_taken() -> None:
    made = hard()
    told, untold, costs = problem(made)
    best = chosen(made).pattern
    none = Pattern((np.zeros_like(best.sums[0]),), best.totals)
    choice = choose(told, untold, costs, [none, best, everything(costs)], key=KEY, seconds=0)
    assert choice.coarse
    assert (choice.pattern.sums[0] == best.sums[0]).all()


def test_the_time_for_the_search_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solvers that take long: the search ends, and what it had is attacked."""
    slow = Reader.push

    def push(*args: Any, **options: Any) -> Any:
        time.sleep(0.2)
        return slow(*args, **options)

    monkeypatch.setattr(Reader, "push", push)
    made, begin = hard(), time.monotonic()
    choice = chosen(made, seconds=1)
    assert time.monotonic() - begin < 5
    assert_safe(made, choice)


LIES = {
    "no table is possible": (Reader, "push", lambda *_: None),
    "nothing needs to be withheld": (Master, "cheapest", lambda *_: None),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_solver_that_lies_costs_more_and_is_never_believed(
    lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*LIES[lie])
    made = hard()
    assert_safe(made, chosen(made))


def test_a_search_that_believes_itself_safe_is_attacked_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds what is sensitive and no more, since every attack fails; the audit does not let that pass."""
    monkeypatch.setattr("linkage.release.methods.suppress.attackers.Attackers.rules", lambda *_: iter(()))
    made = hard()
    choice = chosen(made)
    assert choice.coarse
    assert_safe(made, choice)


def test_without_an_audit_in_time_there_is_no_release() -> None:
    with pytest.raises(SuppressionError):
        chosen(hard(), audit_seconds=0)


def test_what_was_told_before_cannot_be_taken_back() -> None:
    """All three numbers of a sum were told once: there is nothing to be withheld any more."""
    people, told = np.array([2, 20], np.int64), Sums.of([[0], [1], [0, 1]])
    values, flags = told.values(people), np.array([True, False, False])
    part = Part("all", people, told, values, values.copy(), flags)
    whole = Problem((part,), (), ("outsider",), 2)
    costs = Costs((np.array([10, 10, 10]),), np.zeros(0, np.int64))
    with pytest.raises(NoPatternError):
        search(system(whole, whole, costs, [0], totals=True), Clock.within(9), np.random.default_rng(1))
    with pytest.raises(SuppressionError):
        choose(whole, whole, costs, key=KEY)


# -- several parts ----------------------------------------------------------------------------------------


def moves(parts: int, size: int) -> tuple[Problem, Problem, Costs]:
    """Parts of the same numbers, and the total of each over all parts, told too."""
    rng = np.random.default_rng(parts)
    told = Sums.of([*([i] for i in range(size)), list(range(size))])
    several, nothing = [], []
    for number in range(parts):
        people = rng.integers(5, 40, size)
        people[number % size] = 2
        values = told.values(people)
        flags = (values > 0) & (values < 5)
        several.append(Part(str(number), people, told, values, values.copy(), flags))
        nothing.append(
            Part(str(number), people, told, np.zeros_like(values), np.full_like(values, FAR), flags)
        )
    pieces = [tuple((n, row) for n in range(parts)) for row in range(size)]
    sums = [sum(int(several[n].told.values(several[n].people)[row]) for n, row in p) for p in pieces]
    totals = tuple(Total(p, s, s) for p, s in zip(pieces, sums, strict=True))
    free = tuple(Total(p, 0, FAR) for p in pieces)
    costs = Costs((np.full(size + 1, 10, np.int64),) * parts, np.full(size, 25, np.int64))
    views = ("outsider",)
    return (
        Problem(tuple(several), (), views, 3, totals),
        Problem(tuple(nothing), (), views, 3, free),
        costs,
    )


@pytest.mark.parametrize("together", [0, 10_000])
def test_totals_over_parts_protect_nobody_by_chance(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searched one by one, or all together: safe, and together no dearer."""
    monkeypatch.setattr(choosing, "_TOGETHER", together)
    told, untold, costs = moves(3, 4)
    choice = choose(told, untold, costs, key=KEY)
    assert audit(withheld(told, untold, choice.pattern)).passed
    assert not choice.coarse
    assert choice.cheapest == (together > 0)
    seen = withheld(told, untold, primary(told, costs))
    assert not audit(seen).passed
    if together:
        monkeypatch.setattr(choosing, "_TOGETHER", 0)
        assert costs.of(choice.pattern) <= costs.of(choose(told, untold, costs, key=KEY).pattern)
