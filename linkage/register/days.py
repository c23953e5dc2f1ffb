"""Days as cells write them: 2020-01-31, and the forms that a map names (docs/register.md, "Days").

A form is made of %Y, %m and %d, each once, and of signs between them. 31.1.2020 is read as %d.%m.%Y: where
signs stand between all parts, a zero in front may be left out. A time of day may follow, and says nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING

from linkage.errors import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

ISO = "%Y-%m-%d"
COMMON = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d"),
    *("%d/%m %Y", "%d %m %Y", "%Y %m %d", "%d%m%Y", "%m-%d-%Y", "%m.%d.%Y"),
)
_PIECE = re.compile(r"%(.?)|[^%]")
_SIGNS = frozenset(" ./-_,")
_TIME = r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?)?"
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})" + _TIME)
_FIRST_YEAR = 1800  # so that 20111201 is no day of the year 1201


@dataclass(frozen=True)
class Form:
    """A form of days without faults; one without %d is a form of months, and reads as the first day."""

    written: str

    @property
    def has_day(self) -> bool:
        """Whether it says the day."""
        return "%d" in self.written

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        apart = not re.search(r"%.%", self.written)
        short = r"[0-9]{1,2}" if apart else r"[0-9]{2}"
        groups = {"%Y": "(?P<Y>[0-9]{4})", "%m": f"(?P<m>{short})", "%d": f"(?P<d>{short})"}
        pieces = [piece[0] for piece in _PIECE.finditer(self.written)]
        return re.compile("".join(groups.get(piece) or re.escape(piece) for piece in pieces) + _TIME)

    def read(self, text: str) -> dt.date | None:
        """The day that a text is in this form; None where it is none."""
        match = self._pattern.fullmatch(text)
        if match is None or int(match["Y"]) < _FIRST_YEAR:
            return None
        try:
            return dt.date(int(match["Y"]), int(match["m"]), int(match["d"]) if self.has_day else 1)
        except ValueError:
            return None


def read(text: str, forms: Sequence[Form] = ()) -> dt.date | None:
    """The day that a text is, as 2020-01-31 or in one of the forms; None where it is none."""
    match = _ISO_DAY.fullmatch(text)
    if match is None:
        return next((day for form in forms if (day := form.read(text))), None)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def fault(written: str) -> Text | None:
    """What is wrong with a form; None where nothing is."""
    found = [piece[1] for piece in _PIECE.finditer(written) if piece[1] is not None]
    if "y" in found:
        return Text("{form!r}: a year has four digits, %Y", {"form": written})
    strange = [piece[0] for piece in _PIECE.finditer(written) if piece[1] is None and piece[0] not in _SIGNS]
    if set(found) - set("Ymd") or strange:
        return Text(
            "{form!r}: a form has %Y, %m and %d, and the signs . / - _ , or a space between them",
            {"form": written},
        )
    if sorted(found) not in (["Y", "d", "m"], ["Y", "m"]):
        return Text("{form!r}: %Y, %m and %d stand once each, as in %d.%m.%Y", {"form": written})
    return None


def unclear(forms: Sequence[str]) -> tuple[str, str, str] | None:
    """Two forms (2020-01-31 is always one) that read one cell as two days, and such a cell."""
    for one, other in permutations(dict.fromkeys((ISO, *forms)), 2):
        for number in range(366):
            day = dt.date(2012, 1, 1) + dt.timedelta(number)
            cell = day.strftime(one)
            found, meant = Form(other).read(cell), Form(one).read(cell)
            if found is not None and meant is not None and found != meant:
                return one, other, cell
    return None


def forms_of(text: str) -> frozenset[str]:
    """Which of the common forms read a text: for hints."""
    return frozenset(form.written for form in _COMMON if form.read(text))


_COMMON = tuple(Form(written) for written in COMMON)
