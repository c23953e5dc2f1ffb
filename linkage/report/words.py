"""How a release is said: numbers, periods, dimensions and notes, in Swedish or English."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from keys.errors import Text
from linkage.dimensions import OTHER
from linkage.release.counts import ALL, MEAN
from linkage.release.tables import ELSEWHERE
from linkage.report.names import (
    AROUND,
    AVERAGE,
    EVENT_PERIODS,
    FEW,
    HEADINGS,
    LONG_PERIODS,
    MEAN_LENGTHS,
    MEAN_OF,
    MEDIAN_LENGTHS,
    MONTHS,
    NOTES,
    OFFSETS,
    PARTS,
    SEXES,
    SHORT_MONTHS,
    SHORT_PERIODS,
    SPELLS,
    UNITS,
)
from linkage.report.questions import in_words
from linkage.texts import Lang, say
from linkage.window import Unit

if TYPE_CHECKING:
    from linkage.release.document import Release
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table

APART: Final = "\u00a0"  # a number never breaks across two lines
MINUS: Final = "\u2212"

_COMPOSED: Final = re.compile(r"[|&!()\s]")
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text without the few characters that XML lacks: one would spoil a workbook, or end the renderer."""
    return _NO_XML.sub("\ufffd", text)


FINE: Final = 1000  # beside a mean below this, numbers are shown with their decimal


def shown(value: int | Decimal, beside: int | Decimal) -> int | Decimal:
    """A number as it is told beside a mean: with its decimal where the mean is small, else whole.

    Whoever takes one number that is shown from another gets the difference that is shown.
    """
    return value if -FINE < beside < FINE else whole(value)


def whole(value: int | Decimal) -> int:
    """Rounded to a whole number, half away from zero."""
    return int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


