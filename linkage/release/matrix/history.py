"""What former releases tell of the numbers that are about to be told again (docs/release.md, "History").

A number is the same one where the same question was asked, in the same words, of the same period, sex and
age. The matcher has no people of former rounds any more: it knows their releases alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from linkage.release.counts import ALL, MEAN, TIME_AXES
from linkage.release.facts import question
from linkage.release.matrix.bounds import WITHHELD, Bounds, bounds_of, column
from linkage.release.matrix.cells import Index, numbered

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement
    from linkage.measures.figures import Axis, Figures
    from linkage.release.document import Release
    from linkage.release.tables import Table
    from linkage.window import Window

Asked: TypeAlias = tuple[object, ...]
"""Which people are counted: the question and the place in it, then time, sex and age."""


@dataclass(frozen=True)
class Before:
    """What one former release said of a cell. note: why it said no number; empty where it did."""

    measure: str
    cell: Index
    bounds: Bounds
    note: str


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
    that a former release withheld.
    """

    told: tuple[Before, ...] = ()
    changed: tuple[Changed, ...] = ()
    hidden: tuple[tuple[str, Index], ...] = ()


def earlier(figures: Figures, agreement: Agreement, history: Sequence[Release]) -> Earlier:
    """What a history tells of these figures."""
    told, changed, hidden = list[Before](), list[Changed](), list[tuple[str, Index]]()
    now = {asked: place for place, asked in _asked_now(figures, agreement)}
    for release in history:
        same, others = list[Before](), list[Changed]()
        for asked, bounds, note in _asked_then(release, agreement):
            if asked not in now:
                continue
            measure, cell = now[asked]
            people = int(figures.cells[measure].people[cell])
            if note == WITHHELD and release.rule.method == "suppress":
                hidden.append((measure, cell))
            if bounds.low <= people <= bounds.high:
                same.append(Before(measure, cell, Bounds(bounds.low, bounds.high), note))
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
    return Earlier(tuple(told), tuple(changed), tuple(hidden))


def _asked_now(figures: Figures, agreement: Agreement) -> Iterator[tuple[tuple[str, Index], Asked]]:
    for measure in figures.measures:
        cells = figures.cells[measure.name]
        ask = _people(json.loads(json.dumps(question(measure), default=float)))
        for index in numbered(cells):
            labels = _labels(cells.axes, index)
            if place := _place(labels, agreement.window):
                yield (measure.name, index), (*ask(labels), *place)


def _asked_then(release: Release, agreement: Agreement) -> Iterator[tuple[Asked, Bounds, str]]:
    """What a release says of numbers that this agreement could ask for too."""
    if release.rule.method == "dp" or not _alike(release, agreement):
        return
    bounds = bounds_of(release.method)
    for table, found in zip(release.tables, json.loads(release.to_bytes())["tables"], strict=True):
        ask = _people(found)
        for row in table.rows:
            labels = {name: row[name] for name in table.keys}
            place = _place(labels, release.window)
            if place is None or labels.get("part") in ("sum", "surplus") or _derived(table, labels):
                continue
            for role in ("value", "of") if table.rated and column(table, "of") in row else ("value",):
                value = row[column(table, role)]
                if role == "of" and not (isinstance(table.of, str) or table.kind == "outcome"):
                    continue
                note = "" if isinstance(value, int) else str(row.get("note", WITHHELD))
                may_be = bounds(value if isinstance(value, int) else None, note)
                yield (*ask({**labels, "role": role}), *place), may_be, note


def _derived(table: Table, labels: Mapping[str, Any]) -> bool:
    own = table.own_key
    return own in ("length", "offset") and isinstance(labels[own], str)


def _alike(release: Release, agreement: Agreement) -> bool:
    """Whether sexes, ages and presence mean the same in both."""
    age = agreement.dimensions.age
    bands = tuple(band.name for band in age.bands) if age else ()
    same_age = not (release.ages and age) or (release.ages_on == age.on and release.ages == bands)
    return (
        same_age and release.counting == agreement.counting and release.window.unit == agreement.window.unit
    )


def _labels(axes: Sequence[Axis], index: Index) -> dict[str, Any]:
    return {axis.name: axis.values[i] for axis, i in zip(axes, index, strict=True)}


def _place(labels: Mapping[str, Any], window: Window) -> Asked | None:
    """The periods, the sex and the age of a row; None of a mean."""
    time = next((str(labels[name]) for name in TIME_AXES if name in labels), ALL)
    if time == MEAN:
        return None
    who = (labels.get("sex", ALL), labels.get("age", ALL))
    if "period" in labels and time != ALL:
        return ("period", time, *who)
    first, last = (0, len(window) - 1) if time == ALL else window.spans[time]
    # what is known at its edges, and what `ever` looks at, depend on the whole window
    return ("stretch", window.labels[first], window.labels[last], window.first, window.last, *who)


def _people(asked: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Asked]:
    """The labels of a row → which people it counts."""
    match asked["kind"]:
        case "count":
            parts = "parts" in asked
            return lambda own: ("set", own["part"] if parts and own["part"] != "unique" else asked["count"])
        case "share":
            if not isinstance(asked["of"], str):
                return lambda _: ("set", asked["share"])
            return lambda own: ("share", asked["share"], asked["of"], own["role"])
        case "overlap":
            return lambda own: ("in", *asked["overlap"], "of", *own["in"])
        case "howmany":
            return lambda own: ("lists", *asked["howmany"], own["lists"])
        case "flow":
            return lambda own: ("move", *asked["flow"], asked["every"], own["from"], own["to"])
        case "outcome":
            follow = tuple(asked.get(name) for name in ("at", "within", "for"))
            return lambda own: ("outcome", asked["leaving"], asked["to"], follow, own["role"])
        case "duration":
            return lambda own: ("stay", asked["duration"], own["length"])
        case _:
            return lambda _: ("event", asked["around"], asked["before"], asked["after"])
