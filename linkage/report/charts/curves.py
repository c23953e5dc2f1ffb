"""A mean amount over the periods around an event, which is a line that stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import altair as alt

from linkage.report.charts.axes import (
    INK,
    LETTER,
    LINE,
    NARROW_BELOW,
    SOFT,
    VERMILLION,
    Layered,
    data,
    scale_to,
    value_axis,
)
from linkage.report.charts.series import Say, Series, by_series, ends, named

ROOM: Final = 56  # pixels of the numbers at the left
TICK: Final = 34  # from one number below to the next, at least
HEAD: Final = 8  # from the top of the chart to the middle of the words of the event


def curves(
    series: Sequence[Series],
    before: int,
    say: Say,
    said: tuple[str, str],
    width: int,
    *,
    level: str = "",
) -> Layered:
    """Curves over the periods from `before` periods ahead of the event to the last after it.

    say: an amount as it is told; said: what the axis counts, and what the standing line is; level: how much
    the first curve ends above or below where it starts, drawn at its end.
    """
    offsets = range(-before, len(series[0].values) - before)
    known = [float(v) for s in series for v in s.values if v is not None]
    ticks = scale_to(max(known), whole=True)
    height = 200 if width < NARROW_BELOW else 230
    placed = ends(series, height / ticks[-1], say)
    longest = max(len(t) for t in (*(end["t"] for end in placed), level))
    size = {"width": max(round(width - ROOM - 34 - LETTER * longest), 110), "height": height}
    x = _axis(offsets, said[0], size["width"])
    y = value_axis(ticks, percent=False)
    base = alt.Chart(data(list(_points(series, before)))).encode(
        x=x, y=y, color=by_series(series, alt.Color, 0)
    )
    layers: list[Any] = [
        *_event(said[1], before, len(offsets), size["width"]),
        base.mark_line(strokeWidth=2.2, invalid="break-paths-show-domains").encode(
            strokeDash=by_series(series, alt.StrokeDash, 1)
        ),
        base.transform_filter("isValid(datum.v)")
        .mark_point(filled=True, size=34, opacity=1)
        .encode(shape=by_series(series, alt.Shape, 2)),
        *named(series, placed, size["width"]),
    ]
    if level:
        layers += _level(series[0], level, height / ticks[-1], size["width"])
    return alt.layer(*layers).properties(**size)


def _axis(offsets: range, title: str, width: int) -> alt.X:
    """Periods before and after: −6 … 0 … +6, as many of them as there is room for, 0 always."""
    every = max(1, -(-len(offsets) // max(2, width // TICK)))
    text = {str(o): f"+{o}" if o > 0 else str(o).replace("-", "\u2212") for o in offsets}
    return alt.X(
        "o:Q",
        title=title,
        scale=alt.Scale(domain=[offsets[0] - 0.3, offsets[-1] + 0.3], nice=False),
        axis=alt.Axis(
            values=[o for o in offsets if o % every == 0],
            tickCount=len(offsets),
            labelExpr=f"{json.dumps(text)}[datum.value]",
            grid=False,
            labelOverlap=False,
        ),
    )


def _points(series: Sequence[Series], before: int) -> Iterator[dict[str, Any]]:
    for one in series:
        for i, value in enumerate(one.values):
            yield {"o": i - before, "s": one.name, "v": None if value is None else float(value)}


def _event(text: str, before: int, offsets: int, width: int) -> list[Any]:
    """The standing line at the event, and its name beside it where there is more room."""
    at = (before + 0.3) / (offsets - 0.4) * width
    left = at > width / 2
    base = alt.Chart(data([{"t": text}])).encode(x=alt.value(at))
    return [
        base.mark_rule(color=SOFT, strokeWidth=1.4, strokeDash=[4, 3]).encode(
            y=alt.value(-LINE), y2=alt.value("height")
        ),
        base.mark_text(
            align="right" if left else "left", baseline="middle", dx=-5 if left else 5, fontSize=12, color=INK
        ).encode(y=alt.value(HEAD - LINE), text="t:N"),
    ]


def _level(series: Series, text: str, scale: float, width: int) -> list[Any]:
    """How far the last amount is from the first: a line at the height of the first, and one that joins them.

    scale: pixels per unit of the values.
    """
    first, last = series.values[0], series.values[-1]
    if first is None or last is None:
        return []
    ends_at = alt.Chart(
        data([{"a": float(first), "b": float(last), "m": float(first + last) / 2, "t": text}])
    )
    apart = abs(float(first - last)) * scale
    middle = ends_at.encode(x=alt.value(width + 12), y=alt.Y("m:Q" if apart > 3 * LINE else "a:Q"))
    return [
        ends_at.mark_rule(color=VERMILLION, strokeWidth=1.2, strokeDash=[2, 3]).encode(y=alt.Y("a:Q")),
        ends_at.mark_rule(color=VERMILLION, strokeWidth=2).encode(
            x=alt.value(width), y=alt.Y("a:Q"), y2="b:Q"
        ),
        middle.mark_text(
            align="left", baseline="middle", fontSize=12, fontWeight="bold", color=VERMILLION
        ).encode(text="t:N"),
    ]