class Words:
    """One release in one language."""

    def __init__(self, release: Release, lang: Lang) -> None:
        self.release = release
        self.lang = lang
        self.unit = release.window.unit

    def t(self, template: str, **values: object) -> str:
        """A text in this language, its placeholders filled."""
        return say(Text(template, values), self.lang)

    # -- numbers ------------------------------------------------------------------------------------------

    def number(self, value: int | Decimal | None, margin: str = "") -> str:
        """Thousands apart, decimals as they are; empty for none. margin: how sure it is, said after it."""
        if value is None:
            return ""
        text = f"{value:,}".replace("-", MINUS)
        if self.lang is not Lang.EN:
            text = text.replace(",", APART).replace(".", ",")
        return f"{text}{APART}{margin}" if margin else text

    def figure(self, value: Scalar) -> str:
        """A number of a row."""
        if isinstance(value, int | Decimal):
            return self.number(value)
        raise TypeError("a label where a number should stand")

    def whole(self, value: int | Decimal) -> str:
        """Rounded to a whole number, half away from zero."""
        return self.number(whole(value))

    def percent(self, value: int | Decimal, margin: str = "") -> str:
        """A number and its sign: 23,5 % or 23.5%."""
        sign = "\u00a0%" if self.lang is Lang.SV else "%"
        return self.number(value, margin) + sign

    def amount(self, value: int | Decimal, unit: str, margin: str = "") -> str:
        """A number of a unit: 4 716 kr."""
        return f"{self.number(value, margin)}{APART}{unit}"

    def signed_amount(self, value: int | Decimal, unit: str, margin: str = "") -> str:
        """A difference of a unit: −4 716 kr."""
        return f"{self.signed(value, margin)}{APART}{unit}"

    def signed(self, value: int | Decimal, margin: str = "") -> str:
        """A difference: +12, −4 716, 0."""
        return f"+{self.number(value, margin)}" if value > 0 else self.number(value, margin)

    # -- time ---------------------------------------------------------------------------------------------

    def day(self, day: dt.date) -> str:
        """A day with its month's name."""
        return self.t("{month} {day}, {year}", month=self._month(day.month), day=day.day, year=day.year)

    def period(self, name: str) -> str:
        """A period in full: januari 2020."""
        year, _, part = name.partition("-")
        if self.unit is Unit.MONTH:
            return f"{self._month(int(part))} {year}"
        if self.unit is Unit.YEAR:
            return year
        return self.t(LONG_PERIODS[self.unit], part=part[1:], year=year)

    def short(self, name: str) -> tuple[str, str]:
        """A period for an axis: its name within the year, and the year."""
        year, _, part = name.partition("-")
        if self.unit is Unit.MONTH:
            return self.t(SHORT_MONTHS[int(part) - 1]), year
        if self.unit is Unit.YEAR:
            return year, ""
        return self.t(SHORT_PERIODS[self.unit], part=part[1:]), year

    def column(self, name: str) -> str:
        """A period, or a total of time, at the head of a narrow column."""
        if name in (ALL, MEAN):
            return self.t("ever") if name == ALL else self.t("mean")
        return " ".join(part for part in self.short(name) if part)

    def stretch(self, first: str, last: str) -> str:
        """From one period to another: 2020, or januari–juni 2020, or juli 2019–juni 2020."""
        starts, ends = self.release.window.starts, self.release.window.labels
        begin, after = starts[ends.index(first)], starts[ends.index(last) + 1]
        whole_years = (begin.month, begin.day, after.month, after.day) == (1, 1, 1, 1)
        if whole_years:
            years = (str(begin.year), str(after.year - 1))
            return years[0] if years[0] == years[1] else "–".join(years)
        if first == last:
            return self.period(first)
        if self.unit is Unit.MONTH and first[:4] == last[:4]:
            return f"{self._month(begin.month)}–{self.period(last)}"
        return f"{self.period(first)}–{self.period(last)}"

    def spell(self, periods: int | Decimal, margin: str = "") -> str:
        """So many periods: 1 month, 6 months."""
        one, several = SPELLS[self.unit]
        if periods == 1 and not margin:
            return self.t(one)
        return self.t(several, number=self.number(periods, margin))

    @property
    def around(self) -> str:
        """What an axis of offsets counts."""
        return self.t(AROUND[self.unit])

    def offset(self, value: Scalar) -> str:
        """An offset at the head of a narrow column: −6, 0, +6; its totals in full."""
        return self.signed(value) if isinstance(value, int) else self._offset(value)

    @property
    def window(self) -> str:
        """The whole time of the release."""
        labels = self.release.window.labels
        return self.stretch(labels[0], labels[-1])

    @property
    def average(self) -> str:
        """ "in an average month", of this release's periods."""
        return self.t(AVERAGE[self.unit])

    def _month(self, number: int) -> str:
        return self.t(MONTHS[number - 1])

    # -- labels -------------------------------------------------------------------------------------------

    def label(self, key: str, value: Scalar, kind: str = "") -> str:
        """A label of a row: key is a dimension or the kind's own key.

        kind: of the table, where it matters: "all" of a flow counts moves and not people.
        """
        if key in ("period", "span") and value == ALL and kind == "flow":
            return self.t("All moves")
        if key in ("period", "span"):
            return self._time(key, str(value))
        if key == "sex":
            return self.t(SEXES[str(value)])
        if key == "age":
            return self._age(str(value))
        if key == "part":
            return self.t(PARTS[str(value)]) if value in PARTS else self.title(str(value))
        if isinstance(value, tuple):
            return self._combination(value)
        if key in ("from", "to"):
            return self.title(str(value))
        if key == "length":
            return self._length(value)
        if key == "offset":
            return self._offset(value)
        return self.t("one list") if value == 1 else self.t("{number} lists", number=value)

    def _time(self, key: str, value: str) -> str:
        if value == ALL:
            return self.t("At some time in {window}", window=self.window)
        if value == MEAN:
            return self.t(MEAN_OF[self.unit])
        return self.period(value) if key == "period" else value

    def _age(self, value: str) -> str:
        if value in (ALL, OTHER):
            return self.t("All ages") if value == ALL else self.t("Other ages")
        return self.t("aged {band}", band=value.replace("-", "–"))

    def _length(self, value: Scalar) -> str:
        if isinstance(value, int):
            return self.spell(value)
        return self.t((MEAN_LENGTHS if value == MEAN else MEDIAN_LENGTHS)[self.unit])

    def _offset(self, value: Scalar) -> str:
        if not isinstance(value, int):
            return self.t(OFFSETS[str(value)])
        if value == 0:
            return self.t(EVENT_PERIODS[self.unit])
        spell = self.spell(abs(value))
        return self.t("{spell} before", spell=spell) if value < 0 else self.t("{spell} after", spell=spell)

    def _combination(self, sets: tuple[str, ...]) -> str:
        if len(sets) == 1:
            return self.t("only {set}", set=self.title(sets[0]))
        return " + ".join(self.title(name) for name in sets)

    def title(self, source: str) -> str:
        """What a series, group or expression is called."""
        if source == ELSEWHERE:
            return self.t("Elsewhere")
        kind, _, rest = source.partition(".")
        if kind == "sex" and rest in SEXES:
            return self.t(SEXES[rest])
        if kind == "age" and rest and source not in self.release.labels:
            return self._age(rest)
        title = " ".join(self.release.title(source).split())
        return in_words(source, self) if title == source and _COMPOSED.search(source) else title

    def heading(self, key: str, table: Table) -> str:
        """What a column is called."""
        if key == "period":
            return self.t(UNITS[self.unit])
        if key == "against":
            return self.t("In {span}", span=table.against)
        if key == "change":
            points = table.kind in ("share", "outcome")
            return self.t("Change, percentage points") if points else self.t("Change")
        if key == "value" and table.kind == "flow":
            return self.t("Moves")
        if key == "value" and table.kind == "change":
            return self.t("{unit} per person", unit=table.unit)
        return self.t(HEADINGS[key])

    def note(self, note: Scalar, *, derived: bool = False) -> str:
        """Why there is no number, in a word. derived: of a number that is made from others."""
        if note != FEW:
            return self.t(NOTES[str(note)])
        few = self.release.rule.threshold
        return self.t("needs a number that is fewer than {few}" if derived else "fewer than {few}", few=few)
