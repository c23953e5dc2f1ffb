"""The readers of one system: where a pattern lets one of them narrow a number, and what must change then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.methods.suppress.programs import Reader
from linkage.release.methods.suppress.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.release.audit.problem import Flags, Places, Whole
    from linkage.release.audit.solver import Clock
    from linkage.release.methods.suppress.programs import Answer, Floats
    from linkage.release.methods.suppress.system import System

_SWEEPS: Final = 3
"""Worlds in a row that prove nothing new, before each number is looked at by itself."""
_FEW: Final = 8
"""Numbers that are looked at by themselves at once."""
_SMALL: Final = 1e-7
"""What a solver's numbers may be from zero."""
_TRIALS: Final = 40
"""Attacks on a pattern that is to be as large as it can be and still be unsafe."""


class UnknownError(Exception):
    """No verdict: no time was left, or a solver did not answer."""


class UnprovedError(Exception):
    """In haste: fractions keep a number apart, and whether whole numbers do was not looked into."""


class Attackers:
    """All readers of a system, each as good as a solver makes it, and the worlds that were found.

    hasty: a number that only fractions keep apart is not looked into.
    """

    hasty = False

    def __init__(self, system: System, clock: Clock, rng: np.random.Generator) -> None:
        self._system, self._clock, self._rng = system, clock, rng
        self._readers = len(system.needs)
        self.worlds = Worlds(system, self._readers)
        self._some = Reader(system, whole=False)
        self._whole: Reader | None = None

    @property
    def solves(self) -> int:
        """How many programs were solved."""
        return self._some.solves + (self._whole.solves if self._whole else 0)

    def safe(self, withheld: Flags) -> bool:
        """Whether no reader narrows any aim. Raises UnknownError."""
        return next(self.rules(withheld), None) is None

    def rules(self, withheld: Flags) -> Iterator[Floats]:
        """For each number that a reader narrows, a rule that this pattern breaks, and every safe one keeps.

        A rule is a weight for each choice: those of what is withheld must add up to at least one. A rule
        without weights says that no pattern is safe. Those who know most come first. More may be withheld
        while the rules are told: the attack goes on with that. Raises UnknownError.
        """
        for reader in reversed(range(self._readers)):
            needs = self._system.needs[reader]
            if not len(self.worlds.open(reader, withheld, needs)):
                continue
            self._sweep(reader, withheld, needs)
            for aim in self.worlds.open(reader, withheld, needs):
                yield from self._until_safe(reader, withheld, int(aim), int(needs[aim]))

    def _until_safe(self, reader: int, withheld: Flags, aim: int, need: int) -> Iterator[Floats]:
        """The rules that an aim teaches; only one where nothing more is withheld meanwhile."""
        before = -1
        while aim in self._open(reader, withheld) and int(withheld.sum()) != before:
            before = int(withheld.sum())
            yield from self._narrow(reader, withheld, aim, need)

    def _sweep(self, reader: int, withheld: Flags, needs: Whole) -> None:
        """Worlds in which many aims are far from the truth at once."""
        self._some.see(reader, withheld)
        left, tries = self.worlds.open(reader, withheld, needs), 0
        while len(left) > _FEW and tries < _SWEEPS:
            signs = self._rng.choice(np.array([-1, 1]), len(left))
            answer = self._some.push(self._system.aims[left], signs, needs[left], self._clock)
            if answer is not None:
                self.worlds.add(answer.table)
            fewer = self.worlds.open(reader, withheld, needs)
            tries = 0 if len(fewer) < len(left) else tries + 1
            left = fewer

    def _narrow(self, reader: int, withheld: Flags, aim: int, need: int) -> Iterator[Floats]:
        self._some.see(reader, withheld)
        answers = []
        for sign in (1, -1):
            answers.append(self._pushed(self._some, aim, sign, need))
            if aim not in self._open(reader, withheld):
                return
        missing = need - sum(answer.value for answer in answers)
        if missing > _SMALL:
            yield self._rule(withheld, answers, missing)
        elif not self._whole_worlds(reader, withheld, aim, need, answers):
            yield self._whole_rule(reader, withheld, aim, need)

    def _rule(self, withheld: Flags, answers: list[Answer], missing: float) -> Floats:
        """How much farther apart the aim could be for each choice that were withheld too, of what is missing.

        By the duals: withheld, a number can grow and shrink to what was told of it before.
        """
        system, n = self._system, len(self._system.choices)
        up, down = system.free_high - system.true[:n], system.true[:n] - system.free_low
        gain = np.zeros(n)
        for answer in answers:
            duals = answer.duals[:n]
            gain += np.where(duals > _SMALL, duals * up, np.where(duals < -_SMALL, -duals * down, 0.0))
        gain[withheld] = 0.0
        rule: Floats = np.minimum(1.0, gain / missing)
        rule[rule < _SMALL] = 0.0
        return rule

    def _whole_worlds(
        self, reader: int, withheld: Flags, aim: int, need: int, answers: Sequence[Answer] = ()
    ) -> bool:
        """Whether worlds in whole numbers keep an aim apart that fractions do. Raises UnknownError.

        answers: those of fractions, where there are: the atoms that these move are mostly enough.
        """
        if self.hasty:
            raise UnprovedError
        if self._whole is None:
            self._whole = Reader(self._system, whole=True)
        self._whole.see(reader, withheld)
        for moved in (*(answer.moved for answer in answers), np.ones(len(self._system.people), np.bool_)):
            for sign in (1, -1):
                self._pushed(self._whole, aim, sign, need, moved)
                if aim not in self._open(reader, withheld):
                    return True
        return False

    def _pushed(self, reader: Reader, aim: int, sign: int, need: int, free: Flags | None = None) -> Answer:
        row = self._system.aims[[aim]]
        answer = reader.push(row, np.array([sign]), np.array([need]), self._clock, free)
        if answer is None:
            raise UnknownError
        self.worlds.add(answer.table)
        return answer

    def _open(self, reader: int, withheld: Flags) -> Places:
        return self.worlds.open(reader, withheld, self._system.needs[reader])

    def _whole_rule(self, reader: int, withheld: Flags, aim: int, need: int) -> Floats:
        """One of those still told must be withheld: as few of them as a few more attacks make out."""
        more = withheld.copy()
        told = self._rng.permutation(np.flatnonzero(~withheld))
        size, trials = max(1, len(told) // 2), 0
        while len(told) and size and trials < _TRIALS:
            kept = []
            for some in np.array_split(told, -(-len(told) // size)):
                tried = more.copy()
                tried[some] = True
                trials += 1
                if trials < _TRIALS and not self._whole_worlds(reader, tried, aim, need):
                    more = tried
                else:
                    kept.append(some)
            told = np.concatenate([np.empty(0, np.intp), *kept])
            size = size // 2
        return (~more).astype(np.float64)
