"""The cheapest pattern of one system that no reader can break (Benders' decomposition).

The master proposes the cheapest pattern that keeps all rules found so far; the readers attack it, and each
success is a new rule. Patterns that are safe are found on the way, so that there is one when time is out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.audit.solver import Clock
from linkage.release.methods.suppress.attackers import Attackers, UnknownError, UnprovedError
from linkage.release.methods.suppress.programs import Master

if TYPE_CHECKING:
    from linkage.release.audit.problem import Flags
    from linkage.release.methods.suppress.programs import Floats
    from linkage.release.methods.suppress.system import System


_NEAR: Final = 1e-6
"""How nearly a rule is kept, in the numbers of a solver."""


class NoPatternError(Exception):
    """Whatever is withheld, some reader narrows a number: what was told before, or what holds anyway."""


@dataclass(frozen=True, eq=False)
class Found:
    """A pattern that the search holds for safe.

    cheapest: no safe pattern costs less; bound: no safe pattern costs less than this.
    """

    withheld: Flags
    cheapest: bool
    bound: float
    solves: int


def search(system: System, clock: Clock, rng: np.random.Generator) -> Found | None:
    """The best pattern that was found; None where none was found in time. Raises NoPatternError."""
    return _Search(system, clock, rng).run()


class _Search:
    def __init__(self, system: System, clock: Clock, rng: np.random.Generator) -> None:
        self._system, self._clock = system, clock
        self._must = system.must
        self._free = np.flatnonzero(~self._must)
        # the whole cost decides, and these parts of a unit only between patterns that cost the same
        parts = rng.random(len(system.costs)) / (2 * max(1, len(system.costs)))
        self._prices: Floats = system.costs + parts
        self._attackers = Attackers(system, clock, rng)
        self._master = Master(self._prices, self._must, int(rng.integers(1 << 30)))
        self._rules: list[Floats] = []
        self._known: set[bytes] = set()
        self._best: Flags | None = None
        self._bound = 0.0

    def run(self) -> Found | None:
        cheapest = False
        try:
            self._prune(self._grown(self._must))
            while not cheapest and self._clock.left():
                cheapest = self._step()
        except UnknownError:
            pass
        if self._best is None:
            return None
        bound = float(self._cost(self._best)) if cheapest else self._bound
        return Found(self._best, cheapest, bound, self._attackers.solves)

    def _step(self) -> bool:
        """One proposal of the master. Whether the best pattern is the cheapest. Raises UnknownError."""
        if self._best is None:
            raise UnknownError
        proposed = self._master.cheapest(self._best, self._clock)
        if proposed is None or any(rule[proposed.withheld].sum() < 1 - _NEAR for rule in self._rules):
            raise UnknownError  # out of time, or a solver that errs: the best there is must do
        self._bound = max(self._bound, proposed.bound - 0.5)  # the parts of units are less than a half
        if proposed.bound > self._cost(self._best) - 0.5:
            return True
        withheld = proposed.withheld | self._must
        if not self._learn(withheld):
            if not self._attackers.safe(withheld):
                raise UnknownError
            self._take(withheld)
            return bool(self._cost(withheld) < proposed.bound + 1)
        self._prune(self._grown(withheld))
        return False

    def _cost(self, withheld: Flags) -> int:
        return int(self._system.costs[withheld].sum())

    def _take(self, withheld: Flags) -> None:
        if self._best is None or self._prices[withheld].sum() < self._prices[self._best].sum():
            self._best = withheld

    def _learn(self, withheld: Flags) -> bool:
        """New rules from all attacks that succeed; false where there is none."""
        before = len(self._rules)
        for rule in self._attackers.rules(withheld):
            self._add(rule)
        return len(self._rules) > before

    def _add(self, rule: Floats) -> None:
        if not rule.any():
            raise NoPatternError
        key = np.round(rule, 9).tobytes()
        if key not in self._known:
            self._known.add(key)
            self._rules.append(rule)
            self._master.add(rule)

    def _grown(self, withheld: Flags) -> Flags:
        """More withheld, by the rule that is broken, for as little as it takes, until none is."""
        withheld = withheld.copy()
        broken = True
        while broken:
            broken = False
            for rule in self._attackers.rules(withheld):
                self._add(rule)
                self._keep(rule, withheld)
                broken = True
        return withheld

    def _keep(self, rule: Floats, withheld: Flags) -> None:
        """Withhold what keeps a rule at least cost, roughly."""
        while (missing := 1 - rule[withheld].sum()) > _NEAR:
            use = np.where(withheld, 0.0, np.minimum(rule, missing)) / self._prices
            if not use.any():
                raise NoPatternError
            withheld[np.argmax(use)] = True

    def _prune(self, withheld: Flags) -> None:
        """Take a safe pattern, then without what need not be withheld, the dearest first."""
        self._take(withheld)
        for choice in sorted(self._free[withheld[self._free]], key=lambda c: -self._prices[c]):
            fewer = withheld.copy()
            fewer[choice] = False
            if all(rule[fewer].sum() >= 1 - _NEAR for rule in self._rules) and self._is_safe(fewer):
                withheld = fewer
                self._take(withheld)

    def _is_safe(self, withheld: Flags) -> bool:
        """Whether no attack succeeds, as far as haste tells; what the first that does teaches is kept."""
        self._attackers.hasty = True
        try:
            rule = next(self._attackers.rules(withheld), None)
        except UnprovedError:
            return False
        finally:
            self._attackers.hasty = False
        if rule is not None:
            self._add(rule)
        return rule is None
