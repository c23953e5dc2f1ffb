"""Numbers that no row tells and two rows give together: who is in both, or in one and not in the other.

From two lists and everybody in either follows how many are in both; from everybody and those of whom
something is true follows of how many it is not. Such a number is looked for where it must not be told: where
it is of few people, and where rows join several parties' series and it is of nobody.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from linkage.release.counts import ALL
from linkage.release.matrix.across import parties_of
from linkage.release.matrix.cells import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from linkage.measures.atoms import Atoms
    from linkage.measures.figures import Figures
    from linkage.release.audit.problem import Flags
    from linkage.release.matrix.cells import Collector

    Class = tuple[str, str]

MOST: Final = 300
"""Such numbers of a round, at most, and LEAST of each stretch: the nearest first."""
LEAST: Final = 20


class Pairs(NamedTuple):
    """Numbers of sums of one stretch. few: of few people; nobody: of nobody, by several parties' series."""

    few: tuple[int, ...]
    nobody: tuple[int, ...]


class _Cell(NamedTuple):
    """One cell of a stretch: its measure, the parties of whose series it tells, its atoms."""

    measure: str
    parties: frozenset[str]
    atoms: Flags


class _Found(NamedTuple):
    """People whom two cells give together. near: how near these are, the nearest smallest."""

    near: tuple[int, int]
    atoms: Flags
    nobody: bool


def pairs(figures: Figures, atoms: Atoms, collectors: Sequence[Collector], few: int) -> list[Pairs]:
    """By stretch, such sums of fewer people than `few`, which are added to the collectors.

    What a row tells is passed over. The nearest are two rows of one measure, then those of two; totals come
    before sexes and ages.
    """
    found, most = [], max(LEAST, MOST // len(atoms.stretches))
    for stretch, by_class in enumerate(_cells(figures, atoms)):
        people, collector = atoms.stretches[stretch].people, collectors[stretch]
        told = {cell.atoms.tobytes() for cells in by_class.values() for cell in cells}
        new: dict[int, bool] = {}
        for each in sorted(_together(by_class, people, few), key=lambda each: each.near):
            if len(new) < most and each.atoms.tobytes() not in told:
                new[collector.add(each.atoms)] = each.nobody
        found.append(Pairs(tuple(n for n in new if not new[n]), tuple(n for n in new if new[n])))
    return [
        _joined(mine, more)
        for mine, more in zip(found, _over_time(figures, atoms, collectors, few), strict=True)
    ]


def _over_time(figures: Figures, atoms: Atoms, collectors: Sequence[Collector], few: int) -> Iterator[Pairs]:
    """By stretch, who is in a set over that time and not in one of its periods: what two rows of a set tell.

    Of whole histories alone: else the atoms of two stretches are not the same.
    """
    people, most = atoms.stretches[0].people, max(LEAST, MOST // len(atoms.stretches))
    found: list[dict[int, bool]] = [{} for _ in atoms.stretches]
    for joined, rows in _by_time(figures, atoms) if atoms.whole else ():
        for (stretch, mine), (_, other) in permutations(rows, 2):
            rest = mine & ~other
            there = int(people[rest].sum())
            inside = rest.any() and not (other & ~mine).any()
            if inside and there < few and (there or joined) and len(found[stretch]) < most:
                found[stretch][collectors[stretch].add(rest)] = not there
    for new in found:
        yield Pairs(tuple(n for n in new if not new[n]), tuple(n for n in new if new[n]))


def _by_time(figures: Figures, atoms: Atoms) -> Iterator[tuple[bool, list[tuple[int, Flags]]]]:
    """One set of one class: whether it is of several parties' series, and its atoms in each stretch."""
    for measure in figures.measures:
        of = parties_of(measure, figures.cells[measure.name].axes)
        found: defaultdict[tuple[int, str, str], list[tuple[int, Flags]]] = defaultdict(list)
        for _, time, own, sex, age in places(figures.cells[measure.name]):
            if len(stretches := atoms.rows(measure.name, time)) == 1:
                there = atoms.cell(measure.name, own, stretches[0], sex, age)
                found[own, sex, age].append((stretches[0], there))
        yield from ((len(of[own]) > 1, rows) for (own, _, _), rows in found.items())


def _joined(one: Pairs, other: Pairs) -> Pairs:
    return Pairs(*(tuple(dict.fromkeys((*a, *b))) for a, b in zip(one, other, strict=True)))


def _cells(figures: Figures, atoms: Atoms) -> list[dict[Class, list[_Cell]]]:
    """By stretch and class, the cells of different people."""
    found: list[defaultdict[Class, dict[bytes, _Cell]]] = [defaultdict(dict) for _ in atoms.stretches]
    for measure in figures.measures:
        of = parties_of(measure, figures.cells[measure.name].axes)
        for _, time, own, sex, age in places(figures.cells[measure.name]):
            for stretch in atoms.rows(measure.name, time):
                there = atoms.cell(measure.name, own, stretch, sex, age)
                cell = _Cell(measure.name, of[own], there)
                found[stretch][sex, age].setdefault(there.tobytes(), cell)
    return [{of: [*cells.values()] for of, cells in by_class.items()} for by_class in found]


def _together(
    by_class: Mapping[Class, Sequence[_Cell]], people: npt.NDArray[np.int64], few: int
) -> Iterator[_Found]:
    """What any two cells of a class give together and must not be told."""
    for (sex, age), cells in by_class.items():
        there = np.stack([cell.atoms for cell in cells]).astype(np.float64)
        detail = (sex != ALL) + (age != ALL)
        for other, both in ((there, True), (1 - there, False)):
            true, possible = (there * people) @ other.T, there @ other.T > 0
            for i, j in np.argwhere(possible & (true < few)).tolist():
                one, two = cells[i], cells[j]
                nobody = true[i, j] == 0
                if i != j and not (both and i > j) and not (nobody and len(one.parties | two.parties) < 2):
                    atoms = one.atoms & (two.atoms if both else ~two.atoms)
                    yield _Found((int(one.measure != two.measure), detail), atoms, nobody)
