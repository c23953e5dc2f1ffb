"""Whole releases by cellkey, attacked by somebody who has only their bytes, a register, and another solver.

The attacker knows the method and its parameters, every combination of series that there could be, and as a
party its own people: nothing of the program's atoms, audit or solver.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

import numpy as np
import pytest
import scipy.optimize

from linkage.errors import ReleaseError
from linkage.release import Release
from linkage.release.audit import search
from linkage.release.audit.solver import AuditError, Solver
from linkage.release.audit.verdict import Verdict
from linkage.release.audit.walk import Walk
from linkage.release.matrix.problem import Rule
from tests.attacked_rounds import Registers, agreement, released
from tests.attacks import family_key

SERIES = ("malmo.krami", "malmo.bas", "af.etab", "af.jobb")
SEEDS = range(200 if os.environ.get("LINKAGE_REQUIRE") == "all" else 30)
MOST = 400

Sets = tuple[str, ...]


def registers(seed: int) -> Registers:
    """Few people in each combination of the series, none in many."""
    rng = Random(seed)  # noqa: S311 - made-up people, the same in every run
    found: dict[str, list[int]] = {series: [] for series in SERIES}
    number = 0
    for combination in range(1, 1 << len(SERIES)):
        for _ in range(rng.choice((0, 0, 1, 2, 4, 8, 16, 30))):
            number += 1
            for i, series in enumerate(SERIES):
                if combination >> i & 1:
                    found[series].append(number)
    return found


QUESTIONS = "".join(
    f'[[measure]]\nname = "{name}"\ntitle = "{name}"\n{asked}\n'
    for name, asked in {
        "sets": 'overlap = ["malmo.krami", "af.etab", "af.jobb"]',
        "parts": 'count = "malmo.krami | af.etab"\nparts = ["malmo.krami", "af.etab"]',
        "both": 'count = "malmo.bas & af.jobb"',
        "lists": 'howmany = ["malmo.bas", "af.etab"]',
    }.items()
)


def combinations() -> list[frozenset[str]]:
    """Who could be: every combination of series."""
    return [frozenset(s for i, s in enumerate(SERIES) if c >> i & 1) for c in range(1, 1 << len(SERIES))]


def asked(row: Mapping[str, Any], measure: str) -> Callable[[frozenset[str]], bool]:
    """Whether somebody in these series is counted in a row."""
    match measure:
        case "sets":
            wanted = set(row["in"])
            return lambda of: of & {"malmo.krami", "af.etab", "af.jobb"} == wanted
        case "both":
            return lambda of: {"malmo.bas", "af.jobb"} <= of
        case "lists":
            return lambda of: len(of & {"malmo.bas", "af.etab"}) == row["lists"]
        case _:
            wanted = {"malmo.krami", "af.etab"} if row["part"] == "unique" else {row["part"]}
            return lambda of: bool(of & wanted)


def rows(release: Release) -> Iterator[tuple[list[int], int | None]]:
    """Each counted row that is told: the combinations that it adds up, and the number that is shown."""
    for table in release.tables:
        for row in table.rows:
            if row.get("part") not in ("sum", "surplus") and row.get("note") != "withheld":
                counted = asked(row, table.measure)
                atoms = [i for i, of in enumerate(combinations()) if counted(of)]
                value = row["value"]
                assert value is None or isinstance(value, int)
                yield atoms, value


def may_be(value: int | None, rule: Mapping[str, Any]) -> tuple[int, int]:
    """What a reader who knows the method takes from a row."""
    if value is None:
        return 0, rule["threshold"] - 1 + rule["D"]
    return max(1, value - rule["D"]), value + rule["D"]


def known(party: str | None, true: list[int]) -> list[tuple[list[int], int]]:
    """A party's own people: how many of each combination of its own series."""
    groups: dict[frozenset[str], list[int]] = {}
    for i, of in enumerate(combinations()):
        own = frozenset(s for s in of if party and s.startswith(f"{party}."))
        if own:
            groups.setdefault(own, []).append(i)
    return [(atoms, sum(true[i] for i in atoms)) for atoms in groups.values()]


def spread(said: list[tuple[list[int], int, int]], cell: list[int]) -> int:
    """How far apart the least and the greatest are that a cell can be."""
    n = len(combinations())
    matrix = np.zeros((len(said), n))
    for i, (atoms, _, _) in enumerate(said):
        matrix[i, atoms] = 1
    cost = np.zeros(n)
    cost[cell] = 1
    within = scipy.optimize.LinearConstraint(matrix, [low for _, low, _ in said], [up for *_, up in said])
    ends: list[int] = []
    for sign in (1, -1):
        found = scipy.optimize.milp(
            sign * cost,
            integrality=np.ones(n),
            bounds=scipy.optimize.Bounds(0, MOST),
            constraints=[within],
            options={"mip_rel_gap": 0.0},
        )
        assert found.x is not None, "what is published cannot all be true"
        ends.append(round(sign * found.fun))
    return ends[1] - ends[0]


