"""Columns beside each other: how many stays were how long, and people against places period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import altair as alt

from linkage.report.charts.axes import (
    INK,
    LETTER,
    LINE,
    NARROW_BELOW,
    PALE,
    PALE_EDGE,
    SOFT,
    VERMILLION,
    Layered,
    Number,
    data,
    period_axis,
    scale_to,
    target_line,
    value_axis,
    wrapped,
)

if TYPE_CHECKING:
    from linkage.report.charts.bars import Bar
    from linkage.report.words import Words

HEIGHT: Final = 210
DIGIT: Final = 7.2  # pixels of a digit above a column
ROOM: Final = 46  # of the numbers at the left


@dataclass(frozen=True)
class Mark:
    """A place on the axis that is pointed out: text says what it is, and how much."""

    at: Decimal | int
    text: str


def histogram(counts: Sequence[Number], marks: Sequence[Mark], title: str, width: int) -> Layered:
    """A column for each length, from 1. counts: None where none is told; title: what the lengths are."""
    ticks = scale_to(max(float(c or 0) for c in counts), whole=True)
    size = {"width": width - ROOM - 6, "height": HEIGHT}
    every = max(1, -(-len(counts) // max(2, size["width"] // 26)))
    across = alt.X(
        "a:Q",
        title=title,
        scale=alt.Scale(domain=[0.4, len(counts) + 0.6], nice=False),
        axis=alt.Axis(
            values=list(range(1, len(counts) + 1, every)),
            tickCount=len(counts),
            format="d",
            grid=False,
            labelOverlap=False,
        ),
    )
    half = 0.42 if len(counts) < 40 else 0.36
    values = [
        {"a": i - half, "b": i + half, "v": float(c), "z": 0}
        for i, c in enumerate(counts, 1)
        if c is not None
    ]
    base = alt.Chart(data(values)).encode(y=value_axis(ticks, percent=False))
    return alt.layer(
        base.mark_rect(color=PALE, stroke=PALE_EDGE, strokeWidth=1).encode(x=across, x2="b:Q", y2="z:Q"),
        *_marks(marks, size["width"] / (len(counts) + 0.2), size["width"]),
    ).properties(**size)


def _marks(marks: Sequence[Mark], step: float, width: float) -> list[Any]:
    """Lines over the columns, their texts above: each on a row of its own, on the side that has room."""
    found: list[Any] = []
    for row, mark in enumerate(sorted(marks, key=lambda m: m.at)):
        x = (float(mark.at) - 0.4) * step
        left = x + 8 + LETTER * len(mark.text) > width
        y = -8 - LINE * (len(marks) - 1 - row)
        base = alt.Chart(data([{"t": mark.text}]))
        dash = [1, 0] if row == 0 else [5, 3]
        found += [
            base.mark_rule(color=VERMILLION if row else INK, strokeWidth=2, strokeDash=dash).encode(
                x=alt.value(x), y=alt.value(y - 6), y2=alt.value(HEIGHT)
            ),
            base.mark_text(
                align="right" if left else "left",
                baseline="middle",
                dx=-5 if left else 5,
                fontSize=12,
                color=INK,
            ).encode(x=alt.value(x), y=alt.value(y), text="t:N"),
        ]
    return found


def against_places(
    people: Sequence[Number],
    labels: Sequence[str],
    places: int,
    words: Words,
    said: tuple[str, str],
    width: int,
    target: Bar | None = None,
) -> Layered:
    """A column of people in each period, against a line at the number of places.

    labels: what stands above each column, where there is room; said: what the columns are, and the line.
    target: so many people are aimed at, and how it is said.
    """
    names = [wrapped(name, 16) for name in said]
    room = 0.0 if width < NARROW_BELOW else 20 + LETTER * max(len(line) for name in names for line in name)
    size = {"width": round(width - ROOM - room), "height": HEIGHT}
    ticks = scale_to(max([float(p) for p in people if p is not None] + [float(places)]), whole=True)
    step = size["width"] / (len(people) + 0.2)
    x = period_axis(words, size["width"], padding=0.6)
    values: list[dict[str, Any]] = [
        {"p": period, "v": float(count), "t": label}
        for period, count, label in zip(words.release.window.labels, people, labels, strict=True)
        if count is not None
    ]
    base = alt.Chart(data(values)).encode(x=x, y=value_axis(ticks, percent=False))
    layers: list[Any] = [
        base.mark_bar(color=PALE, stroke=PALE_EDGE, strokeWidth=1, size=max(2.0, step * 0.72)),
        alt.Chart(data([{"y": float(places)}]))
        .mark_rule(color=VERMILLION, strokeWidth=2, strokeDash=[6, 3])
        .encode(y=alt.Y("y:Q")),
    ]
    if target:
        layers += target_line(target.value, target.label)
    if step >= DIGIT * max(len(value["t"]) for value in values):
        layers.append(base.mark_text(baseline="bottom", dy=-4, fontSize=12, color=INK).encode(text="t:N"))
    if room:
        layers += _beside(names, places, ticks[-1], size["width"])
    return alt.layer(*layers).properties(**size)


def _beside(names: Sequence[Sequence[str]], places: int, highest: float, width: float) -> list[Any]:
    """The names of the columns and of the line, at the right."""
    line = HEIGHT * (1 - places / highest)
    below = max(HEIGHT * 0.7, line + LINE * (len(names[1]) + 1))
    found = []
    for name, middle, colour in ((names[1], line, VERMILLION), (names[0], below, SOFT)):
        rows = [{"t": part, "y": middle + LINE * (i - (len(name) - 1) / 2)} for i, part in enumerate(name)]
        found += [
            alt.Chart(data([row]))
            .mark_text(align="left", baseline="middle", fontSize=12, color=INK if colour == SOFT else colour)
            .encode(x=alt.value(width + 8), y=alt.value(row["y"]), text="t:N")
            for row in rows
        ]
    return found
