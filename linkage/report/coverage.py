"""What is said first of all: whose people are mostly or partly missing from the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from linkage.report.words import Words

LOW: Final = 90
"""Per cent of a register's people; below it the report begins with it."""


def missing(words: Words) -> list[str]:
    """A sentence for each register of which less than LOW per cent of the people could be counted."""
    return [
        words.t(
            "Nobody in the register of {party} could be counted: its people are in no figure here.",
            party=package.title,
        )
        if package.counted_percent == 0
        else words.t(
            "Of the people in the register of {party} only {percent} could be counted: "
            "the others are in no figure here.",
            party=package.title,
            percent=words.percent(package.counted_percent),
        )
        for package in words.release.packages
        if package.counted_percent is not None and package.counted_percent < LOW
    ]


def said(percent: int | None, words: Words) -> str:
    """Per cent of a register's people; a dash where it is not told."""
    return "–" if percent is None else words.percent(percent)
