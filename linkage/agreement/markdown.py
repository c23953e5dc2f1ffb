"""Texts and tables as Markdown: what somebody wrote is shown as it is, and is never taken for a mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.texts import Lang, say

if TYPE_CHECKING:
    from linkage.agreement.contents import Grid, Said

_MARKS = re.compile(r"([\\`*_\[\]{}<>|#&~])")
_AT_THE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))", re.MULTILINE)


def escaped(text: str) -> str:
    """Text that reads as it is written, in a paragraph of its own."""
    return _AT_THE_START.sub(_led, _MARKS.sub(r"\\\1", text))


def _led(found: re.Match[str]) -> str:
    """A sign that would begin a list; a number is taken for no list where its full stop is escaped."""
    space, sign = found.groups()
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def line(said: Said, lang: Lang) -> str:
    """On one line, as in a cell or a sentence."""
    return " ".join(escaped(say(said, lang) if isinstance(said, Text) else said).split())


def paragraphs(said: Said, lang: Lang) -> str:
    """As a quotation, line by line."""
    text = say(said, lang) if isinstance(said, Text) else said
    return "\n".join(f"> {escaped(part)}".rstrip() for part in text.split("\n"))


def table(grid: Grid, lang: Lang, *asked: str) -> str:
    """A table. asked: the cells of one more column, Markdown as they are; the first is its head."""
    rows = [[line(cell, lang) for cell in row] for row in (grid.head, *grid.rows)]
    if asked:
        rows = [[*row, more] for row, more in zip(rows, asked, strict=True)]
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])