def narrow(release: Release, true: list[int]) -> list[tuple[str | None, list[int], int, int]]:
    """What the attacker narrows: reader, cell, how far apart its numbers are and should be."""
    rule: Mapping[str, Any] = release.method
    found: list[tuple[str | None, list[int], int, int]] = []
    for party in (None, "malmo", "af"):
        own = [(atoms, number, number) for atoms, number in known(party, true)]
        said = [(atoms, *may_be(value, rule)) for atoms, value in rows(release)]
        for atoms, _ in rows(release):
            if sum(true[i] for i in atoms) < rule["threshold"]:
                room = min(rule["js"], spread([([], 0, 0), *own], atoms))
                if (apart := spread([*said, *own], atoms)) < room:
                    found.append((party, atoms, apart, room))
    return found


def truth(people: Registers) -> list[int]:
    """How many are in each combination."""
    of: dict[int, set[str]] = {}
    for series, some in people.items():
        for person in some:
            of.setdefault(person, set()).add(series)
    return [sum(frozenset(each) == wanted for each in of.values()) for wanted in combinations()]


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_narrows_a_number_of_few(seed: int) -> None:
    people = registers(seed)
    try:
        release = released(agreement("cellkey", SERIES, QUESTIONS), people, family_key(seed))
    except AuditError:
        return  # refused: nothing to attack
    assert release.audit is not None
    assert release.audit.views == ("outsider", "malmo", "af")
    assert narrow(release, truth(people)) == []


def test_most_of_these_are_released_whole() -> None:
    """Else the test above would say nothing."""
    less = 0
    for seed in range(10):
        try:
            release = released(agreement("cellkey", SERIES, QUESTIONS), registers(seed), family_key(seed))
        except AuditError:
            less += 1
        else:
            less += any(row.get("note") == "withheld" for table in release.tables for row in table.rows)
    assert less <= 1


def test_what_is_narrower_than_it_must_be_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The noise keeps worlds 2 apart and seldom 40: held to that, less of the same release is told."""
    people, agreed = registers(1), agreement("cellkey", SERIES, QUESTIONS)
    before = list(rows(released(agreed, people, family_key(1))))
    monkeypatch.setattr("linkage.release.attacked.rule_of", lambda _: Rule(10, 40, 41))
    after = list(rows(released(agreed, people, family_key(1))))
    assert len(after) < len(before)
    assert all(row in before for row in after)


# -- solvers that fail ------------------------------------------------------------------------------------


def refused(monkeypatch: pytest.MonkeyPatch, **faults: Callable[..., Any]) -> None:
    """No release where the solver has these faults, and worlds are found by nothing else."""
    for name, fault in faults.items():
        monkeypatch.setattr(Solver, name, fault)
    monkeypatch.setattr(search, "by_one_atom", lambda *_: None)
    monkeypatch.setattr(Walk, "to", lambda *_: None)
    with pytest.raises(ReleaseError):
        released(agreement("cellkey", SERIES, QUESTIONS), registers(1), family_key(1))


def test_a_solver_that_stops_is_no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    refused(monkeypatch, near=lambda *_, **__: None, largest=lambda *_, **__: None)


def test_a_solver_that_lies_is_no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tables have thousands of people everywhere: nothing that is published agrees with them."""

    def lie(self: Solver, aims: Any, start: Any, *_: object, **__: object) -> Any:
        return start + 1000

    refused(monkeypatch, near=lie, largest=lie)


def test_a_solver_that_takes_too_long_is_no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.release.audit.solver.Clock.left", lambda _: 0.0)
    refused(monkeypatch)


def test_how_the_audit_went_is_told_to_the_matcher_alone() -> None:
    """Numbers of programs and worlds, for a note; nothing of it stands in the release."""
    release = released(agreement("cellkey", SERIES, QUESTIONS), registers(1), family_key(1))
    assert b'"audit": {"audited": true, "views": ["outsider", "malmo", "af"], "width": 3}' in release.data
    assert not [name for name in ("solves", "worlds", "cells") if name.encode() in release.data]
    assert Verdict((), (), (), 0, 0, 0).passed
