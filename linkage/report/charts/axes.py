"""What charts share: colours, axes, room for words.

Colours: Okabe and Ito, which people with colour-blindness can tell apart; every chart can be read without.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from decimal import Decimal
from math import floor, log10
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import altair as alt

if TYPE_CHECKING:
    from linkage.report.words import Words

Number: TypeAlias = int | Decimal | None
Layered: TypeAlias = alt.LayerChart | alt.FacetChart
Picture: TypeAlias = Layered | alt.ConcatChart

BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
YELLOW: Final = "#F0E442"
BLACK: Final = "#000000"
GREY: Final = "#8c8c8c"
PALE: Final = "#b9d9ec"  # the sky blue, lighter: bars that are not the point
PALE_EDGE: Final = "#7fb6d6"
PEACH: Final = "#f4c7a8"  # vermillion, lighter
INK: Final = "#222222"
FAINT: Final = "#d9d9d9"
SOFT: Final = "#595959"
NARROW_BELOW: Final = 500
"""A chart of fewer pixels is for a telephone."""
LINE: Final = 15
"""Pixels from one line of a label to the next."""
LETTER: Final = 6.6
"""Pixels that a letter of a label takes, on average and a little more."""


def data(values: Sequence[dict[str, Any]]) -> alt.InlineData:
    """Rows for a chart, inside its specification."""
    return alt.InlineData(values=list(values))


def period_axis(words: Words, width: int, padding: float = 0.3) -> alt.X:
    """Periods in their order, as many of them named as there is room for, the year below its first.

    padding: room before the first and after the last, in steps from one to the next.
    """
    labels = words.release.window.labels
    named = {label: words.short(label) for label in labels}
    most = max(2, width // 44)
    a_year = 12 // words.unit.months
    steps = [step for step in range(1, a_year + 1) if a_year % step == 0]  # so that years begin alike
    steps += [a_year * years for years in range(2, len(labels) + 2)]
    every = next(step for step in steps if step * most >= len(labels))
    shown = [label for i, label in enumerate(labels) if i % every == 0]
    years = [named[label][1] for label in shown]
    first = {label for i, label in enumerate(shown) if i == 0 or years[i] != years[i - 1]}
    text = {label: [named[label][0], named[label][1] if label in first else ""] for label in shown}
    return alt.X(
        "p:O",
        sort=None,
        title=None,
        scale=alt.Scale(type="point", padding=padding, domain=list(labels)),
        axis=alt.Axis(
            values=shown, labelExpr=f"{json.dumps(text)}[datum.value]", labelAngle=0, labelLineHeight=14,
            grid=False, labelOverlap=False,
        ),
    )  # fmt: skip


def value_axis(ticks: Sequence[float], percent: bool) -> alt.Y:
    """Numbers at the left, at these round values; percent: with their sign."""
    sign = " + ' %'" if percent else ""
    return alt.Y(
        "v:Q",
        title=None,
        scale=alt.Scale(domain=[0, ticks[-1]], nice=False),
        axis=alt.Axis(
            values=list(ticks),
            tickCount=len(ticks),
            labelExpr=f"format(datum.value, ',.1~f'){sign}",
            domain=False,
            ticks=False,
        ),
    )


def target_line(value: Number, text: str) -> list[alt.Chart]:
    """A level to compare with, across the chart; its name above it, readable over whatever it crosses."""
    base = alt.Chart(data([{"y": float(value or 0), "t": text}])).encode(y=alt.Y("y:Q"))
    said = base.encode(x=alt.value(0), text="t:N")
    look: dict[str, Any] = {"align": "left", "baseline": "bottom", "dx": 4, "dy": -3, "fontSize": 12}
    return [
        base.mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.4),
        said.mark_text(**look, stroke="white", strokeWidth=4, strokeJoin="round"),
        said.mark_text(**look, color=INK),
    ]


def scale_to(highest: float, *, whole: bool = False) -> list[float]:
    """Round values from 0 to the highest or a little above; whole: no half people."""
    if highest <= 0:
        return [0, 1]
    power = 10.0 ** floor(log10(highest))
    steps = (m * power / 10 for m in (2, 2.5, 5, 10, 20, 25, 50))
    steps = (max(step, 1.0) for step in steps if step < 1 or step.is_integer()) if whole else steps
    step = next(step for step in steps if step * 5 >= highest)
    return [step * i for i in range(int(-(-highest // step)) + 1)]


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most so many characters, where its words allow it."""
    lines: list[str] = []
    for line in textwrap.wrap(text, width, break_long_words=False) or [text]:
        rest = line
        while len(rest) > width + 2:  # a long Swedish compound: cut it where it must be, and show that
            lines.append(rest[: width - 1] + "-")
            rest = rest[width - 1 :]
        lines.append(rest)
    return lines
