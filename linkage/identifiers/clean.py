"""Text as people type it → the few ASCII signs that an identity number is written with.

Signs are translated one by one, so the work is one look-up per sign for a whole column: spaces of every kind
are dropped, full-width signs and dashes become their plain ones, letters upper case, and whatever no number
is written with becomes "?". Digits of other scripts are such signs: they are not guessed at.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]

FOREIGN = ord("?")
_PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-+/"
_DASHES = "\u2010\u2011\u2013\u2212"  # hyphen, unbreakable hyphen, en dash, minus
_SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
    "\u200b\u2060\ufeff"  # no width, but pasted from web pages all the same
)
_FULL_WIDTH = 0xFEE0  # U+FF01 … U+FF5E are ! … ~ in the width of a Chinese character
_DROP = 0


@cache
def _table() -> Bytes:
    """Code point below 65 536 → the sign that it stands for, _DROP, or FOREIGN."""
    table = np.full(0x10000, FOREIGN, np.uint8)
    for sign in _PLAIN:
        for form in {sign, sign.lower()}:
            table[ord(form)] = table[ord(form) + _FULL_WIDTH] = ord(sign)
    table[[ord(sign) for sign in _DASHES]] = ord("-")
    table[[ord(sign) for sign in _SPACES]] = _DROP
    return table


def raw(column: pa.StringArray) -> tuple[Bytes, Offsets]:
    """The UTF-8 bytes of a column without nulls and the n + 1 places where its values start; no copy."""
    _, places, text = column.buffers()
    offsets = np.frombuffer(places, np.int32, len(column) + 1, column.offset * 4).astype(np.int64)
    data = np.frombuffer(text, np.uint8) if text is not None else np.empty(0, np.uint8)
    return data, offsets


def clean(column: pa.StringArray) -> tuple[Bytes, Offsets]:
    """As raw, of the cleaned values."""
    data, offsets = raw(column)
    first, last = int(offsets[0]), int(offsets[-1])
    data, offsets = data[first:last], offsets - first
    if (data >= 0x80).any():
        points, offsets = _code_points(data, offsets)
        signs = np.where(points < 0x10000, _table()[points & 0xFFFF], FOREIGN)
    else:
        signs = _table()[data]
    kept = signs != _DROP
    before = np.concatenate(([0], np.cumsum(kept)))
    return signs[kept], before[offsets]


def _code_points(data: Bytes, offsets: Offsets) -> tuple[npt.NDArray[np.uint32], Offsets]:
    """UTF-8 as code points, and the places where the values start among them."""
    points = np.frombuffer(data.tobytes().decode("utf-8").encode("utf-32-le"), np.uint32)
    starts = (data & 0xC0) != 0x80  # every byte that does not continue a sign begins one
    before = np.concatenate(([0], np.cumsum(starts)))
    return points, before[offsets]
