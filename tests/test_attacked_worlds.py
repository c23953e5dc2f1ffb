"""The worlds by which an audit proves that a number is hidden are realised as people, and counted again.

A world is a table over atoms. If no people could make it with what the reader knows, it would prove nothing:
a hidden attack would show here. Who they could be is looked for among whole histories (tests/attacker.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import local
from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.optimize

from linkage.errors import ReleaseError
from linkage.measures.figures import Figures, Note
from linkage.release import attacked, gate
from linkage.release.audit import attack as audit_attack
from linkage.release.audit.verdict import Verdict
from linkage.release.audit.worlds import Seen
from linkage.release.matrix.rows import Matrix
from linkage.release.protected import Protected, Task
from tests.attacked_histories import Labels, Whole, possible, questions
from tests.attacked_random import METHODS, Round, a_round, released
from tests.attacker import own_groups, person_key

COLUMNS = 150
SEEDS = range(6)
WORLDS = 8
"""Of each release so many are looked at, one of each reader after the other."""


class World(NamedTuple):
    """view: whom it is to deceive; numbers: of each sum of the only part of an audit."""

    view: str
    numbers: Whole


class Played(NamedTuple):
    """A release with the worlds of its audit, and what it was made of."""

    data: bytes
    figures: Figures
    matrix: Matrix
    worlds: Sequence[World]
    protected: Protected


def play(one: Round, seed: int, monkeypatch: pytest.MonkeyPatch) -> Played:
    """Raises ReleaseError where it is refused."""
    found: list[World] = []
    made: list[tuple[Task, Protected]] = []
    here, add, search = local(), Seen.add, audit_attack.Hunt._look

    def look(hunt: Any, *others: Any, **named: Any) -> Any:
        here.view = hunt._view  # readers attack in threads
        return search(hunt, *others, **named)

    def noted(seen: Seen, model: Any, world: Whole | None) -> bool:
        taken = add(seen, model, world)
        if taken and world is not None:
            found.append(World(here.view, model.told.values(world)[: model.cells]))
        return taken

    def protect(task: Task) -> Protected:
        made.append((task, real(task)))
        found.clear()
        return made[-1][1]

    method = one.agreement.release.method
    real = gate.METHODS[method]
    with monkeypatch.context() as patch:
        patch.setattr(audit_attack.Hunt, "_look", look)
        patch.setattr(Seen, "add", noted)
        patch.setattr(gate, "METHODS", {**gate.METHODS, method: protect})
        data = released(one, seed).data
    task, protected = made[-1]
    assert task.matrix
    return Played(data, task.figures, task.matrix, found, protected)


def cells(figures: Figures, matrix: Matrix) -> Iterator[tuple[tuple[str, str, Labels], int]]:
    """Each number that is counted and a single sum: what the attacker calls it, and its sum."""
    for measure in figures.measures:
        axes, where = figures.cells[measure.name].axes, matrix.cells[measure.name]
        for index in np.ndindex(*where.part.shape):
            if where.part[index] == 0:
                at = {axis.name: axis.values[i] for axis, i in zip(axes, index, strict=True)}
                role = str(at.pop("role", "value"))
                at.pop("window", None)
                yield (measure.name, role, frozenset(at.items())), int(where.sum[index])


def realised(one: Round, what: Played, world: World) -> Round | None:
    """People who make the world, and of whom the reader knows what it knew; None where there can be none."""
    columns = possible(one.agreement)
    asked = {(q.measure, q.role, q.labels): q.counted for q in questions(one.agreement, columns)}
    number = {person_key(person): i for i, person in enumerate(columns)}
    true = np.bincount([number[person_key(p)] for p in one.people], minlength=len(columns))
    rows, wanted = [], []
    for label, row in cells(what.figures, what.matrix):
        rows.append(asked[label])
        wanted.append(int(world.numbers[row]))
    group = own_groups(world.view.split("+"), columns)
    for own in np.unique(group[group >= 0]):
        rows.append((group == own).astype(np.int64))
        wanted.append(int(true @ rows[-1]))
    unknown = [person.sex == "other" and one.agreement.dimensions.sex for person in columns]
    found = scipy.optimize.milp(
        np.array(unknown, float),  # such people have no number here: as few as can be
        integrality=np.ones(len(columns)),
        bounds=scipy.optimize.Bounds(0, np.inf),
        constraints=[scipy.optimize.LinearConstraint(np.array(rows), wanted, wanted)],
    )
    if found.x is None:
        return None
    people = [
        p for p, n in zip(columns, np.rint(found.x).astype(int).tolist(), strict=True) for _ in range(n)
    ]
    return one._replace(people=people)


def told_alike(one: Round, seed: int, what: Played, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The release of other people in which the same numbers are withheld."""

    def protect(task: Task) -> Protected:
        counts = {}
        for name, before in what.protected.counts.items():
            known = before.notes == Note.KNOWN
            counts[name] = replace(before, values=np.where(known, task.figures.cells[name].people, 0))
        return replace(what.protected, counts=counts)

    with monkeypatch.context() as patch:
        patch.setattr(gate, "METHODS", {**gate.METHODS, "suppress": protect})
        patch.setattr(attacked, "audit", lambda *_: Verdict((), (), (), 0, 0, 0))
        return released(one, seed).data


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("method", "months"), METHODS)
def test_worlds_are_of_people_who_could_be_and_tell_the_same(
    seed: int, method: str, months: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of numbers that are moved, people are looked for, and not told again: others are moved otherwise."""
    one = a_round(seed, method, months=months, columns=COLUMNS)
    try:
        what = play(one, seed, monkeypatch)
    except ReleaseError:
        return
    assert what.matrix.whole  # else worlds of one stretch would be tied to others
    counted = 0
    for world in what.worlds[:: max(1, len(what.worlds) // WORLDS)]:
        other = realised(one, what, world)
        assert other is not None, world.view
        unknown = one.agreement.dimensions.sex and any(person.sex == "other" for person in other.people)
        if method == "suppress" and not unknown:
            assert told_alike(other, seed, what, monkeypatch) == what.data
            counted += 1
    assert counted or not what.worlds or one.agreement.dimensions.sex or method != "suppress"
