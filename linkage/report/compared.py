"""Per cents side by side: spans beside the one that they are compared with, and the target through them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from linkage.release.counts import ALL
from linkage.report.chart import Chart, listed, not_all
from linkage.report.charts.bars import Bar, bars
from linkage.report.edges import note as cut
from linkage.report.edges import span_of
from linkage.report.labels import labels_of, outer_spans
from linkage.report.noise import beside

if TYPE_CHECKING:
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table
    from linkage.report.words import Words

MOST_BARS: Final = 14


def compared(table: Table, words: Words, caption: str, several: Sequence[Bar]) -> Iterator[Chart]:
    """Bars of the spans and of the sexes in each; of these bars where the table has no spans."""
    found, whole = (several, True) if several else _of_spans(table, words)
    shown = [bar for bar in found if bar.value is not None]
    if not shown:
        return
    notes = [cut(table, words, whole=table.time is None)]
    if table.against:
        span = words.label("span", table.against)
        notes.append(words.t("In brackets: percentage points above or below {span}.", span=span))
    if not whole:
        notes.append(not_all(words))
    note = " ".join(filter(None, notes))
    line, said = None, listed(shown)
    if table.target is not None:
        line = Bar("", table.target, words.t("Target {percent}", percent=words.percent(table.target)))
        said = f"{said} {line.label}."
    yield Chart(caption, said, lambda width: bars(shown, width, line), note)


def _of_spans(table: Table, words: Words) -> tuple[list[Bar], bool]:
    """For each span everybody, and in each of them the labels of sex, or of age; and whether that is all."""
    if table.time != "span":
        return [], True
    dimension = next((d for d in ("sex", "age") if d in table.dimensions), None)
    several = labels_of(table, dimension) if dimension else [ALL]
    spans = [str(label) for label in dict.fromkeys(row["span"] for row in table.rows)]
    spans = spans[:-1] if len(spans) > 2 else spans  # beside several spans the whole window is no news
    full = len(spans) * len(several)
    if full > MOST_BARS:
        spans = outer_spans(words)
    if len(spans) * len(several) > MOST_BARS:
        several = [ALL]
    everybody_first = sorted(several, key=lambda label: label != ALL)
    found = [_bar(table, words, span, dimension, label) for span in spans for label in everybody_first]
    return found, len(found) == full


def _bar(table: Table, words: Words, span: str, dimension: str | None, label: str) -> Bar:
    labels: dict[str, Scalar] = {"span": span, **({dimension: label} if dimension else {})}
    percent = table.number("percent", **labels)
    change = table.number("change", **labels) if table.against else None
    said = "" if percent is None else words.percent(percent, beside(table, words, "percent", **labels))
    if change is not None:
        said += f" ({words.signed(change, beside(table, words, 'change', **labels))})"
    name = span_of(table, words, span)
    if label == ALL or not dimension:
        return Bar(name, percent, said, "added" if span == table.against else "strong")
    return Bar(f"{name}: {words.label(dimension, label)}", percent, said)
