"""Rows of counts, overlaps and howmany: unique people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.measures.figures import Note
from linkage.release.counts import ALL, Answer, less, total
from linkage.release.rows import Draft, combinations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.measures.model import Count, HowMany, Overlap
    from linkage.release.counts import Look, Place

_UNDATED = Answer(None, Note.NO_DATES)


def count(measure: Count, look: Look, place: Place) -> Iterator[Draft]:
    """One row, or with parts one for each of them, and their sum beside the unique people."""
    if not measure.parts:
        yield Draft(place, {}, {"value": look.answer(place)})
        return
    parts = [look.answer(place, i) for i in range(len(measure.parts))]
    unique = look.answer(place, len(parts))
    both = total(parts)
    if place.time not in (None, ALL) and not all(e.dated for e in (measure.count, *measure.parts)):
        unique = both = _UNDATED  # one part without dates leaves nothing to set beside the others
    for part, answer in zip(measure.parts, parts, strict=True):
        yield Draft(place, {"part": part.source}, {"value": answer})
    for name, answer in (("sum", both), ("unique", unique), ("surplus", less(both, unique))):
        yield Draft(place, {"part": name}, {"value": answer})


def overlap(measure: Overlap, look: Look, place: Place) -> Iterator[Draft]:
    """A row for each combination of sets."""
    for i, names in enumerate(combinations(tuple(s.source for s in measure.sets))):
        yield Draft(place, {"in": names}, {"value": look.answer(place, i)})


def howmany(measure: HowMany, look: Look, place: Place) -> Iterator[Draft]:
    """A row for each number of lists."""
    for i in range(len(measure.lists)):
        yield Draft(place, {"lists": i + 1}, {"value": look.answer(place, i)})
