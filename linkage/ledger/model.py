"""What the ledger says: plain values, no rows of a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from linkage.errors import Text

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction


class State(StrEnum):
    """How far a round has come. docs/ledger.md draws the ways between the states."""

    OPEN = "open"
    FROZEN = "frozen"
    RELEASED = "released"
    FAILED = "failed"
    PURGED = "purged"

    @property
    def word(self) -> Text:
        """The state as it is said to a person."""
        return _WORDS[self]


_WORDS = {
    State.OPEN: Text("open"),
    State.FROZEN: Text("frozen"),
    State.RELEASED: Text("released"),
    State.FAILED: Text("ended without a release"),
    State.PURGED: Text("purged"),
}


@dataclass(frozen=True, order=True)
class RoundId:
    """A round of a family: malmo-sok, 1."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}-{self.number}"


@dataclass(frozen=True)
class Terms:
    """What the ledger keeps of a round's agreement.

    digest: hex; round_key: fingerprint; retention_days: how long packages may stay after the release.
    """

    id: RoundId
    digest: str
    round_key: str
    retention_days: int


@dataclass(frozen=True)
class Scope:
    """Whom a round tells of, and when.

    method: of its release; parties: by name, each with its fingerprint, "" where that was not noted; first,
    last: days.
    """

    method: str
    parties: tuple[tuple[str, str], ...]
    first: dt.date
    last: dt.date

    def meets(self, other: Scope) -> bool:
        """Whether the two share a day and a party: one of the same name or the same fingerprint."""
        shared = any(
            name == theirs or identity == key != ""
            for name, identity in self.parties
            for theirs, key in other.parties
        )
        return shared and self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Spending:
    """What a round takes of the budgets of privacy, and what it promises of its whole history."""

    id: RoundId
    epsilon: Fraction
    delta: Fraction
    family_epsilon: Fraction
    family_delta: Fraction
    at: dt.datetime


@dataclass(frozen=True)
class Budget:
    """Of ε or of δ: what a history has taken, what was promised of it, what is left, what a drawing costs.

    left: no more than any promise of the history leaves, so it can be less than promised less taken.
    """

    taken: Fraction
    promised: Fraction
    left: Fraction
    cost: Fraction

    @property
    def spent(self) -> bool:
        """Whether it does not allow another drawing."""
        return self.left < self.cost


@dataclass(frozen=True)
class Head:
    """How far a ledger has come. releases, spendings: how many there are; chain: the last hash, hex."""

    releases: int
    chain: str
    spendings: int


@dataclass(frozen=True)
class Round:
    """A round and its state. Times are UTC, None until it happened; failure says why it ended unreleased.

    purge_complete: whether the key and all packages were there whenever their destruction began or went on;
    key_destroyed, packages_destroyed: when the purge had destroyed them, None where they were gone.
    """

    terms: Terms
    state: State
    opened: dt.datetime
    frozen: dt.datetime | None = None
    released: dt.datetime | None = None
    failed: dt.datetime | None = None
    failure: str | None = None
    purge_begun: dt.datetime | None = None
    purge_complete: bool | None = None
    key_destroyed: dt.datetime | None = None
    packages_destroyed: dt.datetime | None = None
    purged: dt.datetime | None = None

    @property
    def id(self) -> RoundId:
        """Name and number."""
        return self.terms.id

    @property
    def due(self) -> dt.datetime | None:
        """When the agreed days have passed since the release; None where there is none."""
        if self.released is None:
            return None
        return self.released + timedelta(days=self.terms.retention_days)


@dataclass(frozen=True)
class Arrival:
    """A package that passed every check that needs no opening. id, sha512, check: hex; file: in the store."""

    party: str
    id: str
    sequence: int
    sha512: str
    check: str
    file: str


@dataclass(frozen=True)
class Received(Arrival):
    """A package in the ledger. replaced: when a newer one of the party took its place; None: it counts."""

    received: dt.datetime
    replaced: dt.datetime | None

    @property
    def counts(self) -> bool:
        """Whether it is the party's newest."""
        return self.replaced is None


@dataclass(frozen=True)
class Refusal:
    """That something was refused: all that stays of it. check: the error's name; sha512: of the file, hex.

    party: whom the file said it was from, where that is a party of the agreement.
    """

    at: dt.datetime
    check: str
    sha512: str
    party: str | None


@dataclass(frozen=True)
class Released:
    """A release as it was signed. number: 1, 2, … over all rounds; chain: hash over all until here, hex.

    scope: None where the release was made before scopes were noted.
    """

    id: RoundId
    number: int
    chain: str
    release: bytes
    signature: bytes
    made: dt.datetime
    packages: tuple[Received, ...]
    scope: Scope | None


@dataclass(frozen=True)
class RoundKeyNote:
    """That a round key was made, and when it was destroyed, or found to be gone by a purge."""

    id: RoundId
    fingerprint: str
    created: dt.datetime
    destroyed: dt.datetime | None


@dataclass(frozen=True)
class FamilyNote:
    """That a family has its key, and when its destruction began. check: tells nothing of the key, hex."""

    name: str
    check: str
    created: dt.datetime
    destroyed: dt.datetime | None


@dataclass(frozen=True)
class Receipt:
    """A signed receipt, its bytes as they were written."""

    id: RoundId
    at: dt.datetime
    data: bytes
