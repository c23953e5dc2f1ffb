"""What an attacker needs, in plain Python: tokens by the standard library, and worlds by trying them all.

Nothing here is a test. `derive`, `token` and `seed` are docs/token.md once more, without the program. A
`Reader` is somebody who reads a release and knows the method, its parameters and its table, but no key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from keys.family import FamilyKey
from linkage.agreement.model import ReleaseRule
from linkage.measures.figures import Axis, Cells, Figures, Note
from linkage.perturbation import perturbation
from linkage.release.audit.problem import Part, Problem, Sums
from linkage.release.methods import cellkey, exact
from linkage.synthetic.numbers import TEST_SERIALS, personnummer

# -- identity numbers and tokens --------------------------------------------------------------------------


def derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA256 for at most 32 bytes (RFC 5869)."""
    inner = hmac.digest(salt, secret, "sha256")
    return hmac.digest(inner, info + b"\x01", "sha256")[:length]


def token(secret: bytes, digest: bytes, number: str) -> bytes:
    """The token of a number under an agreement."""
    key = derive(secret, digest, b"linkage/1/token", 32).hex().encode()
    return hmac.digest(key, b"se:" + number.encode(), "sha256")[:16]


def seed(secret: bytes, family: str, number: str) -> bytes:
    """The seed of a number in a family."""
    salt = hashlib.sha256(f"linkage-family/1\n{family}".encode()).digest()
    key = derive(secret, salt, b"linkage/1/record", 32).hex().encode()
    return hmac.digest(key, b"se:" + number.encode(), "sha256")[:16]


def every_number(first: int, last: int) -> Iterator[str]:
    """All test numbers of people born in these years. (Of real ones there are 250 times as many.)"""
    day = dt.date(first, 1, 1)
    while day.year <= last:
        yield from (personnummer(day, serial) for serial in TEST_SERIALS)
        day += dt.timedelta(days=1)


def dictionary(numbers: Iterable[str], make: Callable[[str], bytes]) -> dict[bytes, str]:
    """The attack itself: make of every number what stands in the package, and look it up."""
    return {make(number): number for number in numbers}


# -- releases ---------------------------------------------------------------------------------------------

Mark: TypeAlias = int | None
"""What is read in one cell: a number, or none ("fewer than T", or withheld)."""
Truth: TypeAlias = Mapping[str, frozenset[int]]
"""The people of every cell. A person is a number of ours."""
Told: TypeAlias = Mapping[str, Mark]
Counts: TypeAlias = Mapping[str, int]
"""How many people a world has in every cell."""

CELLKEY = ReleaseRule("cellkey", {"threshold": 10, "D": 7, "variance": 4, "js": 2, "trust": ""})
"""As `agreement new` writes it."""
EXACT = ReleaseRule("exact", {"agreed": "for these tests"})


def family_key(number: int) -> FamilyKey:
    """One of as many keys as a test wants to draw."""
    return FamilyKey(hashlib.sha256(f"family {number}".encode()).digest(), "family")


def release(truth: Truth, rule: ReleaseRule, key: FamilyKey) -> Told:
    """What the method itself tells of these people; seeds are the people's own."""
    names = list(truth)
    people = sorted(frozenset().union(*truth.values()))
    blocks = b"".join(hashlib.sha256(f"seed {person}".encode()).digest()[:16] for person in people)
    drawn = key.record_keys(np.frombuffer(blocks, np.uint8).reshape(-1, 16)).tolist() if people else []
    own = dict(zip(people, drawn, strict=True))
    cells = Cells(
        (Axis("in", tuple(names)),),
        np.array([len(truth[name]) for name in names], np.int64),
        np.full(len(names), Note.KNOWN, object),
        np.array([sum(own[p] for p in truth[name]) % (1 << 32) for name in names], np.uint32),
    )
    figures = Figures((), {"m": cells})
    moves = rule.method == "cellkey"
    protected = (
        cellkey.protect(figures, rule, key.noise_key().draw) if moves else exact.protect(figures, rule)
    )
    counts = protected.counts["m"]
    known = (note is Note.KNOWN for note in counts.notes)
    return {
        name: int(value) if shown else None
        for name, value, shown in zip(names, counts.values, known, strict=True)
    }


@dataclass(frozen=True)
class Reader:
    """Knows the rule and its table: which marks a true count can have, and how likely each is."""

    rule: ReleaseRule

    @cached_property
    def _rows(self) -> list[dict[int, float]]:
        table = perturbation(self.rule.d, float(self.rule.variance), self.rule.js)
        return [
            {change - self.rule.d: p for change, p in enumerate(row) if p > 0}
            for row in table.probabilities.tolist()
        ]

    def marks(self, count: int) -> dict[Mark, float]:
        """What may be read where so many people are, with probabilities."""
        if self.rule.method == "exact":
            return {count: 1.0}
        if self.rule.method == "suppress":
            return {count: 1.0, None: 1.0}  # any number can be withheld, to protect another
        found: dict[Mark, float] = {}
        for change, p in self._rows[min(count, len(self._rows) - 1)].items():
            mark = count + change if count + change >= self.rule.threshold else None
            found[mark] = found.get(mark, 0.0) + p
        return found

    def likelihood(self, world: Counts, told: Told) -> float:
        """How likely a world is to be told so, each cell for itself; 0: it cannot be."""
        result = 1.0
        for name, mark in told.items():
            result *= self.marks(world[name]).get(mark, 0.0)
            if not result:
                break
        return result

    def left(self, worlds: Mapping[int, Iterable[Counts]], told: Told) -> dict[int, float]:
        """The answers that some world still allows, each with the likelihood of its best world."""
        best = {a: max((self.likelihood(w, told) for w in ws), default=0.0) for a, ws in worlds.items()}
        return {answer: p for answer, p in best.items() if p > 0}

    def bounds(self, mark: Mark) -> tuple[int, int]:
        """The least and the largest count that a mark lets be."""
        if self.rule.method == "exact":
            assert mark is not None
            return mark, mark
        if mark is None:
            return 0, self.rule.threshold - 1 + self.rule.d
        return max(0, mark - self.rule.d), mark + self.rule.d

    def problem(self, truth: Truth, told: Told, known: Collection[str], imagined: Truth) -> Problem:
        """The release as the audit sees it, every cell sensitive.

        known: cells whose number a reader knows, each a view; imagined: people who could be there.
        """
        atoms = sorted({atom for some in (truth, imagined) for atom in _patterns(some)})
        people = np.array([_patterns(truth).count(atom) for atom in atoms], np.int64)

        def sums(names: Collection[str]) -> Sums:
            places = [list(truth).index(name) for name in names]
            return Sums.of([[i for i, atom in enumerate(atoms) if atom[place]] for place in places])

        low, high = (
            np.array(side, np.int64) for side in zip(*(self.bounds(told[n]) for n in truth), strict=True)
        )
        views = {name: sums([name]) for name in known}
        part = Part("all", people, sums(truth), low, high, np.ones(len(truth), np.bool_), views)
        return Problem((part,), (), ("outsider", *known), self.rule.js + 1)


def _patterns(truth: Truth) -> list[tuple[bool, ...]]:
    """Of every person, the cells that count it."""
    everybody = sorted(frozenset().union(*truth.values()))
    return [tuple(person in cell for cell in truth.values()) for person in everybody]


def chance(number: int) -> random.Random:
    """The same every time."""
    return random.Random(number)  # noqa: S311 - made-up people, no keys


def group(draw: random.Random, size: int, among: range) -> frozenset[int]:
    """So many people at random."""
    return frozenset(draw.sample(among, size))
