"""Which encoding a text file has, where nobody says it.

A byte order mark tells; else the whole file is UTF-8 or it is not. What is not comes from older Swedish
systems: Windows (cp1252), DOS (cp850) or old Macs (mac-roman). Their bytes above 127 mean different letters,
so the three readings are weighed against each other: å ä ö are common in Swedish, line drawings and signs of
mathematics are not, and a capital seldom follows a small letter.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
READINGS: Final = ("cp1252", "cp850", "mac-roman")
_ALLOWED = {
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "ascii"),
    *("cp1252", "cp850", "mac-roman", "cp437", "cp858", "cp865", "cp1250", "cp1257"),
    *("iso8859-1", "iso8859-4", "iso8859-10", "iso8859-15"),
}
_OFTEN, _SELDOM = "åäö", "éü"
_SIGNS = "–—’‘”“…€§°´«»½·²®•\u00a0£µ"
_LEAST = -7.0  # mean weight below which a reading is no Swedish
_AGAINST_CASE = -3.0
_NEVER = -1e6
_ENOUGH = 1 << 17  # bytes above 127: more do not change which reading is the best

_Counts = npt.NDArray[np.int64]
_OTHER, _SMALL, _CAPITAL, _HIGH = range(4)
_NEIGHBOUR = np.array(
    [
        _HIGH if b > 127 else _SMALL if 97 <= b <= 122 else _CAPITAL if 65 <= b <= 90 else _OTHER
        for b in range(256)
    ],
    np.uint8,
)


def named(name: str) -> str | None:
    """The encoding that somebody names, as Python writes it; None where it is none that a register has."""
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    return found if found in _ALLOWED else None


def marked(head: bytes) -> str | None:
    """The encoding that a byte order mark tells."""
    return next((name for mark, name in MARKS if head.startswith(mark)), None)


def found(blocks: Callable[[], Iterable[bytes]]) -> str | None:
    """The encoding of a text without a mark; None where no reading of it is Swedish.

    blocks: gives the whole text, as often as it is called. A text that is UTF-8 but for some broken place is
    "utf-8": whoever reads it finds the place.
    """
    if _is_utf_8(blocks()):
        return "utf-8"
    census = _Census()
    for block in blocks():
        census.add(block)
        if census.counted >= _ENOUGH:
            break
    census.add(b"")
    if census.sequences >= census.broken:
        return "utf-8"
    weights = [_weight(census.counts, encoding) for encoding in READINGS]
    best = max(range(len(READINGS)), key=weights.__getitem__)
    return READINGS[best] if weights[best] >= _LEAST else None


def _is_utf_8(blocks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class _Census:
    """Counts bytes above 127 by their neighbours, and how many of them go together as UTF-8 has it.

    counts: (before, after, byte - 128). sequences: well-formed beginnings; broken: bytes in no sequence.
    """

    def __init__(self) -> None:
        self.counts: _Counts = np.zeros((4, 4, 128), np.int64)
        self.sequences = 0
        self.broken = 0
        self.counted = 0
        self._waiting = b"\n"  # the last byte needs its neighbour; the one before it is already counted

    def add(self, block: bytes) -> None:
        """The next bytes; none at the end."""
        data = self._waiting + (block or b"\n")
        self._waiting = data[-2:]
        if data.isascii():
            return
        codes = np.frombuffer(data, np.uint8)
        high = _above_127(codes)
        high = high[(high > 0) & (high < len(codes) - 1)]
        before, here, after = codes[high - 1], codes[high], codes[high + 1]
        self.counted += len(high)
        good = (here >= 0xC2) & (here <= 0xF4) & (after >= 0x80) & (after < 0xC0)
        self.sequences += int(good.sum())
        self.broken += int((~good & ~((here < 0xC0) & (before >= 0x80))).sum())
        places = np.ravel_multi_index((_NEIGHBOUR[before], _NEIGHBOUR[after], here - 128), self.counts.shape)
        self.counts += np.bincount(places, minlength=self.counts.size).reshape(self.counts.shape)


def _above_127(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    """Where the bytes above 127 are, looked for eight at a time: most text has few."""
    whole = len(codes) // 8 * 8
    words = np.flatnonzero(codes[:whole].view(np.uint64) & np.uint64(0x8080808080808080))
    places = (words[:, None] * 8 + np.arange(8)).ravel()
    places = np.concatenate((places, np.arange(whole, len(codes))))
    found: npt.NDArray[np.intp] = places[codes[places] > 127]
    return found


def _weight(counts: _Counts, encoding: str) -> float:
    """Mean weight of the bytes above 127, read so: the higher, the more it is Swedish."""
    letters = [bytes([code]).decode(encoding, "replace") for code in range(128, 256)]
    weights = np.array([_of(letter) for letter in letters])
    total = float((counts.sum(axis=(0, 1)) * weights).sum())
    small = np.array([letter.islower() for letter in letters])
    capital = np.array([letter.isupper() for letter in letters])
    amid = counts[_CAPITAL, _CAPITAL] + counts[_CAPITAL, _OTHER]
    against = amid[small].sum() + counts[_SMALL][:, capital].sum() + counts[_CAPITAL, _SMALL][capital].sum()
    total += _AGAINST_CASE * float(against)
    return total / max(int(counts.sum()), 1)


def _of(letter: str) -> float:
    """How often a letter stands in Swedish text, as a logarithm, roughly."""
    if letter == "\ufffd":
        return _NEVER
    if letter.lower() in _OFTEN:
        weight = 0.0
    elif letter.lower() in _SELDOM:
        weight = -3.5
    elif letter in _SIGNS:
        weight = -6.0
    else:
        weight = -7.5 if letter.isalpha() else -12.0
    return weight - 1.5 * letter.isupper()
