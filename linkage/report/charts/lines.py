"""Lines over the periods: several in one chart, or a small chart for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import altair as alt

from linkage.report.charts.axes import (
    BLACK,
    BLUE,
    GREEN,
    INK,
    LETTER,
    LINE,
    NARROW_BELOW,
    ORANGE,
    PALE,
    PEACH,
    PURPLE,
    SKY,
    VERMILLION,
    Layered,
    Number,
    data,
    period_axis,
    scale_to,
    value_axis,
    wrapped,
)  # fmt: skip

if TYPE_CHECKING:
    from linkage.report.words import Words

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


LABEL: Final = 18  # characters of a line of a name


@dataclass(frozen=True)
class Series:
    """One line of a chart. values: by period, None where nothing is known."""

    name: str
    values: tuple[Number, ...]


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
    ends = _ends(series, words, height / ticks[-1], percent)
    room = 32 + LETTER * max(len(end["t"]) for end in ends)
    size = {"width": max(round(width - room - 46), 120), "height": height}
    x, y = period_axis(words, size["width"]), value_axis(ticks, percent)
    base = alt.Chart(data(list(_points(series, words)))).encode(
        x=x,
        y=y,
        color=_by_series(series, alt.Color, 0),
    )
    layers: list[Any] = [
        base.mark_line(strokeWidth=2.2, invalid="break-paths-show-domains").encode(
            strokeDash=_by_series(series, alt.StrokeDash, 1)
        ),
        base.transform_filter("isValid(datum.v)")
        .mark_point(filled=True, size=34, opacity=1)
        .encode(shape=_by_series(series, alt.Shape, 2)),
        *_named(series, ends, size["width"]),
    ]
    if band:
        layers.insert(0, _band(series, words).encode(x=x, y=y))
    if target is not None:
        layers.append(_target(target, words))
    return alt.layer(*layers).properties(**size)


def small_multiples(series: Sequence[Series], words: Words, width: int) -> alt.ConcatChart:
    """A small chart for each series, each on a scale of its own that starts at zero."""
    columns = 2 if width < NARROW_BELOW or len(series) in (2, 4) else 3
    each = (width - columns * 58) // columns
    return alt.concat(*(_small(s, words, each) for s in series), columns=columns, spacing=14)


def _by_series(series: Sequence[Series], channel: Any, style: int) -> Any:
    """A channel in which each series has its own look. style: the place in STYLES."""
    looks = [STYLES[i % len(STYLES)][style] for i in range(len(series))]
    return channel("s:N", legend=None, scale=alt.Scale(domain=[s.name for s in series], range=looks))


def _named(series: Sequence[Series], ends: Sequence[dict[str, Any]], width: float) -> list[Any]:
    """The names at the right, each behind the mark of its line."""
    base = alt.Chart(data(ends)).encode(y=alt.Y("y:Q"))
    marks = base.transform_filter("datum.first").mark_point(filled=True, size=34, opacity=1)
    return [
        marks.encode(
            x=alt.value(width + 12),
            color=_by_series(series, alt.Color, 0),
            shape=_by_series(series, alt.Shape, 2),
        ),
        base.mark_text(align="left", baseline="middle", fontSize=12, color=INK).encode(
            x=alt.value(width + 22), text="t:N"
        ),
    ]


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


def _target(target: int | Decimal, words: Words) -> Layered:
    value = [{"y": float(target), "t": words.t("Target {percent}", percent=words.percent(target))}]
    base = alt.Chart(data(value)).encode(y=alt.Y("y:Q"))
    return alt.layer(
        base.mark_rule(color=INK, strokeDash=[2, 3], strokeWidth=1.4),
        base.mark_text(align="left", baseline="bottom", dx=4, dy=-3, fontSize=12, color=INK).encode(
            x=alt.value(0), text="t:N"
        ),
    )


def _ends(series: Sequence[Series], words: Words, scale: float, percent: bool) -> list[dict[str, Any]]:
    """Names at the ends of lines, a datum for each line of text, moved apart where they would touch.

    scale: pixels per unit of the values.
    """
    said = words.percent if percent else words.number
    found = []
    for one in series:
        end = next((v for v in reversed(one.values) if v is not None), None)
        if end is not None:
            text = wrapped(f"{one.name} {said(end)}", LABEL)
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
