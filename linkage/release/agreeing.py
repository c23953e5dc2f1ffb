"""Whether the tables of a release agree with themselves and with each other (docs/release.md, check 5).

Works on the published numbers alone, and knows nothing of how they were made: a second opinion, not the same
arithmetic again. Each check is one function and one error; `ALL_CHECKS` is the list, in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from linkage.dimensions import OTHER
from linkage.errors import PackageError, Text
from linkage.release.counts import ALL, MEAN, Place
from linkage.release.rows import Row, Scalar, places
from linkage.release.tables import PART_TOTALS

if TYPE_CHECKING:
    from linkage.release.document import Release
    from linkage.release.tables import Scale, Table

Number: TypeAlias = int | Decimal


class DisagreementError(PackageError):
    """Two numbers of a release cannot both be right."""

    hint = "do not use this release; ask the matcher for release.json again"


class IncompleteError(DisagreementError):
    """A table lacks a row, or has it twice."""


class TotalError(DisagreementError):
    """Sexes or ages do not add up to their total."""


class MeanError(DisagreementError):
    """A mean is not that of its periods."""


class PartsError(DisagreementError):
    """sum or surplus is not that of the parts."""


class PercentError(DisagreementError):
    """A per cent or its distance to the target is not that of its row."""


class ChangeError(DisagreementError):
    """A comparison with a span is not that of the two rows."""


class EverError(DisagreementError):
    """Fewer people over the whole time than in a piece of it, or more than in all pieces together."""


class SameQuestionError(DisagreementError):
    """Two tables answer one question differently."""


class Key(NamedTuple):
    """Where a row stands in its table."""

    place: Place
    own: Scalar

    def said(self) -> Text:
        """The place in words."""
        place = self.place
        parts = [str(label) for label in (place.time, place.sex, place.age) if label is not None]
        own = "+".join(self.own) if isinstance(self.own, tuple) else self.own
        return Text("{row}", {"row": ", ".join([*parts, *([str(own)] if own is not None else [])]) or ALL})


Rows: TypeAlias = Mapping[Key, Row]


def check(release: Release) -> None:
    """Raises the DisagreementError of the first check that fails."""
    rows = {table.measure: _keyed(table, release.scale) for table in release.tables}
    for table in release.tables:
        for one in TABLE_CHECKS:
            one(table, rows[table.measure])
    same_questions(release.tables, rows)


def _keyed(table: Table, scale: Scale) -> Rows:
    """The rows by where they stand. Raises IncompleteError unless every combination is there, once."""
    found: dict[Key, Row] = {}
    for row in table.rows:
        time, sex, age = (row.get(name) for name in (table.time or "", "sex", "age"))
        key = Key(Place(_label(time), _label(sex), _label(age)), row[table.own_key] if table.own_key else None)
        if key in found:
            raise IncompleteError(
                "table {measure} has a row twice: {row}", measure=table.measure, row=key.said()
            )
        found[key] = row
    for place in places(table.dimensions, scale.periods, scale.spans, scale.bands):
        for own in table.own:
            if Key(place, own) not in found:
                raise IncompleteError(
                    "table {measure} lacks a row: {row}", measure=table.measure, row=Key(place, own).said()
                )
    return found


def _label(value: Scalar) -> str | None:
    return value if isinstance(value, str) else None
