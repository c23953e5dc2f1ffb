"""From a problem in which everything is told to the numbers that are withheld: found, attacked, or refused.

Nothing leaves this module that has not passed the audit's attack by every reader. A search that runs out of
time, or whose solver errs, costs more numbers and never safety: then whole breakdowns are withheld, coarser
and coarser, and attacked likewise.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.errors import ReleaseError
from linkage.release.audit.solver import Clock, TimeError
from linkage.release.audit.verdict import SECONDS as AUDIT_SECONDS
from linkage.release.audit.verdict import audit
from linkage.release.methods.suppress.pattern import Pattern, check, everything, primary, withheld
from linkage.release.methods.suppress.search import NoPatternError, search
from linkage.release.methods.suppress.system import as_flags, system

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.release.audit.problem import Flags, Problem
    from linkage.release.methods.suppress.pattern import Costs

SECONDS: Final = 120.0
"""For the search of one release."""
_TOGETHER: Final = 400
"""Atoms of parts that are searched together; those of larger ones are searched one by one."""


class SuppressionError(ReleaseError):
    """Even with everything withheld that can be, some number could be worked out: no release."""

    hint = "ask for fewer breakdowns, or for fewer questions of the same people, in a new round"


@dataclass(frozen=True, repr=False)
class Chosen:
    """What is withheld. cheapest: no safe pattern costs less; coarse: whole breakdowns had to be withheld."""

    pattern: Pattern
    cheapest: bool
    coarse: bool
    solves: int

    def __repr__(self) -> str:
        return "<Chosen pattern>"


def choose(
    told: Problem,
    untold: Problem,
    costs: Costs,
    coarser: Sequence[Pattern] = (),
    *,
    key: bytes,
    seconds: float = SECONDS,
    audit_seconds: float = AUDIT_SECONDS,
) -> Chosen:
    """The numbers to withhold so that nobody narrows a sensitive one.

    told: as readers would see it if every number of ours were told; untold: if none were. coarser: patterns
    to fall back on, finer ones first. key: secret; it decides between patterns that cost the same, so that
    which of them was chosen tells nothing that a reader could work out again. seconds: for the search;
    audit_seconds: for each attack on what it finds, for those on all coarser patterns together, and for that
    on the last, which withholds everything.
    Raises SuppressionError, ValueError without a key.
    """
    if not key:
        raise ValueError("no key to decide between equals")
    check(told, untold, costs)
    found = _Choice(told, untold, costs, Clock.within(seconds), key)
    for number, pattern in enumerate(found.patterns()):
        if _passes(withheld(told, untold, pattern), audit_seconds):
            return Chosen(pattern, found.cheapest and not number, coarse=False, solves=found.solves)
    least, clock = primary(told, costs) | found.pattern, Clock.within(audit_seconds)
    for pattern in coarser:
        if _passes(withheld(told, untold, pattern | least), clock.left()):
            return Chosen(pattern | least, cheapest=False, coarse=True, solves=found.solves)
    if _passes(withheld(told, untold, everything(costs)), audit_seconds):
        return Chosen(everything(costs), cheapest=False, coarse=True, solves=found.solves)
    raise SuppressionError("the figures cannot be protected by withholding some of them")


def _passes(problem: Problem, seconds: float) -> bool:
    """Whether no reader narrows anything; out of time is no."""
    try:
        return seconds > 0 and audit(problem, seconds).passed
    except TimeError:
        return False


class _Choice:
    """The search of a whole problem. pattern: what was found, of as many parts as the time was enough for."""

    def __init__(self, told: Problem, untold: Problem, costs: Costs, clock: Clock, key: bytes) -> None:
        self._problem, self._untold, self._costs, self._clock = told, untold, costs, clock
        self._rng = np.random.default_rng(int.from_bytes(hashlib.sha256(key).digest()))
        self.solves = 0
        self.cheapest = True
        none = tuple(np.zeros(len(c), np.bool_) for c in (*costs.sums, costs.totals))
        self.pattern = Pattern(none[:-1], none[-1])
        self._apart = False

    def patterns(self) -> Iterator[Pattern]:
        """What the search holds for safe, the cheapest first; nothing where it did not end.

        Parts that are searched one by one are searched as if all totals were withheld; then as many totals as
        attacks allow are told.
        """
        tasks = [*self._tasks()]
        for number, parts in enumerate(tasks):
            if not self._search(parts, self._clock.left() / (len(tasks) - number)):
                return
        if not self._apart:
            yield self.pattern
            return
        must = primary(self._problem, self._costs).totals
        for totals in (must, must | self._near(), everything(self._costs).totals):
            yield Pattern(self.pattern.sums, totals)

    def _search(self, numbers: Sequence[int], seconds: float) -> bool:
        found = system(self._problem, self._untold, self._costs, numbers, totals=not self._apart)
        try:
            best = search(found, Clock.within(seconds), self._rng)
        except NoPatternError:
            return False
        if best is None:
            return False
        self.solves += best.solves
        self.cheapest &= best.cheapest
        as_flags(found.choices, best.withheld, self.pattern.sums, self.pattern.totals)
        return True

    def _tasks(self) -> Iterator[list[int]]:
        """Parts that are searched together."""
        for parts in self._groups():
            if len(parts) == 1 or sum(len(self._problem.parts[n].people) for n in parts) <= _TOGETHER:
                yield parts
            else:
                self._apart, self.cheapest = True, False
                yield from ([number] for number in parts)

    def _groups(self) -> list[list[int]]:
        """The parts that are bound to each other, by however many ties and totals."""
        of = list(range(len(self._problem.parts)))
        bound = [[part for part, _ in (tie.whole, *tie.pieces)] for tie in self._problem.ties]
        bound += [[part for part, _ in (*t.pieces, *t.less)] for t in self._problem.totals]
        for several in {tuple(sorted(set(parts))) for parts in bound}:
            old = {of[part] for part in several}
            of = [min(old) if group in old else group for group in of]
        return [[n for n, group in enumerate(of) if group == first] for first in sorted(set(of))]

    def _near(self) -> Flags:
        """The totals of which some piece is withheld."""
        pieces = [(*total.pieces, *total.less) for total in self._problem.totals]
        flags = [any(self.pattern.sums[part][row] for part, row in several) for several in pieces]
        return np.array(flags, np.bool_) & everything(self._costs).totals
