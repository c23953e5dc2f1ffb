"""Sets that overlap: a bar for each combination, and below it dots for the sets that it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from linkage.report.charts.axes import BLUE, FAINT, INK, LETTER, LINE, PALE, Layered, Number, data, wrapped

TALL: Final = 170  # pixels: of the tallest bar, of a line of dots, between the two
ROW: Final = 36
GAP: Final = 26
WIDEST: Final = 78  # from one combination to the next, at most


@dataclass(frozen=True)
class Combination:
    """People in all of `sets` and no other, sets by their index; name and label: as they are said."""

    sets: tuple[int, ...]
    name: str
    value: Number
    label: str


def combinations(sets: Sequence[str], found: Sequence[Combination], width: int) -> Layered:
    """An UpSet chart: the combinations in the order given, what joins several sets in a darker blue."""
    said = [wrapped(name, 30) for name in sets]
    room = 24 + LETTER * max(len(line) for text in said for line in text)
    step = min((width - room) / len(found), WIDEST)
    middles = [step * (i + 0.5) for i in range(len(found))]
    lines = [TALL + GAP + ROW * (i + 0.5) for i in range(len(sets))]
    size = {"width": round(step * len(found)), "height": round(TALL + GAP + ROW * len(sets))}
    across = alt.Scale(domain=[0, size["width"]], nice=False)
    down = alt.Scale(domain=[size["height"], 0], nice=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=None, axis=None, scale=across)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, axis=None, scale=down)

    colour = alt.Color("c:N", scale=None)
    tops = alt.Chart(data(_bars(found, middles, min(26, step * 0.6))))
    dots = alt.Chart(data(_dots(found, middles, lines)))
    names = [
        {"y": line + LINE * (i - (len(text) - 1) / 2), "t": part}
        for text, line in zip(said, lines, strict=True)
        for i, part in enumerate(text)
    ]
    return alt.layer(
        tops.mark_rect().encode(x=x("a"), x2="b:Q", y=y("top"), y2="foot:Q", color=colour),
        tops.mark_text(baseline="bottom", dy=-4, fontSize=12, color=INK).encode(
            x=x("m"), y=y("top"), text="t:N"
        ),
        alt.Chart(data(_joins(found, middles, lines)))
        .mark_rule(strokeWidth=2.5, color=INK)
        .encode(x=x("m"), y=y("a"), y2="b:Q"),
        dots.mark_circle(size=95, opacity=1).encode(x=x("m"), y=y("y"), color=colour),
        alt.Chart(data(names))
        .mark_text(align="right", baseline="middle", fontSize=12, color=INK)
        .encode(x=alt.value(-8), y=y("y"), text="t:N"),
    ).properties(**size)


def _bars(found: Sequence[Combination], middles: Sequence[float], thick: float) -> list[dict[str, Any]]:
    longest = max(float(c.value or 0) for c in found) or 1.0
    return [
        {
            "a": middle - thick / 2,
            "b": middle + thick / 2,
            "m": middle,
            "top": TALL * (1 - float(c.value or 0) / longest),
            "foot": TALL,
            "t": c.label,
            "c": BLUE if len(c.sets) > 1 else PALE,
        }
        for c, middle in zip(found, middles, strict=True)
    ]


def _dots(
    found: Sequence[Combination], middles: Sequence[float], lines: Sequence[float]
) -> list[dict[str, Any]]:
    return [
        {"m": middle, "y": line, "c": INK if i in c.sets else FAINT}
        for c, middle in zip(found, middles, strict=True)
        for i, line in enumerate(lines)
    ]


def _joins(
    found: Sequence[Combination], middles: Sequence[float], lines: Sequence[float]
) -> list[dict[str, Any]]:
    return [
        {"m": middle, "a": lines[min(c.sets)], "b": lines[max(c.sets)]}
        for c, middle in zip(found, middles, strict=True)
    ]
