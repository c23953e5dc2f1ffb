"""Expressions over the bitmaps of one block (4-measures, "Expressions").

All expressions of a count become one program, in which each distinct subexpression is one step. A block works
a step out when it is first asked for and forgets it after the last time. A step's bits are zero outside its
known periods, so what stands beyond an edge of the window is never taken for a "yes".
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.dimensions import SEXES
from linkage.measures.expressions import AtLeast, Bridge, OfAge, OfSex, Presence, Was, Will, Within
from linkage.measures.operators import OPERATORS
from linkage.measures.trees import children, known

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from linkage.measures.expressions import Expression, Tree
    from linkage.measures.figures import Bits, People
    from linkage.measures.model import Frame


class Step(NamedTuple):
    """One subexpression: its tree, the steps of its parts, and the bitmap of its known periods."""

    tree: Tree
    parts: tuple[int, ...]
    known: int


class Program:
    """The expressions of all measures as steps, each distinct subexpression once.

    uses[i] is how often the answer of step i is asked for in one block.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.steps: list[Step] = []
        self.uses: list[int] = []
        self._asked: list[int] = []
        self._same: dict[object, int] = {}
        self.age_rows = _age_rows(frame)

    def add(self, expression: Expression) -> int:
        """The step that answers this expression; every block will be asked for it once more."""
        return self.add_tree(expression.tree)

    def add_tree(self, tree: Tree) -> int:
        """As add, for what a measure asks beside what is written."""
        step = self._step(tree, {})
        self.uses[step] += 1
        self._asked.append(step)
        return step

    def known(self, step: int) -> int:
        """The bitmap of the periods in which the answer of a step is known."""
        return self.steps[step].known

    def _step(self, tree: Tree, seen: dict[int, int]) -> int:
        """The step of a tree, found by the steps of its parts: trees that share parts are slow to compare."""
        if id(tree) not in seen:
            parts = tuple(self._step(child, seen) for child in children(tree))
            key = (type(tree), parts, _own(tree))
            if key not in self._same:
                self._same[key] = len(self.steps)
                self.steps.append(Step(tree, parts, known(tree, len(self.frame.window))))
                self.uses.append(0)
                for part in parts:
                    self.uses[part] += 1
            seen[id(tree)] = self._same[key]
        return seen[id(tree)]

    def most_held(self) -> int:
        """How many answers a block keeps for later at a time, at most, if it is asked in the order of add."""
        left, held, most = list(self.uses), set[int](), 0

        def ask(step: int) -> None:
            nonlocal most
            if step not in held:
                for part in self.steps[step].parts:
                    ask(part)
            left[step] -= 1
            (held.add if left[step] else held.discard)(step)
            most = max(most, len(held))

        for step in self._asked:
            ask(step)
        return most

    @property
    def series(self) -> frozenset[str]:
        """The series that any expression looks at."""
        return frozenset(step.tree.series for step in self.steps if isinstance(step.tree, Presence))

    @property
    def looks_at_sex(self) -> bool:
        """Whether any expression does."""
        return any(isinstance(step.tree, OfSex) for step in self.steps)

    @property
    def looks_at_age(self) -> bool:
        """Whether any expression does."""
        return any(isinstance(step.tree, OfAge) for step in self.steps)


class Block:
    """The people of one token range, and what is worked out of them while it is counted.

    keep: answers are kept, however often they are asked for: for few people at a time.
    """

    def __init__(self, program: Program, people: People, *, keep: bool = False) -> None:
        self.people = people
        self._keep = keep
        self._program = program
        self._left = list(program.uses)
        self._held: dict[int, Bits] = {}
        self._classes: dict[tuple[bool, bool], npt.NDArray[np.intp] | None] = {}

    def bits(self, step: int) -> Bits:
        """The answer of a step for each person, zero outside its known periods; shape (n,)."""
        answer = self._held.pop(step, None)
        if answer is None:
            tree, parts, known_bits = self._program.steps[step]
            answer = self._work_out(tree, [self.bits(part) for part in parts], known_bits)
        self._left[step] -= 1
        if self._keep or self._left[step] > 0:
            self._held[step] = answer
        return answer

    def _work_out(self, tree: Tree, parts: Sequence[Bits], known_bits: int) -> Bits:
        window = self._program.frame.window
        match tree:
            case Presence(series):
                return self.people.presence[series]
            case OfSex(code):
                return _all_bits_of((code,), window.full, window.dtype)[self.people.sex]
            case OfAge(codes):
                return _all_bits_of(codes, window.full, window.dtype)[self.people.age]
            case _:
                mask = window.dtype.type(known_bits)
                answer: Bits = OPERATORS[type(tree)](tree, parts) & mask
                return answer

    @cached_property
    def record_keys(self) -> npt.NDArray[np.float64] | None:
        """The people's record keys as floats, which is what they are added up as; or None."""
        keys = self.people.record_keys
        return None if keys is None else keys.astype(np.float64)

    def classes(self, *, sex: bool, age: bool) -> npt.NDArray[np.intp] | None:
        """Each person's class: sex code times age rows plus age row, of the dimensions asked for; or None."""
        if (sex, age) not in self._classes:
            self._classes[sex, age] = self._class_of(sex=sex, age=age)
        return self._classes[sex, age]

    def _class_of(self, *, sex: bool, age: bool) -> npt.NDArray[np.intp] | None:
        rows = self._program.age_rows
        if sex and age:
            return (
                np.arange(len(SEXES))[self.people.sex] * age_row_count(self._program.frame)
                + rows[self.people.age]
            )
        if sex:
            return self.people.sex.astype(np.intp)
        return rows[self.people.age] if age else None


def bits(expression: Expression, people: People, frame: Frame) -> Bits:
    """The bitmap of one expression for each of these people, zero outside its known periods; shape (n,)."""
    program = Program(frame)
    step = program.add(expression)
    return Block(program, people).bits(step)


def age_row_count(frame: Frame) -> int:
    """Rows of a table by age: the bands, and "other"."""
    return len(frame.dimensions.age.bands) + 1 if frame.dimensions.age else 1


def _age_rows(frame: Frame) -> npt.NDArray[np.intp]:
    """Age piece code → row of a table by age; the last row is "other"."""
    ages = frame.dimensions.age
    if ages is None:
        return np.zeros(1, np.intp)
    order = {band.name: row for row, band in enumerate(ages.bands)}
    return np.array([order.get(ages.row(code), len(order)) for code in range(len(ages.pieces) + 1)], np.intp)


def _own(tree: Tree) -> object:
    """What tells two trees of the same kind and the same parts apart."""
    match tree:
        case Presence(series):
            return series
        case OfSex(code):
            return code
        case OfAge(codes):
            return codes
        case AtLeast(least, _):
            return least
        case Was(_, k) | Will(_, k) | Within(_, k) | Bridge(_, k):
            return k
        case _:
            return None


def _all_bits_of(codes: Sequence[int], full: int, dtype: np.dtype[np.unsignedinteger]) -> Bits:
    """Code → all bits where it is among `codes`, none elsewhere."""
    table = np.zeros(256, dtype)
    table[list(codes)] = full
    return table
