"""People drawn as lines of text, and questions asked of them: for tests of the kinds with answers by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from linkage.dimensions import Dimensions
from linkage.measures.expressions import Expression
from linkage.measures.figures import AxisValue, Cells, Note, People
from linkage.measures.kinds import Questions
from linkage.measures.language import Vocabulary, parse
from linkage.measures.model import Frame, Measure
from linkage.window import Unit, Window


@dataclass(frozen=True)
class Drawn:
    """Names of series over columns of periods: a mark is presence, a point is none.

    The first word of a line is the person's name: a woman's where it ends in a, else a man's. amounts: key of
    a series → name of a person → an amount per period; nothing for those who are left out.
    """

    text: str
    amounts: Mapping[str, Mapping[str, Sequence[int]]] = field(default_factory=dict)
    record_keys: Sequence[int] | None = None

    @property
    def lines(self) -> list[list[str]]:
        """The words of each line, that of the names of series first."""
        return [line.split() for line in self.text.strip().splitlines()]

    @property
    def window(self) -> Window:
        """Months from the first of 2020, as many as are drawn."""
        periods = len(self.lines[1][1])
        return Window(
            Unit.MONTH, "2020-01", f"2020-{periods:02}", {"early": (0, 2), "late": (2, periods - 1)}
        )

    @property
    def frame(self) -> Frame:
        """By sex alone; amounts have a maximum that no drawing reaches."""
        return Frame(self.window, Dimensions(sex=True), dict.fromkeys(self.amounts, 2**32 - 1))

    @property
    def people(self) -> People:
        """All of them, in the order of the lines."""
        keys, *rows = self.lines
        bits = [
            [sum(1 << p for p, mark in enumerate(word) if mark == "█") for word in row[1:]] for row in rows
        ]
        presence = np.array(bits, self.window.dtype).T
        nothing = [0] * len(self.window)
        return People(
            len(rows),
            dict(zip(keys, presence, strict=True)),
            np.array([1 if row[0].endswith("a") else 2 for row in rows], np.uint8),
            np.zeros(len(rows), np.uint8),
            {
                key: np.array([mine.get(row[0], nothing) for row in rows], np.uint32)
                for key, mine in self.amounts.items()
            },
            None if self.record_keys is None else np.array(self.record_keys, np.uint32),
        )

    def read(self, source: str) -> Expression:
        """The expression, over the drawn series."""
        series = {key: (key, True) for key in self.lines[0]}
        return parse(source, Vocabulary(series, {}, sex=True, ages=None, periods=len(self.window)))

    def ask(self, measure: Measure, blocks: int = 2) -> Cells:
        """The cells of one measure, counted in so many blocks."""
        return count([measure], self.frame, self.people, blocks)[0]


def count(measures: Sequence[Measure], frame: Frame, people: People, blocks: int) -> list[Cells]:
    """The cells of each measure over the people, cut into so many blocks; half of them as of a worker."""
    questions = Questions(measures, frame, record_keys=people.record_keys is not None)
    tables, others = questions.zeros(), questions.zeros()
    ends = [people.n * i // blocks for i in range(blocks + 1)]
    for block in range(blocks):
        some = people_at(people, np.arange(ends[block], ends[block + 1]))
        questions.add((tables, others)[block % 2], some)
    tables.add(others)
    cells = questions.figures(tables).cells
    return [cells[m.name] for m in measures]


def people_at(people: People, index: np.ndarray[tuple[int], np.dtype[np.int64]]) -> People:
    """Some of them."""
    return People(
        len(index),
        {key: bits[index] for key, bits in people.presence.items()},
        people.sex[index],
        people.age[index],
        {key: values[index] for key, values in people.amounts.items()},
        None if people.record_keys is None else people.record_keys[index],
    )


def told(cells: Cells, **labels: AxisValue) -> list[int | str]:
    """The numbers and notes at these labels, along the one axis that is not named.

    A label of an axis whose name no keyword can have is written with a line below: from_, in_.
    """
    named = {name.rstrip("_"): value for name, value in labels.items()}
    index = tuple(a.values.index(named[a.name]) if a.name in named else slice(None) for a in cells.axes)
    pairs = zip(np.atleast_1d(cells.people[index]), np.atleast_1d(cells.notes[index]), strict=True)
    return [int(n) if note is Note.KNOWN else note.value for n, note in pairs]
