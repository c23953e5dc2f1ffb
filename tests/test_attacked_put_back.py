"""A number withheld to protect others is put back: the audit refuses whenever an attacker gains by it.

The attacker is the independent one (tests/attacker.py). The audit may refuse more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import NamedTuple

import numpy as np
import pytest

from linkage.errors import ReleaseError
from linkage.measures.figures import Figures, Note
from linkage.release import attacked, gate
from linkage.release.audit.problem import Problem
from linkage.release.audit.solver import AuditError
from linkage.release.audit.verdict import Verdict, audit
from linkage.release.document import Release
from linkage.release.matrix.cells import Index
from linkage.release.matrix.problem import Told
from linkage.release.matrix.problem import told_of as told_of_bytes
from linkage.release.methods import suppress
from linkage.release.protected import Protected, Task
from tests.attacked_random import Round, a_round, released, short_searches
from tests.attacker import Leak, attack

pytestmark = pytest.mark.usefixtures(short_searches.__name__)
COLUMNS = 150
SEEDS = range(8)
TRIES = 2
"""Numbers that are put back of each release."""


class StoppedError(AuditError):
    """The audit refused, and nothing else is to be tried."""


class Gate(NamedTuple):
    """Plays a round whose method is changed. Gives the bytes that were audited, and whether they passed."""

    played: Round
    seed: int
    monkeypatch: pytest.MonkeyPatch

    def release(self, change: Callable[[Task, Protected], Protected]) -> tuple[bytes, bool]:
        seen: list[bytes] = []

        def told_of(release: Release, figures: Figures) -> Iterator[Told]:
            seen.append(release.data)
            return told_of_bytes(release, figures)

        def once(problem: Problem, seconds: float) -> Verdict:
            verdict = audit(problem, seconds)
            if not verdict.passed:
                raise StoppedError("not passed")
            return verdict

        with self.monkeypatch.context() as patch:
            changed = {"suppress": lambda task: change(task, suppress.protect(task))}
            patch.setattr(gate, "METHODS", {**gate.METHODS, **changed})
            patch.setattr(attacked, "audit", once)
            patch.setattr(attacked, "told_of", told_of)
            try:
                released(self.played, self.seed)
            except StoppedError:
                return seen[-1], False
        return seen[-1], True


def complementary(task: Task, protected: Protected) -> Iterator[tuple[str, Index]]:
    """Withheld numbers that are not few: there to protect others, mostly."""
    for name, counts in protected.counts.items():
        people = task.figures.cells[name].people
        for index in np.ndindex(*people.shape):
            if counts.notes[index] == Note.WITHHELD and people[index] >= task.rule.threshold:
                yield name, index


def put_back(number: int, task: Task, protected: Protected) -> Protected:
    """The same, with one of those told; as it is where there are not so many."""
    for name, index in islice(complementary(task, protected), number, number + 1):
        counts = protected.counts[name]
        values, notes = counts.values.copy(), counts.notes.copy()
        values[index], notes[index] = task.figures.cells[name].people[index], Note.KNOWN
        return replace(
            protected, counts={**protected.counts, name: replace(counts, values=values, notes=notes)}
        )
    return protected


def leaks(data: bytes, played: Round) -> set[Leak]:
    return {*attack(data, *played).leaks}


@pytest.mark.parametrize(("months", "seeds"), [(False, SEEDS), (True, SEEDS[:4])])
def test_one_number_put_back_is_refused_whenever_somebody_gains_by_it(
    months: bool, seeds: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    gained = 0
    for seed in seeds:
        player = Gate(a_round(seed, "suppress", months=months, columns=COLUMNS), seed, monkeypatch)
        try:
            before, passed = player.release(lambda _, protected: protected)
        except ReleaseError:
            continue  # refused before: nothing to put back
        for number in range(TRIES * passed):
            data, still = player.release(partial(put_back, number))
            if data == before:
                break
            if leaks(data, player.played) - leaks(before, player.played):
                gained += 1
                assert not still, (seed, number)
    assert gained >= 2
