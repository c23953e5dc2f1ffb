"""Rows of a register become lines of text, each identity number in one of the forms that the office uses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from linkage.synthetic.people import Residents
from linkage.synthetic.sheets import FORMS, Line
from linkage.synthetic.untidy import Entries


class Pen:
    """Writes the numbers of these residents; each is made once. `forms`: names in `sheets.FORMS`."""

    def __init__(self, residents: Residents) -> None:
        self._residents = residents
        self._numbers: dict[int, str] = {}

    def numbers(self, who: npt.NDArray[np.intp], forms: Sequence[str], rng: np.random.Generator) -> list[str]:
        """The identity numbers of these residents, as written."""
        chosen = (rng.random(len(who)) * len(forms)).astype(np.intp).tolist()
        return [
            FORMS[forms[form]](self._number(index)) for index, form in zip(who.tolist(), chosen, strict=True)
        ]

    def dated(self, rows: Entries, forms: Sequence[str], rng: np.random.Generator) -> list[Line]:
        """Number, label, first day, last day (empty: still there)."""
        numbers = self.numbers(rows.who, forms, rng)
        start = np.datetime_as_string(rows.start, unit="D").tolist()
        end = np.where(np.isnat(rows.end), "", np.datetime_as_string(rows.end, unit="D")).tolist()
        return list(zip(numbers, rows.label.tolist(), start, end, strict=True))

    def _number(self, index: int) -> str:
        if index not in self._numbers:
            self._numbers[index] = self._residents.number(index)
        return self._numbers[index]


def shuffled(lines: list[Line], rng: np.random.Generator) -> list[Line]:
    """The same lines in no order."""
    order = np.argsort(rng.random(len(lines)), kind="stable")
    return [lines[place] for place in order.tolist()]
