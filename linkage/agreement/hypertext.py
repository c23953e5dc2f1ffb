"""Markdown of our own as hypertext: headings, tables, lists, quotations, paragraphs; bold, emphasis, code.

Only for what `linkage.agreement.dpia` writes. Whatever else a text holds is shown as it is.
"""

from __future__ import annotations

import html
import re
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_INLINE = re.compile(
    r"\\(?P<sign>[^\w\s]|_)|`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>(?:\\.|[^*\\])+)\*\*|\*(?P<em>(?:\\.|[^*\\])+)\*",
    re.DOTALL,
)
_CELL = re.compile(r"(?<!\\)\|")
_WIDE = 6
"""Columns of a table that is set smaller."""
_RULE = re.compile(r"\|(---\|)+")


def hypertext(markdown: str) -> str:
    """The body of a page."""
    return "\n".join(
        _BLOCKS[kind](list(lines))
        for kind, lines in groupby(markdown.splitlines(), _kind())
        if kind in _BLOCKS
    )


def _kind() -> Callable[[str], str]:
    """Says of one line after the other what it belongs to; what is indented goes on with the line before."""
    before = ""
    headings = 0

    def kind(line: str) -> str:
        nonlocal before, headings
        if line.startswith("#"):
            headings += 1
            before = "heading" if headings % 2 else "next heading"
        elif line == "---":
            before = "rule"
        elif not line.startswith("  "):
            starts = {"|": "table", ">": "quotation", "-": "list", "": "nothing"}
            before = starts.get(line[:1], "paragraph")
        return before

    return kind


def inline(text: str) -> str:
    """The text of a paragraph or a cell."""
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    at = 0
    for found in _INLINE.finditer(text):
        yield html.escape(text[at : found.start()])
        if sign := found["sign"]:
            yield html.escape(sign)
        elif code := found["code"]:
            yield f"<code>{html.escape(code)}</code>"
        else:
            tag = "strong" if found["strong"] else "em"
            yield f"<{tag}>{inline(found[tag])}</{tag}>"
        at = found.end()
    yield html.escape(text[at:])


def _heading(lines: list[str]) -> str:
    marks, _, text = lines[0].partition(" ")
    return f"<h{len(marks)}>{inline(text)}</h{len(marks)}>"


def _table(lines: list[str]) -> str:
    head, *rows = (
        [cell.strip() for cell in _CELL.split(line)[1:-1]] for line in lines if not _RULE.match(line)
    )
    top = "".join(f'<th scope="col">{inline(cell)}</th>' for cell in head)
    body = "\n".join("<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    wide = ' class="wide"' if len(head) >= _WIDE else ""
    return f"<table{wide}><thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table>"


def _list(lines: list[str]) -> str:
    items = re.split(r"(?:^|\n)- ", "\n".join(lines))[1:]
    return "<ul>" + "".join(f"<li>{inline(' '.join(item.split()))}</li>" for item in items) + "</ul>"


def _quotation(lines: list[str]) -> str:
    return "<blockquote>" + "<br>\n".join(inline(line[1:].strip()) for line in lines) + "</blockquote>"


_BLOCKS: dict[str, Callable[[list[str]], str]] = {
    "heading": _heading,
    "next heading": _heading,
    "table": _table,
    "list": _list,
    "quotation": _quotation,
    "rule": lambda _: "<hr>",
    "paragraph": lambda lines: f"<p>{inline(' '.join(lines))}</p>",
}
