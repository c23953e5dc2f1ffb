"""Lines over the periods: several in one chart, or a small chart for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import altair as alt

from linkage.report.charts.axes import (
    BLUE,
    LETTER,
    NARROW_BELOW,
    PALE,
    PEACH,
    Layered,
    data,
    period_axis,
    scale_to,
    target_line,
    value_axis,
    wrapped,
)
from linkage.report.charts.series import Series, by_series, ends, named

if TYPE_CHECKING:
    from linkage.report.words import Words


def lines(
    series: Sequence[Series],
    words: Words,
    width: int,
    *,
    percent: bool = False,
    target: int | Decimal | None = None,
    band: bool = False,
) -> Layered:
    """Lines over the periods of the release, each named at its end.

    target: a level to compare with; band: shade what is between the first line and the second.
    """
    known = [float(v) for s in series for v in s.values if v is not None]
    ticks = scale_to(max([*known, float(target or 0)]), whole=not percent)
    height = 190 if width < NARROW_BELOW else 220
    when = [words.column(period) for period in words.release.window.labels]
    placed = ends(series, height / ticks[-1], words.percent if percent else words.number, when)
    room = 32 + LETTER * max(len(end["t"]) for end in placed)
    size = {"width": max(round(width - room - 46), 120), "height": height}
    x, y = period_axis(words, size["width"]), value_axis(ticks, percent)
    base = alt.Chart(data(list(_points(series, words)))).encode(
        x=x,
        y=y,
        color=by_series(series, alt.Color, 0),
    )
    layers: list[Any] = [
        base.mark_line(strokeWidth=2.2, invalid="break-paths-show-domains").encode(
            strokeDash=by_series(series, alt.StrokeDash, 1)
        ),
        base.transform_filter("isValid(datum.v)")
        .mark_point(filled=True, size=34, opacity=1)
        .encode(shape=by_series(series, alt.Shape, 2)),
        *named(series, placed, size["width"]),
    ]
    if band:
        layers.insert(0, _band(series, words).encode(x=x, y=y))
    if target is not None:
        layers += target_line(target, words.t("Target {percent}", percent=words.percent(target)))
    return alt.layer(*layers).properties(**size)


def small_multiples(series: Sequence[Series], words: Words, width: int) -> alt.ConcatChart:
    """A small chart for each series, each on a scale of its own that starts at zero."""
    columns = 2 if width < NARROW_BELOW or len(series) in (2, 4) else 3
    each = (width - columns * 58) // columns
    return alt.concat(*(_small(s, words, each) for s in series), columns=columns, spacing=14)


def _band(series: Sequence[Series], words: Words) -> Any:
    low, high = series[:2]
    pairs = zip(words.release.window.labels, low.values, high.values, strict=True)
    values = [{"p": p, "v": float(a), "w": float(b)} for p, a, b in pairs if a is not None and b is not None]
    area = alt.Chart(data(values)).mark_area(color=PEACH, opacity=0.7)
    return area.encode(y2="w:Q")


def _points(series: Sequence[Series], words: Words) -> Iterator[dict[str, Any]]:
    for one in series:
        for period, value in zip(words.release.window.labels, one.values, strict=True):
            yield {"p": period, "s": one.name, "v": None if value is None else float(value)}


def _small(series: Series, words: Words, width: int) -> Layered:
    known = [float(v) for v in series.values if v is not None]
    ticks = scale_to(max(known, default=0), whole=True)
    size, letter = (11, 6.2) if width < NARROW_BELOW / 3 else (12.5, 7.2)
    text = wrapped(series.name, round((width + 48) / letter))
    title = alt.TitleParams(text, anchor="start", frame="group", offset=8, fontSize=size)
    base = alt.Chart(data(list(_points([series], words)))).encode(
        x=period_axis(words, width), y=value_axis([0, ticks[-1]], percent=False)
    )
    return alt.layer(
        base.mark_area(color=PALE, invalid="break-paths-show-domains"),
        base.mark_line(color=BLUE, strokeWidth=2, invalid="break-paths-show-domains"),
    ).properties(width=width, height=70, title=title)
