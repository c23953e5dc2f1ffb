"""Canonical JSON: one text for one value, so that a digest or a signature means the same everywhere.

Keys sorted by code point, no white space, UTF-8; a quote, a backslash and a line feed are escaped by a
backslash and nothing else is. Strings are NFC and hold no other control character; numbers are whole, their
absolute value below 2**53; booleans; arrays in order. There is no null and there are no floats.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Canonical: TypeAlias = "str | int | bool | Sequence[Canonical] | Mapping[str, Canonical]"

LIMIT = 1 << 53  # whole numbers at and above this are not the same in every language
DEPTH = 32


class NotCanonical(ValueError):  # noqa: N818 - never shown: whoever asked makes a sentence of it
    """A value that has no canonical JSON, or a text that is none. Holds neither."""


def encode(value: object) -> bytes:
    """The canonical JSON of a value. Raises NotCanonical where it has none."""
    _check(value, DEPTH)
    # a mapping that is no dict (a read-only view, for example) is written as one
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=dict
    )
    return text.encode("utf-8")


def decode(data: bytes) -> Canonical:
    """The value of a canonical JSON text. Raises NotCanonical for any other way to write the value."""
    try:
        value: Canonical = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotCanonical("not JSON") from None
    if encode(value) != data:
        raise NotCanonical("not canonical")
    return value


def _check(value: object, depth: int) -> None:
    if depth == 0:
        raise NotCanonical("nested too deep")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int):  # a boolean is one too, and small
        if abs(value) >= LIMIT:
            raise NotCanonical("a whole number that is too large")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical("a key that is no text")
            _check_text(key)
            _check(item, depth - 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item, depth - 1)
    else:
        raise NotCanonical("neither text, whole number, boolean, array nor table")


def _check_text(text: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonical("text that is not NFC")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text if c != "\n"):
        raise NotCanonical("text with a control character")
