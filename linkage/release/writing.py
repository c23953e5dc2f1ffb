"""The text of release.json: one row of a table to a line, so that people can read it and compare two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

_WIDTH = 100  # what fits on a line this long stays on one


def write(document: Mapping[str, object]) -> bytes:
    """UTF-8 JSON of the document, keys in their order, ending in a line feed."""
    return (_text(document, 0) + "\n").encode("utf-8")


def _text(value: object, depth: int) -> str:
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
    row = depth > 3  # tables, a table, its rows, a row
    if row or len(flat) + depth <= _WIDTH or not isinstance(value, Mapping | list | tuple):
        return flat
    inside = " " * (depth + 1)
    if isinstance(value, Mapping):
        lines = [
            f"{inside}{json.dumps(k, ensure_ascii=False)}: {_text(v, depth + 1)}" for k, v in value.items()
        ]
        return "{\n" + ",\n".join(lines) + "\n" + " " * depth + "}"
    lines = [inside + _text(item, depth + 1) for item in value]
    return "[\n" + ",\n".join(lines) + "\n" + " " * depth + "]"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)  # one decimal below 2**49 comes out of a float as it went in
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError("a release holds texts, numbers, arrays and objects")
