"""What former releases tell of the numbers that are about to be told again (docs/release.md, "History").

A number is the same one where the same people were asked for, in whatever words (see `asked`), of the same
periods, sex and age. The matcher has no people of former rounds any more: it knows their releases alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from linkage.release.facts import question
from linkage.release.matrix.asked import Reading
from linkage.release.matrix.bounds import WITHHELD, Bounds, bounds_of, column
from linkage.release.matrix.cells import Index, numbered

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement
    from linkage.measures.figures import Figures
    from linkage.release.document import Release
    from linkage.release.matrix.asked import Asked
    from linkage.release.tables import Table

Cell: TypeAlias = tuple[str, Index]
"""A measure, and a place in its cells."""


@dataclass(frozen=True)
class Before:
    """What one former release said of a cell. note: why it said no number; empty where it did: `value`."""

    measure: str
    cell: Index
    bounds: Bounds
    note: str
    value: int | None = None


@dataclass(frozen=True)
class Changed:
    """A number of another time: so many people came into it since (sign 1), or went (-1), perhaps none."""

    measure: str
    cell: Index
    sign: int
    people: int
    bounds: Bounds


@dataclass(frozen=True)
class Earlier:
    """What all former releases tell together.

    told: what the numbers may be, where people are as they were; changed: where they cannot be; hidden: cells
    that a former release withheld; last: what was said last of a cell, true still or not.
    """

    told: tuple[Before, ...] = ()
    changed: tuple[Changed, ...] = ()
    hidden: tuple[Cell, ...] = ()
    last: Mapping[Cell, Before] = field(default_factory=dict)


def earlier(figures: Figures, agreement: Agreement, history: Sequence[Release]) -> Earlier:
    """What a history tells of these figures; oldest release first."""
    told, changed, hidden = list[Before](), list[Changed](), list[tuple[str, Index]]()
    last: dict[Cell, Before] = {}
    now = _asked_now(figures, agreement) if history else {}
    for release in history:
        same, others = list[Before](), list[Changed]()
        for (measure, cell), bounds, note, value in _told_then(release, agreement, now):
            people = int(figures.cells[measure].people[cell])
            if note == WITHHELD and release.rule.method == "suppress":
                hidden.append((measure, cell))
            else:
                last[measure, cell] = Before(measure, cell, bounds, note, value)
            if bounds.low <= people <= bounds.high:
                same.append(Before(measure, cell, bounds, note, value))
            elif people > bounds.high:
                others.append(Changed(measure, cell, 1, people - bounds.high, bounds))
            else:
                others.append(Changed(measure, cell, -1, bounds.low - people, bounds))
        if others:  # somebody came or went: that a number is what it was tells that they are none of these
            others += [
                Changed(b.measure, b.cell, 1, 0, b.bounds) for b in same if b.bounds.low == b.bounds.high
            ]
            same = [b for b in same if b.bounds.low != b.bounds.high]
        told, changed = [*told, *same], [*changed, *others]
    return Earlier(tuple(told), tuple(changed), tuple(hidden), last)


def _asked_now(figures: Figures, agreement: Agreement) -> dict[Asked, list[Cell]]:
    """Whom the cells count, and in which it is asked."""
    reading = Reading(agreement, agreement.window)
    found: defaultdict[Asked, list[Cell]] = defaultdict(list)
    for measure in figures.measures:
        cells = figures.cells[measure.name]
        asked = json.loads(json.dumps(question(measure), default=float))
        for index in numbered(cells):
            labels = {axis.name: axis.values[i] for axis, i in zip(cells.axes, index, strict=True)}
            if (whom := reading.asked(asked, labels)) is not None:
                found[whom].append((measure.name, index))
    return dict(found)


def _told_then(
    release: Release, agreement: Agreement, now: Mapping[Asked, Sequence[Cell]]
) -> Iterator[tuple[Cell, Bounds, str, int | None]]:
    """What a release says of the cells that count the same people: what they may be, why no number, which."""
    if release.rule.method == "dp" or release.counting != agreement.counting:
        return
    reading = Reading(agreement, release.window, ages=_same_ages(release, agreement))
    bounds = bounds_of(release.method)
    for table, found in zip(release.tables, json.loads(release.to_bytes())["tables"], strict=True):
        for row in table.rows:
            labels = {name: row[name] for name in table.keys}
            if labels.get("part") in ("sum", "surplus") or _derived(table, labels):
                continue
            for role in ("value", "of") if table.rated and column(table, "of") in row else ("value",):
                if role == "of" and not (isinstance(table.of, str) or table.kind == "outcome"):
                    continue
                number = row[column(table, role)]
                value = number if isinstance(number, int) else None
                note = "" if value is not None else str(row.get("note", WITHHELD))
                whom = reading.asked(found, {**labels, "role": role})
                for cell in now.get(whom, ()) if whom is not None else ():
                    yield cell, bounds(value, note), note, value


def _derived(table: Table, labels: Mapping[str, Any]) -> bool:
    own = table.own_key
    return own in ("length", "offset") and isinstance(labels[own], str)


def _same_ages(release: Release, agreement: Agreement) -> bool:
    """Whether ages mean the same in both."""
    age = agreement.dimensions.age
    bands = tuple(band.name for band in age.bands) if age else ()
    return age is not None and release.ages_on == age.on and release.ages == bands
