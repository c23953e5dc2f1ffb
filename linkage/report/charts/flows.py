"""Moves between states: where people are at the left, where they are afterwards at the right, bands between.

A Sankey diagram of two columns. Vega-Lite has none, so its shapes are worked out here, in pixels. A state has
the colour of its place in the list, the same on both sides, and its name and number beside it; what stays is
paler than what moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import altair as alt

from linkage.report.charts.axes import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    INK,
    LETTER,
    LINE,
    NARROW_BELOW,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    Layered,
    data,
    wrapped,
)
from linkage.report.charts.series import Say

COLOURS: Final = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, YELLOW, BLACK)
TALL: Final = 240  # pixels of all people together, on a wide chart and on a narrow one
TALL_NARROW: Final = 220
THICK: Final = 12  # of a state's bar
GAP: Final = 10  # between two states
STEPS: Final = 20  # points of the edge of a band
READABLE: Final = 14  # a band of fewer pixels has no room for its number
STAYS, MOVES = 0.28, 0.62  # opacity


@dataclass(frozen=True)
class Stream:
    """People who go from one state to another, or stay: states by their index; value: above zero.

    margin: how sure the value is, where it was drawn.
    """

    start: int
    end: int
    value: int | Decimal
    margin: str = ""


@dataclass(frozen=True)
class _Side:
    """One column: where each state's bar starts, the texts beside the bars, and where the last one ends."""

    tops: dict[int, float]
    texts: list[dict[str, Any]]
    bottom: float


def flows(
    states: Sequence[str],
    streams: Sequence[Stream],
    say: Say,
    whole: int | Decimal,
    width: int,
) -> Layered:
    """The streams between states, of which the last is grey.

    say: a number as it is told; no state has one where numbers were drawn, as their sums have no interval.
    whole: how many are as tall as the chart, so that charts can be compared.
    """
    narrow = width < NARROW_BELOW
    letters = 13 if narrow else 22
    scale = (TALL_NARROW if narrow else TALL) / float(whole)
    total = None if any(stream.margin for stream in streams) else say
    left = _side(states, _sums(streams, "start"), total, scale, letters)
    right = _side(states, _sums(streams, "end"), total, scale, letters)
    rooms = [round(14 + LETTER * max(len(text["t"]) for text in side.texts)) for side in (left, right)]
    size = {"width": max(width - sum(rooms), 90), "height": max(left.bottom, right.bottom) - GAP}
    across = alt.Scale(domain=[0, size["width"]], nice=False)
    down = alt.Scale(domain=[size["height"], 0], nice=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=None, axis=None, scale=across)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, axis=None, scale=down)

    colours = [*(COLOURS[i % len(COLOURS)] for i in range(len(states) - 1)), GREY]
    bands, numbers = _bands(streams, left.tops, right.tops, scale, size["width"])
    areas = alt.Chart(data([band | {"c": colours[band["i"]]} for band in bands]))
    bars = [
        {"a": a, "b": a + THICK, "y": side.tops[i], "z": side.tops[i] + float(total) * scale, "c": colours[i]}
        for side, key, a in ((left, "start", 0.0), (right, "end", size["width"] - THICK))
        for i, total in _sums(streams, key).items()
    ]
    shown = [{"x": n["x"], "y": n["y"], "t": say(n["v"], n["m"])} for n in numbers] or [
        {"x": 0, "y": 0, "t": ""}
    ]
    colour = alt.Color("c:N", scale=None)
    return alt.layer(
        areas.mark_area(strokeWidth=0.7).encode(
            x=x("x"),
            y=y("y"),
            y2="z:Q",
            detail="n:N",
            fill=alt.Fill("c:N", scale=None),
            stroke=alt.Stroke("c:N", scale=None),
            opacity=alt.Opacity("o:Q", scale=None),
        ),
        alt.Chart(data(bars))
        .mark_rect(opacity=1)
        .encode(x=x("a"), x2="b:Q", y=y("y"), y2="z:Q", color=colour),
        alt.Chart(data(shown))
        .mark_text(align="left", baseline="middle", fontSize=11, color=INK)
        .encode(x=x("x"), y=y("y"), text="t:N"),
        alt.Chart(data(left.texts))
        .mark_text(align="right", baseline="middle", fontSize=12, color=INK)
        .encode(x=alt.value(-8), y=y("y"), text="t:N"),
        alt.Chart(data(right.texts))
        .mark_text(align="left", baseline="middle", fontSize=12, color=INK)
        .encode(x=alt.value(size["width"] + 8), y=y("y"), text="t:N"),
    ).properties(**size)


def _sums(streams: Sequence[Stream], side: str) -> dict[int, int | Decimal]:
    """How many are in each state that somebody is in, in the order of the states."""
    found: dict[int, int | Decimal] = {}
    for stream in sorted(streams, key=lambda s: int(getattr(s, side))):
        at = int(getattr(stream, side))
        found[at] = found.get(at, 0) + stream.value
    return found


def _side(
    states: Sequence[str],
    sums: dict[int, int | Decimal],
    say: Say | None,
    scale: float,
    letters: int,
) -> _Side:
    """Bars one under the other, each with room for its name and number."""
    tops: dict[int, float] = {}
    texts: list[dict[str, Any]] = []
    bottom = 0.0
    for i, total in sums.items():
        lines = [*wrapped(states[i], letters), *([say(total, "")] if say else [])]
        thick = float(total) * scale
        slot = max(thick, LINE * len(lines))
        tops[i] = bottom + (slot - thick) / 2
        first = bottom + slot / 2 - LINE * (len(lines) - 1) / 2
        texts += [{"y": first + LINE * k, "t": line} for k, line in enumerate(lines)]
        bottom += slot + GAP
    return _Side(tops, texts, bottom)


def _bands(
    streams: Sequence[Stream], left: dict[int, float], right: dict[int, float], scale: float, width: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The points of each band, and the number that stands in it where there is room.

    Bands leave a state in the order of where they go, and arrive in the order of where they come from.
    """
    leaves, arrives = dict(left), dict(right)
    starts = {}
    for stream in sorted(streams, key=lambda s: (s.start, s.end)):
        starts[stream] = leaves[stream.start]
        leaves[stream.start] += float(stream.value) * scale
    points: list[dict[str, Any]] = []
    numbers: list[dict[str, Any]] = []
    for n, stream in enumerate(sorted(streams, key=lambda s: (s.end, s.start))):
        thick, a, b = float(stream.value) * scale, starts[stream], arrives[stream.end]
        arrives[stream.end] += thick
        look = {"n": n, "i": stream.start, "o": STAYS if stream.start == stream.end else MOVES}
        for k in range(STEPS + 1):
            t = k / STEPS
            y = round(a + (b - a) * t * t * (3 - 2 * t), 2)
            x = round(THICK + (width - 2 * THICK) * t, 2)
            points.append({**look, "x": x, "y": y, "z": round(y + thick, 2)})
        if thick >= READABLE:
            numbers.append({"x": THICK + 6, "y": a + thick / 2, "v": stream.value, "m": stream.margin})
    return points, numbers
