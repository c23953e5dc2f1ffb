"""CSV that a spreadsheet opens as it should, and never runs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from linkage.report.frames import named
from linkage.report.words import Words
from linkage.texts import Lang

if TYPE_CHECKING:
    from linkage.release.document import Release

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SEPARATOR: Final = {Lang.SV: ";", Lang.EN: ","}


def csv(release: Release, lang: Lang) -> dict[str, bytes]:
    """File name → bytes, one file per table.

    UTF-8 with a byte order mark, by which Excel sees the encoding. Swedish: semicolons and decimal commas;
    English: commas and points. A text that a spreadsheet would take for a formula starts with an apostrophe.
    """
    words = Words(release, lang)
    files = {}
    for table in release.tables:
        frame = named(table, words).map(lambda cell: _cell(cell, lang))
        text = frame.to_csv(index=False, sep=_SEPARATOR[lang], lineterminator="\r\n")
        files[f"{table.measure}.csv"] = text.encode("utf-8-sig")
    return files


def _cell(value: object, lang: Lang) -> str:
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return str(value).replace(".", ",") if lang is Lang.SV else str(value)
    return _text(str(value))


def _text(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text
