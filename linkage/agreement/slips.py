"""What was most likely meant where a text is no TOML: the slips that people make when they write one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.errors import AgreementError

if TYPE_CHECKING:
    from collections.abc import Sequence


class TomlError(AgreementError):
    """The file is not TOML."""

    hint = "correct the line; text stands in quotes"


class TomlTwiceError(TomlError):
    """A key or table stands twice; often a list of tables that was written with single brackets."""

    hint = "each key stands once in its table; several parties or measures are written [[party]], [[measure]]"


class TomlPathError(TomlError):
    """A backslash means something else in double quotes."""

    hint = (
        "a Windows path in double quotes does not work: use single quotes ('C:\\data') or slashes (C:/data)"
    )


class TomlCurlyError(TomlError):
    """A word processor turned the quotes."""

    hint = 'write straight quotes, as "text": word processors turn them into curly ones'


class TomlNumberError(TomlError):
    """A number is written in groups of three."""

    hint = "write whole numbers without spaces or signs between their digits, as 20000"


class TomlQuoteError(TomlError):
    """A text begins and does not end."""

    hint = 'a quote is missing: text begins and ends with " on the same line'


class TomlCommaError(TomlError):
    """A list or an inline table goes wrong, or does not end."""

    hint = (
        "commas stand between items, and ] ends a list; a table in braces is on one line, with commas, and "
        "a brace ends it"
    )


_WHOLE = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
_CURLY = re.compile("[“”„‟‘’‚«»]")
_APART = re.compile(r"(?:=|[,\[](?![0-9]+,))\s*[0-9]{1,3}(?:[ \u00a0\u202f\u2009.,'’][0-9]{3})+(?![0-9])")
_PATH = re.compile(r'"(?:[A-Za-z]:\\|\\\\)')
_KEY = re.compile(r"""\s*([A-Za-z0-9_."' -]+?)\s*=""")
_SAID: Sequence[tuple[str, Text]] = (
    (r"Expected newline or end of document", Text("something stands after the value")),
    (r"Invalid value", Text("no value that TOML knows")),
    (r"Invalid statement|Invalid initial character", Text("the line begins with no key")),
    (r"Expected '=' after a key", Text("no = after a key")),
    (r"Unclosed array", Text("a list does not end, or a comma is missing")),
    (r"Unclosed inline table", Text("a table in braces does not end, or a comma is missing")),
    (r"Unterminated string|Illegal character '\\n'|Expected \"'", Text("a text does not end")),
    (r"Expected '\]+' at the end", Text("a heading does not end with ]")),
    (r"Unescaped '\\\\' in a string", Text("a backslash in a text")),
    (r"Cannot|twice|Duplicate", Text("it stands twice")),
)
"""What the parser says, in words that are translated."""


def kind(said: str, line: str) -> type[TomlError]:
    """The slip that it most likely is. said: by the parser; line: where it stopped."""
    bare = _WHOLE.sub('""', line).split("#")[0]
    unended = bare.count('"') % 2 or bare.count("'") % 2
    if _PATH.search(line):
        found: type[TomlError] = TomlPathError
    elif twice(said):
        found = TomlTwiceError
    elif _CURLY.search(bare):
        found = TomlCurlyError
    elif _APART.search(bare):
        found = TomlNumberError
    elif unended:
        found = TomlQuoteError
    elif "Unclosed" in said:
        found = TomlCommaError
    else:
        found = TomlError
    return found


def reason(said: str) -> Text | str:
    """What the parser said; as it is where it is something rare."""
    return next((text for pattern, text in _SAID if re.search(pattern, said)), said)


def twice(said: str) -> bool:
    """Whether the parser stopped at something that stands a second time."""
    return "twice" in said or said.startswith(("Cannot", "Duplicate"))


def first(lines: Sequence[str], line: int) -> int | None:
    """The line, counted from 1, where what stands twice stands for the first time; None if it cannot be seen.

    line: where it stands again, counted from 1.
    """
    here = lines[line - 1].split("#")[0].strip()
    before = range(line - 2, -1, -1)
    if here.startswith("["):
        bare = here.strip("[] ")
        same = [i for i in before if lines[i].split("#")[0].strip().strip("[] ") == bare]
        return same[-1] + 1 if same else None
    key = _KEY.match(here)
    for i in before:
        if lines[i].lstrip().startswith("["):
            return None
        if key and (other := _KEY.match(lines[i])) and other[1] == key[1]:
            return i + 1
    return None
