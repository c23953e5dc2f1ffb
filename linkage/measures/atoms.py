"""People whom nothing that a release says of a stretch of time tells apart: how many there are of each.

An atom is a combination of answers: of every measure that has rows in the stretch, of sex and age, and of
what each view knows of its own people there. Every number of people that is counted is a sum of atoms. Inside
the matcher only, as the figures are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.dimensions import OTHER, SEXES

if TYPE_CHECKING:
    from collections.abc import Sequence

Whole: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]
Flags: TypeAlias = npt.NDArray[np.bool_]
Digits: TypeAlias = tuple[tuple[int, int], ...]
"""(number of a digit, its value), all of which the people of a cell have."""

ALL: Final = "all"
SEX: Final = -1
AGE: Final = -2
"""Stand for sex and age where digits are named by their numbers."""


@dataclass(frozen=True, eq=False, repr=False)
class Stretch:
    """The k atoms of one stretch of time. time: "period", "span", or "window", whose label is "all".

    people: shape (k,); 0 where there are none, but a cell would have no atoms (see `imagined`). digits: shape
    (k, m); what they say is told by `Atoms.cell`. sex:
    codes of `dimensions.SEXES`. age: the finest age that anybody asks for; age_row: its row in a table,
    "other" last. Both are 0 where nobody asks. patterns: shape (k, views), what a view knows of its people
    beside sex and age: 0 where the person is in none of its registers, 1 … for those who are, whether or not
    just then.
    """

    time: str
    label: str
    people: Whole
    digits: Codes
    sex: Codes
    age: Codes
    age_row: Codes
    patterns: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        return f"<Stretch {self.label}>"


@dataclass(frozen=True, eq=False, repr=False)
class Asked:
    """Where the cells of one measure are found.

    rows: label of a row of time → the numbers of the stretches whose cells add up to it: mostly one; those of
    all departures for a flow over more than a period; none where nothing is known. own: number of a stretch →
    for each place of the kind's own axes, in the order of `Cells`, the digits of the people counted there.
    seen: likewise, for each view the numbers of the digits that it knows of its own people, and that bear on
    who is counted there; SEX and AGE where these do.
    """

    rows: Mapping[str, tuple[int, ...]]
    own: Mapping[int, Sequence[Digits | None]]
    seen: Mapping[int, Sequence[Sequence[tuple[int, ...]]]]


@dataclass(frozen=True, eq=False, repr=False)
class Atoms:
    """The atoms of a whole round, by stretch of time: periods, then spans, then the window.

    views: the readers who know something: each party, in the agreement's order, then the parties of each
    coalition of all but one, where that is more than one. ages: labels of the rows by age, "other" last.
    whole: whether atoms are of people who are alike in all stretches together: then all stretches have the
    same ones, in the same order.
    """

    stretches: tuple[Stretch, ...]
    views: tuple[tuple[str, ...], ...]
    ages: tuple[str, ...]
    asked: Mapping[str, Asked]
    whole: bool = False

    def __repr__(self) -> str:
        return f"<Atoms of {len(self.stretches)} stretches>"

    def rows(self, measure: str, label: str) -> tuple[int, ...]:
        """The numbers of the stretches whose cells add up to the row of time `label` ("all" for the window).

        None where the row says nothing: edges of the window, series without dates.
        """
        return self.asked[measure].rows[label]

    def cell(self, measure: str, own: int, stretch: int, sex: str = ALL, age: str = ALL) -> Flags:
        """Which atoms of a stretch are counted in a cell of a measure. Shape (k,).

        own: place on the kind's own axes, counted through them in the order of `Cells` (from × states + to of
        a flow); sex, age: labels of `Cells`. Nobody where the row says nothing at this place.
        """
        found = self.stretches[stretch]
        digits = self.asked[measure].own[stretch][own]
        if digits is None:
            return np.zeros(len(found), np.bool_)
        there = self._of_class(found, sex, age)
        for number, value in digits:
            there &= found.digits[:, number] == value
        return there

    def _of_class(self, found: Stretch, sex: str, age: str) -> Flags:
        there = np.ones(len(found), np.bool_)
        if sex != ALL:
            there &= found.sex == SEXES.index(sex)
        if age != ALL:
            there &= found.age_row == self.ages.index(age)
        return there

    def seen(self, measure: str, own: int, stretch: int, view: int) -> npt.NDArray[np.int64]:
        """Who is alike in what a view knows and what decides whether a cell counts them. Shape (k,).

        0 for people whom it does not have.
        """
        found = self.stretches[stretch]
        code = np.zeros(len(found), np.int64)
        for number in self.asked[measure].seen[stretch][own][view]:
            column = {SEX: found.sex, AGE: found.age}.get(number)
            digit = (found.digits[:, number] if column is None else column).astype(np.int64)
            code = np.unique(code * (int(digit.max(initial=0)) + 1) + digit, return_inverse=True)[1]
        return np.where(found.patterns[:, view] > 0, code + 1, 0)

    def known(self, stretch: int, view: int) -> npt.NDArray[np.int64]:
        """The groups whose numbers of people a view knows exactly. Shape (k,).

        A group is a pattern of the view with a sex and an age, numbered from 1; 0 for people whom it does not
        have: of those it knows nothing.
        """
        found = self.stretches[stretch]
        pattern = found.patterns[:, view].astype(np.int64)
        own = np.flatnonzero(pattern)
        groups = np.zeros(len(found), np.int64)
        key = (pattern[own] * len(SEXES) + found.sex[own]) << 8 | found.age[own]
        groups[own] = np.unique(key, return_inverse=True)[1] + 1
        return groups


def age_labels(bands: Sequence[str]) -> tuple[str, ...]:
    """The labels of the rows by age, in the order of `Stretch.age_row`."""
    return (*bands, OTHER) if bands else ()
