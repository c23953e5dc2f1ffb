"""An agreement for a jurist to read: a page that needs no network, or plain text."""

from __future__ import annotations

import base64
import hashlib
import html
import textwrap
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.contents import Grid, Section, sections
from linkage.texts import Lang, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.contents import Said
    from linkage.agreement.model import Agreement

WIDTH = 100
"""Signs in a line of plain text."""

_STYLE = """
:root { color-scheme: light; }
body { font: 17px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 54rem;
  margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .2rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .4rem; border-bottom: 1px solid #bbb; }
p { margin: .5rem 0; white-space: pre-line; }
.name { color: #555; }
.warns { border-left: .4rem solid #b00020; padding-left: .9rem; }
.warns h2 { color: #b00020; border: 0; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0;
  border-bottom: 1px solid #ddd; }
td:last-child { overflow-wrap: anywhere; }
.wide { font-size: .8em; }
.wide td:last-child { min-width: 9rem; }
code { font-size: .85em; overflow-wrap: anywhere; }
em { font-style: normal; background: #fff3bf; }
blockquote { border-left: .2rem solid #bbb; margin: .5rem 0; padding-left: .9rem; }
th { font-weight: 600; color: #555; }
.digest p:first-of-type { overflow-wrap: anywhere; font: 1rem/1.6 ui-monospace, monospace; }
@media (max-width: 34rem) { thead { display: none; } tr { display: block; border-bottom: 1px solid #bbb; }
  td { display: block; border: 0; padding: .15rem 0; } td:first-child { font-weight: 600; } }
@media print { body { font-size: 11pt; max-width: none; padding: 0; } h2 { break-after: avoid; }
  tr { break-inside: avoid; } }
"""


def show(agreement: Agreement, lang: Lang | str) -> str:
    """A self-contained HTML page of what the agreement says; its policy allows its own style alone."""
    lang = Lang(lang)
    body = "\n".join(_html(section, lang) for section in sections(agreement))
    title = html.escape(agreement.title)
    name = html.escape(say(_name(agreement), lang))
    return whole(title, f'<header><h1>{title}</h1><p class="name">{name}</p></header>', body, lang)


def whole(title: str, header: str, body: str, lang: Lang) -> str:
    """A page of these pieces of HTML, with the style and the policy of all pages of an agreement."""
    style = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return f"""<!doctype html>
<html lang="{lang.value}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
{header}
<main>
{body}
</main>
</body>
</html>
"""


def plain(agreement: Agreement, lang: Lang | str) -> str:
    """The same as plain text, WIDTH signs wide."""
    lang = Lang(lang)
    lines = [agreement.title, say(_name(agreement), lang)]
    for section in sections(agreement):
        heading = _said(section.heading, lang)
        lines += ["", heading, "-" * len(heading), *_lines(section, lang)]
    return "\n".join(lines) + "\n"


def _name(agreement: Agreement) -> Text:
    return Text("agreement {name}, round {round}", {"name": agreement.name, "round": agreement.round})


def _said(said: Said, lang: Lang) -> str:
    return say(said, lang) if isinstance(said, Text) else said


def _html(section: Section, lang: Lang) -> str:
    kind = ' class="warns"' if section.warns else ""
    if section.heading == Text("Digest"):
        kind = ' class="digest"'
    blocks = "\n".join(
        _table(block, lang) if isinstance(block, Grid) else f"<p>{html.escape(_said(block, lang))}</p>"
        for block in section.blocks
    )
    return f"<section{kind}><h2>{html.escape(_said(section.heading, lang))}</h2>\n{blocks}</section>"


def _table(grid: Grid, lang: Lang) -> str:
    head = "".join(f'<th scope="col">{html.escape(_said(cell, lang))}</th>' for cell in grid.head)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(_said(cell, lang))}</td>" for cell in row) + "</tr>"
        for row in grid.rows
    )
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table>"


def _lines(section: Section, lang: Lang) -> Iterator[str]:
    for block in section.blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                first, *rest = (_said(cell, lang) for cell in row)
                yield from _wrapped(f"* {first}", "  ")
                for name, cell in zip(block.head[1:], rest, strict=True):
                    yield from _wrapped(f"    {_said(name, lang)}: {cell}", "      ")
        else:
            for paragraph in _said(block, lang).split("\n"):
                yield from _wrapped(paragraph, "")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [""]
