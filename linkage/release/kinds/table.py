"""All rows of one measure, from its released counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from linkage.measures.model import (
    Change,
    Count,
    Duration,
    Flow,
    Frame,
    HowMany,
    Measure,
    Outcome,
    Overlap,
    Share,
)
from linkage.release.counts import Counts, Look, Place
from linkage.release.kinds import amounts, people, shares, stays
from linkage.release.rows import Draft, Row, places, published

_KINDS: Final[Mapping[type[Measure], Callable[[Any, Look, Place], Iterator[Draft]]]] = {
    Count: people.count,
    Overlap: people.overlap,
    HowMany: people.howmany,
    Share: shares.share,
    Flow: stays.flow,
    Outcome: shares.outcome,
    Duration: stays.duration,
    Change: amounts.change,
}


def rows(measure: Measure, counts: Counts, frame: Frame) -> tuple[Row, ...]:
    """The published rows of one measure; no row sees anything but its counts."""
    look = Look(counts)
    window, age = frame.window, frame.dimensions.age
    bands = tuple(b.name for b in age.bands) if age else ()
    every = places(measure.by, window.labels, tuple(window.spans), bands)
    drafts = [draft for place in every for draft in _KINDS[type(measure)](measure, look, place)]
    return published(measure, drafts, drawn=look.drawn)
