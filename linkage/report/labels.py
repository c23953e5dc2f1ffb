"""Which labels are worth showing: an "other" that is nobody is not, nor is each part of a longer span."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.dimensions import OTHER

if TYPE_CHECKING:
    from linkage.release.tables import Table
    from linkage.report.words import Words


def nobody(table: Table, dimension: str) -> bool:
    """Whether the rows of "other" of this dimension count no person. A denominator from elsewhere is none."""
    constant = table.places is not None or isinstance(table.of, int)
    keys = ("value", "people") if constant else ("value", "people", "of")
    return not any(row.get(key) for row in table.rows if row[dimension] == OTHER for key in keys)


def outer_spans(words: Words) -> list[str]:
    """The spans that lie in no other: of years and their tertials, the years."""
    spans = words.release.window.spans
    return [
        name
        for name, (first, last) in spans.items()
        if not any(a <= first and last <= b and (a, b) != (first, last) for a, b in spans.values())
    ]


def labels_of(table: Table, dimension: str) -> list[str]:
    """The labels of a dimension that somebody has; none where the table is not broken down by it."""
    if dimension not in table.dimensions:
        return []
    found = list(dict.fromkeys(str(row[dimension]) for row in table.rows))
    return [label for label in found if label != OTHER or not nobody(table, dimension)]
