"""What charts of lines share: the look of each line, and its name at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

import altair as alt

from linkage.report.charts.axes import (
    BLACK,
    BLUE,
    GREEN,
    INK,
    LINE,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Number,
    data,
    wrapped,
)

STYLES: Final = (  # colour, dash, shape of the marks: of the first line, the second, …
    (BLUE, [1, 0], "circle"),
    (VERMILLION, [6, 3], "square"),
    (GREEN, [2, 2], "triangle-up"),
    (PURPLE, [8, 3, 2, 3], "diamond"),
    (ORANGE, [4, 4], "triangle-down"),
    (BLACK, [1, 2], "cross"),
    (SKY, [10, 4], "circle"),
    (BLUE, [3, 6], "square"),
)


Say: TypeAlias = Callable[[int | Decimal, str], str]
"""A number and how sure it is, as they are told."""

LABEL: Final = 18  # characters of a line of a name


@dataclass(frozen=True)
class Series:
    """One line of a chart. values: by period or offset, None where nothing is known.

    margins: how sure each is, where they were drawn; else none.
    """

    name: str
    values: tuple[Number, ...]
    margins: tuple[str, ...] = ()

    def said(self, at: int, say: Say) -> str:
        """The value at a place, where one is known, as it is told."""
        value = self.values[at]
        return "" if value is None else say(value, self.margins[at] if self.margins else "")


def by_series(series: Sequence[Series], channel: Any, style: int) -> Any:
    """A channel in which each series has its own look. style: the place in STYLES."""
    looks = [STYLES[i % len(STYLES)][style] for i in range(len(series))]
    return channel("s:N", legend=None, scale=alt.Scale(domain=[s.name for s in series], range=looks))


def named(series: Sequence[Series], placed: Sequence[dict[str, Any]], width: float) -> list[Any]:
    """The names at the right, each behind the mark of its line."""
    base = alt.Chart(data(placed)).encode(y=alt.Y("y:Q"))
    marks = base.transform_filter("datum.first").mark_point(filled=True, size=34, opacity=1)
    return [
        marks.encode(
            x=alt.value(width + 12),
            color=by_series(series, alt.Color, 0),
            shape=by_series(series, alt.Shape, 2),
        ),
        base.mark_text(align="left", baseline="middle", fontSize=12, color=INK).encode(
            x=alt.value(width + 22), text="t:N"
        ),
    ]


def ends(series: Sequence[Series], scale: float, say: Say, when: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Names at the ends of lines, a datum for each line of text, moved apart where they would touch.

    scale: pixels per unit of the values; say: a value as it is told; when: how each place on the axis is
    called, where a reader has to be told of which one the value is.
    """
    found = []
    for one in series:
        known = [(i, v) for i, v in enumerate(one.values) if v is not None]
        if known:
            last, end = known[-1]
            text = wrapped(f"{one.name} {one.said(last, say)}" + (f", {when[last]}" if when else ""), LABEL)
            found.append((float(end) * scale, one.name, text))
    placed, floor = [], float("-inf")
    for pixel, name, text in sorted(found, key=lambda end: end[0]):
        middle = max(pixel, floor + LINE * len(text) / 2)
        floor = middle + LINE * len(text) / 2 + 2
        top = middle + LINE * (len(text) - 1) / 2
        placed += [
            {"s": name, "y": (top - LINE * i) / scale, "t": line, "first": i == 0}
            for i, line in enumerate(text)
        ]
    return placed
