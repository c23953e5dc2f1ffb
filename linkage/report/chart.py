"""One chart of a table: what it is called, what it says to somebody who does not see it, and its drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.release.counts import MEAN

if TYPE_CHECKING:
    from linkage.release.rows import Row, Scalar
    from linkage.release.tables import Table
    from linkage.report.charts.axes import Picture
    from linkage.report.charts.bars import Bar
    from linkage.report.words import Words


@dataclass(frozen=True)
class Chart:
    """caption: its title; description: its numbers in words; draw: width in pixels → specification.

    note: what the drawing leaves out, or how it is meant; a sentence below its title.
    """

    caption: str
    description: str
    draw: Callable[[int], Picture]
    note: str = ""


def not_all(words: Words) -> str:
    """What stands below a chart that has no room for everything."""
    return words.t("Not everything has room here: the rest is in the table.")


def not_few(words: Words, rows: Iterable[Row | None]) -> str:
    """What stands below a chart of these rows where some have no number as it is of few people."""
    if not words.release.moved or not any(row and row.get("note") == "few" for row in rows):
        return ""
    return words.t(
        "What is of fewer than {few} people is not in the picture.", few=words.release.rule.threshold
    )


def listed(several: Sequence[Bar]) -> str:
    """The bars' names and numbers in a row."""
    return "; ".join(f"{bar.name}: {bar.label}" for bar in several) + "."


def representative(table: Table, words: Words) -> tuple[dict[str, Scalar], str]:
    """The row of time that stands for the table, and how it is called: the mean, where there is one."""
    own: dict[str, Scalar] = dict(zip(table.own_keys, table.owns[0], strict=True))
    one = {"part": "unique"} if table.own_key == "part" else own
    if table.time == "period" and table.number(period=MEAN, **one) is not None:
        return {"period": MEAN}, words.average
    return {}, words.t("at some time in {window}", window=words.window)
