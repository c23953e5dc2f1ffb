"""What a table cannot see at the edges of the window, said beside its numbers.

A stretch that is cut by an edge has a number, of what can be seen of it: whoever compares it with a whole
stretch has to be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from linkage.release.counts import ALL
from linkage.release.tables import HIDDEN

if TYPE_CHECKING:
    from linkage.release.tables import Table
    from linkage.report.words import Words

_SEEN: Final = {
    "outcome": "{when}: only those who left {stretch} can be followed.",
    "flow": "{when}: only moves from {stretch} can be seen.",
    "change": "{when}: only events {stretch} can be followed both ways.",
}
_ELSE: Final = "{when}: only {stretch} can be seen."


def seen(table: Table, words: Words, span: str) -> str | None:
    """What can be seen of a span, or of "all", as a stretch; empty for nothing, None where it is whole."""
    window = words.release.window
    if table.known is None:
        return None
    first, last = (0, len(window) - 1) if span == ALL else window.spans[span]
    if not table.known:
        return ""
    low, high = (window.labels.index(end) for end in table.known)
    if low <= first and last <= high:
        return None
    low, high = max(low, first), min(high, last)
    return words.stretch(window.labels[low], window.labels[high]) if low <= high else ""


def span_of(table: Table, words: Words, span: str) -> str:
    """A span by its name, and what can be seen of it where that is not the whole."""
    name, stretch = words.label("span", span), seen(table, words, span)
    return words.t("{span} (only {stretch})", span=name, stretch=stretch) if stretch else name


def note(table: Table, words: Words, *, whole: bool = True) -> str:
    """Which stretches are cut, and how they can be compared; empty where all is seen.

    whole: the whole time is one of them.
    """
    return " ".join(_notes(table, words, whole=whole))


def gaps(table: Table, words: Words) -> str:
    """Why a chart over periods has gaps; empty where it has none."""
    periods = set(words.release.window.labels)
    rows = [row for row in table.rows if row.get("period") in periods]
    said = [note(table, words)] if any(row.get("note") == "edge" for row in rows) else []
    if any(row.get("note") in HIDDEN for row in rows):
        said.append(words.t("A gap is a period whose number is not told."))
    if table.rated and any(row["of"] == 0 for row in rows):
        said.append(words.t("A gap is a period in which there is nobody to take a share of."))
    return " ".join(said)


def _notes(table: Table, words: Words, *, whole: bool) -> Iterator[str]:
    spans = list(words.release.window.spans) if table.time == "span" else []
    cut = [(span, stretch) for span in spans if (stretch := seen(table, words, span)) is not None]
    for span, stretch in cut:
        yield _said(table, words, words.label("span", span), stretch)
    if whole and (stretch := seen(table, words, ALL)) is not None:
        yield _said(table, words, words.t("The whole of {window}", window=words.window), stretch)
    if any(stretch for _, stretch in cut):
        yield (
            words.t("Such a stretch is shorter: compare per cents, and not numbers of people.")
            if table.rated
            else words.t(
                "Such a stretch is shorter: its numbers cannot be compared with those of a whole one."
            )
        )


def _said(table: Table, words: Words, when: str, stretch: str) -> str:
    if not stretch:
        return words.t("{when}: nothing can be seen.", when=when)
    return words.t(_SEEN.get(table.kind, _ELSE), when=when, stretch=stretch)
