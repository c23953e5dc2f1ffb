"""Bars, one under the other, each with its number at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import altair as alt

from linkage.report.charts.axes import (
    BLUE,
    INK,
    LETTER,
    LINE,
    NARROW_BELOW,
    PALE,
    PALE_EDGE,
    PEACH,
    VERMILLION,
    Layered,
    Number,
    data,
    wrapped,
)

THICK: Final = 16
GAP: Final = 12
_COLOURS: Final = {"plain": (PALE, PALE_EDGE), "strong": (BLUE, BLUE), "added": (PEACH, VERMILLION)}


@dataclass(frozen=True)
class Bar:
    """One bar. kind: "plain", "strong" or "added"; label: its value as said."""

    name: str
    value: Number
    label: str
    kind: str = "plain"


def bars(several: Sequence[Bar], width: int, target: Bar | None = None) -> Layered:
    """Bars named at the left, or each above its bar where there is little room.

    target: a value that they are compared with, as a line through them, and how it is said.
    """
    above = width < NARROW_BELOW
    said = [wrapped(bar.name, 46 if above else 34) for bar in several]
    room = 0 if above else round(12 + LETTER * max(len(line) for text in said for line in text))
    drawn, named, bottom = [], [], 0.0
    for bar, text in zip(several, said, strict=True):
        tall = LINE * len(text)
        top = bottom + (tall if above else max(0.0, (tall - THICK) / 2))
        first = bottom + LINE / 2 if above else top + THICK / 2 - LINE * (len(text) - 1) / 2
        named += [{"y": first + LINE * i, "t": line} for i, line in enumerate(text)]
        fill, edge = _COLOURS[bar.kind]
        length = float(bar.value or 0)
        sides = {"a": top, "m": top + THICK / 2, "b": top + THICK}
        drawn.append({"v": length, "z": 0, "t": bar.label, "f": fill, "e": edge, **sides})
        bottom = max(top + THICK, bottom + tall) + GAP
    longest = max([float(bar.value or 0) for bar in (*several, *([target] if target else []))] + [1.0])
    down = alt.Scale(domain=[bottom, 0], nice=False, zero=False)
    along = alt.Scale(domain=[0, longest], nice=False)
    base = alt.Chart(data(drawn)).encode(x=alt.X("v:Q", title=None, axis=None, scale=along))
    lengths = base.mark_rect(strokeWidth=1).encode(
        x2="z:Q",
        y=alt.Y("a:Q", title=None, axis=None, scale=down),
        y2="b:Q",
        fill=alt.Fill("f:N", scale=None),
        stroke=alt.Stroke("e:N", scale=None),
    )
    numbers = base.mark_text(align="left", baseline="middle", dx=6, fontSize=12, color=INK).encode(
        y=alt.Y("m:Q", scale=down), text="t:N"
    )
    names = alt.Chart(data(named)).mark_text(
        align="left" if above else "right", baseline="middle", fontSize=12, color=INK
    )
    names = names.encode(x=alt.value(0 if above else -8), y=alt.Y("y:Q", scale=down), text="t:N")
    ends = 10 + LETTER * max(len(bar.label) for bar in several)
    size = {"width": round(width - room - ends), "height": bottom - GAP}
    return alt.layer(lengths, *(_target(target, along) if target else ()), numbers, names).properties(**size)


def _target(target: Bar, along: alt.Scale) -> tuple[alt.Chart, alt.Chart]:
    """A line from top to bottom, and what it is, above it."""
    value = float(target.value or 0)
    base = alt.Chart(data([{"v": value, "t": target.label}])).encode(
        x=alt.X("v:Q", title=None, axis=None, scale=along)
    )
    line = base.mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.4)
    said = base.mark_text(align="right", baseline="bottom", dx=0, fontSize=12, color=INK)
    return (
        line.encode(y=alt.value(-8), y2=alt.value("height")),
        said.encode(y=alt.value(-10), text="t:N"),
    )
