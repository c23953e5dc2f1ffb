"""Random small releases: two or three sets, few classes, sparse counts; readers know their own sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from linkage.release.audit.problem import FAR, Part, Problem, Sums
from linkage.release.methods.suppress.pattern import Costs, Pattern
from tests.attacker import Said
from tests.exact_suppression import Table

THRESHOLDS = (3, 4, 5)


def table(seed: int) -> Table:
    """Everybody is in a combination of sets, and in a class. Told: combinations, sets, classes, all."""
    rng = np.random.default_rng(seed)
    sets = int(rng.integers(2, 4))
    classes = int(rng.integers(1, 5 - sets + 1))
    atoms = [(mask, c) for c in range(classes) for mask in range(1, 1 << sets)]
    small, large = rng.integers(0, 6, len(atoms)), rng.integers(0, 40, len(atoms))
    people = [int(n) for n in np.where(rng.random(len(atoms)) < 0.6, small, large)]
    told = set()
    for c in (None, *range(classes)):
        mine = [i for i, (_, other) in enumerate(atoms) if c in (None, other)]
        told.add(tuple(mine))
        for mask in range(1, 1 << sets):
            if rng.random() < 0.7:
                told.add(tuple(i for i in mine if atoms[i][0] == mask))
        for one in range(sets):
            told.add(tuple(i for i in mine if atoms[i][0] >> one & 1))
    rows = sorted(told)
    threshold = int(rng.choice(THRESHOLDS))
    values = [sum(people[a] for a in row) for row in rows]
    sensitive = [0 < v < threshold or (v == 0 and rng.random() < 0.3) for v in values]
    views = [(), *((one,) for one in range(sets))]
    if sets == 3:
        views += [(0, 1), (0, 2), (1, 2)]
    known = [_groups(atoms, classes, view) for view in views]
    costs = [round(10 + 10 * float(np.log1p(v))) for v in values]
    return Table(people, rows, costs, sensitive, known, int(rng.integers(1, threshold + 1)))


def _groups(atoms: list[tuple[int, int]], classes: int, view: tuple[int, ...]) -> list[list[int]]:
    """Who has these sets knows how many people of each class are in which of them."""
    mine = sum(1 << one for one in view)
    kinds = sorted({mask & mine for mask, _ in atoms} - {0})
    every = [
        [i for i, (m, k) in enumerate(atoms) if k == c and m & mine == d]
        for c in range(classes)
        for d in kinds
    ]
    return [group for group in every if group]


def problem(made: Table) -> tuple[Problem, Problem, Costs]:
    """With every number told; with none; and what each costs."""
    people, told = np.array(made.people, np.int64), Sums.of(made.told)
    values = told.values(people)
    known = {f"view {i}": Sums.of(groups) for i, groups in enumerate(made.known) if groups}
    flags = np.array(made.sensitive, np.bool_)
    part = Part("2020-01", people, told, values, values.copy(), flags, known)
    views = tuple(f"view {i}" for i in range(len(made.known)))
    whole = Problem((part,), (), views, made.width)
    nothing = replace(part, low=np.zeros_like(values), high=np.full_like(values, FAR))
    costs = Costs((np.array(made.costs, np.int64),), np.zeros(0, np.int64))
    return whole, replace(whole, parts=(nothing,)), costs


def published(made: Table, pattern: Pattern, reader: int) -> list[Said]:
    """What a reader has: the numbers that are not withheld, and its own."""
    values = [sum(made.people[a] for a in row) for row in made.told]
    said = [Said(row, v) for row, v, f in zip(made.told, values, pattern.sums[0], strict=True) if not f]
    return said + [Said(group, sum(made.people[a] for a in group)) for group in made.known[reader]]
