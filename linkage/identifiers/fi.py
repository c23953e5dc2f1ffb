"""Finnish identity codes (henkilötunnus), also those with the signs of 2023 for a century."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import numpy as np
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fi import hetu

from linkage.errors import Text
from linkage.identifiers.model import NotCanonicalError
from linkage.identifiers.numbered import Numbered, One, Reason, day, reasons, written

if TYPE_CHECKING:
    from linkage.identifiers.model import Canonical, Codes, Keys

_CENTURIES = {"+": 1800} | dict.fromkeys("-UVWXY", 1900) | dict.fromkeys("ABCDEF", 2000)
_SIGNS = "".join(sorted(_CENTURIES))
_FORM = re.compile(r"([0-9]{6})([-+A-FU-Y])([0-9]{3})([0-9A-FHJ-NPR-Y])")
_NUMBER = re.compile(r"[0-9A-Z+-]{11}")
_CHECKS = np.frombuffer(b"0123456789ABCDEFHJKLMNPRSTUVWXY", np.uint8)
_CODE, _TEMPORARY, _UNREADABLE = range(3)
_LEAST, _FIRST_TEMPORARY = 2, 900


class Finnish(Numbered):
    """The scheme "fi": six digits, a sign for the century, three digits and a check sign.

    A key is the date, the rank of the century's sign and the serial, as digits: DDMMYYCCZZZ.
    """

    name = "fi"
    kinds: tuple[str, ...] = ("henkilotunnus", "tilapainen", "unreadable")
    linkable = 2
    reasons = reasons(Text("not eleven signs"), Text("the serial number 000 or 001"))
    width = 11
    alike = 1_000

    def one(self, text: str) -> One:
        """As Numbered.one."""
        match = _FORM.fullmatch(text)
        if match is None:
            return self.unreadable(_why(text))
        date, century, serial = match[1], match[2], int(match[3])
        try:
            born = dt.date(_CENTURIES[century] + int(date[4:]), int(date[2:4]), int(date[:2]))
        except ValueError:
            return self.unreadable(Reason.DATE)
        if serial < _LEAST:
            return self.unreadable(Reason.SERIAL)
        try:
            canonical = hetu.validate(text, allow_temporary=True)
        except InvalidChecksum:
            return self.unreadable(Reason.CHECK)
        except ValidationError:
            return self.unreadable(Reason.FORM)
        kind = _TEMPORARY if serial >= _FIRST_TEMPORARY else _CODE
        return One(kind, Reason.NONE, canonical, day(born))

    def key(self, canonical: str) -> int:
        """As Numbered.key."""
        return (int(canonical[:6]) * 100 + _SIGNS.index(canonical[6])) * 1_000 + int(canonical[7:10])

    def canonical(self, keys: Keys) -> Canonical:
        """As Scheme.canonical: "S11"."""
        rank = keys // 1_000 % 100
        if len(keys) and int(rank.max()) >= len(_SIGNS):
            raise NotCanonicalError("a key is none of the scheme")
        numbers = written(keys, self.width).view(np.uint8).reshape(len(keys), self.width)
        date, serial = keys // 100_000, keys % 1_000
        found = np.empty_like(numbers)
        found[:, :6], found[:, 7:10] = numbers[:, :6], numbers[:, 8:]
        found[:, 6] = np.frombuffer(_SIGNS.encode(), np.uint8)[rank]
        found[:, 10] = _CHECKS[(date * 1_000 + serial) % len(_CHECKS)]
        return found.view(f"S{self.width}").reshape(len(keys))

    def men(self, keys: Keys) -> Codes:
        """As Numbered.men."""
        return (keys % 2).astype(np.uint8)


def _why(text: str) -> Reason:
    if not text:
        return Reason.EMPTY
    if "?" in text or "/" in text:
        return Reason.CHARACTERS
    return Reason.FORM if _NUMBER.fullmatch(text) else Reason.DIGITS
