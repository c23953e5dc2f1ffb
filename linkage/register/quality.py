"""What a person looks at to see whether a register is whole: people per period, sexes, ages, repeated rows.

All of it is the party's own knowledge, for its own eyes: nothing of this goes into the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from linkage.agreement.model import Known
from linkage.dimensions import MAN, WOMAN, Ages, Band, Dimensions
from linkage.errors import Text
from linkage.identifiers import dimensions
from linkage.register.same import Repeated

if TYPE_CHECKING:
    from linkage.identifiers import Identifiers
    from linkage.register.model import Plan
    from linkage.register.reading import Read

CHILD, OLD = 16, 80
_BANDS = (Band("child", 0, CHILD - 1), Band("between", CHILD, OLD), Band("old", OLD + 1, 130))
_FEW = 10  # a change by fewer people is no jump
_TOLD = 6  # periods that a warning names


@dataclass(frozen=True)
class Quality:
    """What was found. periods: labels of the window; people: dated series → people in each period.

    women, men, children (under 16), old (over 80 at the window's end), aged: of everybody in the window;
    aged: whose age is known; all 0 where the scheme tells no sex or age. odd: dated series → periods that are
    empty or jump by more than half.
    """

    periods: tuple[str, ...] = ()
    people: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    women: int = 0
    men: int = 0
    children: int = 0
    old: int = 0
    aged: int = 0
    repeated: Repeated = field(default_factory=Repeated)
    odd: Mapping[str, frozenset[int]] = field(default_factory=dict)
    warnings: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {
            "periods": {
                series: dict(zip(self.periods, people, strict=True)) for series, people in self.people.items()
            },
            "women": self.women,
            "men": self.men,
            "under_16": self.children,
            "over_80": self.old,
            "age_known": self.aged,
            "duplicates": self.repeated.rows,
            "duplicates_exact": self.repeated.exact,
        }


def quality(read: Read, plan: Plan) -> Quality:
    """Look at a register that was read."""
    people = _people(read, plan)
    labels = plan.window.labels
    empty = {s: _empty(counts) for s, counts in people.items()}
    jumps = {s: _jumps(counts) for s, counts in people.items()}
    warnings = []
    for series, counts in people.items():
        warnings += _warned(series, counts, labels, empty[series], jumps[series])
    if twice := read.paid_twice.rows:
        warnings.append(
            Text(
                "{rows:# row|# rows} with amounts {rows:says|say} the same as another row, and each is "
                "added: was it paid twice?",
                {"rows": twice},
            )
        )
    women, men, children, old, aged = _looks(read.folded.identifiers, plan)
    return Quality(
        periods=labels,
        people=people,
        women=women,
        men=men,
        children=children,
        old=old,
        aged=aged,
        repeated=read.repeated,
        odd={s: frozenset((*empty[s], *jumps[s])) for s in people},
        warnings=tuple(warnings),
    )


def _people(read: Read, plan: Plan) -> dict[str, tuple[int, ...]]:
    """Dated series → people with presence, or with an amount, in each period."""
    found: dict[str, tuple[int, ...]] = {}
    for series in plan.series:
        if series.known is not Known.DATES:
            continue
        if series.name in read.folded.amounts:
            counts: npt.NDArray[np.integer] = np.count_nonzero(read.folded.amounts[series.name], axis=0)
            found[series.name] = tuple(counts.tolist())
        else:
            bits = read.folded.presence[series.name]
            one = bits.dtype.type(1)
            found[series.name] = tuple(
                int(np.count_nonzero(bits & (one << bits.dtype.type(p)))) for p in range(len(plan.window))
            )
    return found


def _empty(counts: tuple[int, ...]) -> tuple[int, ...]:
    """Periods without anybody, in a series that has people at all."""
    return tuple(p for p, n in enumerate(counts) if not n) if any(counts) else ()


def _jumps(counts: tuple[int, ...]) -> tuple[int, ...]:
    """Periods with more than half as many people more, or less, than the one before; neither being empty."""
    return tuple(
        p
        for p in range(1, len(counts))
        if counts[p] and counts[p - 1]
        if abs(counts[p] - counts[p - 1]) >= _FEW and 2 * abs(counts[p] - counts[p - 1]) > counts[p - 1]
    )


def _warned(
    series: str,
    counts: tuple[int, ...],
    labels: tuple[str, ...],
    empty: tuple[int, ...],
    jumps: tuple[int, ...],
) -> list[Text]:
    found = []
    if empty:
        named = _listed([labels[p] for p in empty])
        found.append(Text("nobody is in {series} in {periods}", {"series": series, "periods": named}))
    if jumps:
        named = _listed([f"{labels[p]} ({counts[p - 1]} → {counts[p]})" for p in jumps])
        found.append(
            Text("{series} jumps by more than half in {periods}", {"series": series, "periods": named})
        )
    return found


def _listed(names: list[str]) -> Text:
    words: dict[str, object] = {"names": ", ".join(names[:_TOLD]), "count": len(names) - _TOLD}
    return Text("{names} and {count} more" if len(names) > _TOLD else "{names}", words)


def _looks(identifiers: Identifiers, plan: Plan) -> tuple[int, int, int, int, int]:
    """Women, men, under 16, over 80 at the window's end, whose age is known."""
    wanted = Dimensions(sex=True, age=Ages(plan.window.last_day, _BANDS))
    sex, age = dimensions(identifiers, wanted)
    ages = np.bincount(age, minlength=len(_BANDS) + 1).tolist()
    women, men = int(np.count_nonzero(sex == WOMAN)), int(np.count_nonzero(sex == MAN))
    return women, men, ages[1], ages[3], sum(ages[1:])
