"""An agreement as typed values. Made only by `linkage.agreement.parse`: what exists has been checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from keys.errors import Text
    from linkage.dimensions import Dimensions
    from linkage.measures.model import Measure
    from linkage.window import Window


class Known(StrEnum):
    """What is known of a series: dates, or only that somebody was there at some time of the window."""

    DATES = "dates"
    WINDOW = "window"


@dataclass(frozen=True)
class Value:
    """What a value series holds for each person and period: a whole number of units from 0 to max."""

    unit: str
    max: int


@dataclass(frozen=True)
class Series:
    """A named set of people over time in one party's register; with a value, amounts of people over time.

    places: how many can take part at once. expected: about how many people are in it in a period; it changes
    no figure.
    """

    party: str
    name: str
    title: str
    known: Known = Known.DATES
    value: Value | None = None
    places: int | None = None
    expected: int | None = None

    @property
    def key(self) -> str:
        """party.series, as measures write it."""
        return f"{self.party}.{self.name}"


@dataclass(frozen=True)
class Party:
    """An organisation that holds a register. identity: fingerprint, None in a draft."""

    name: str
    title: str
    identity: str | None
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Matcher:
    """The trusted third party. Fingerprints are None in a draft."""

    name: str
    title: str
    identity: str | None
    round_key: str | None


@dataclass(frozen=True)
class Group:
    """A named expression. source: as written."""

    name: str
    title: str
    source: str


@dataclass(frozen=True)
class ReleaseRule:
    """How results are protected. parameters: as in the agreement, the method's name left out."""

    method: str
    parameters: Mapping[str, str | int | bool]


@dataclass(frozen=True)
class Retention:
    """When packages and round key are destroyed: days after the release, and the decision that allows it."""

    days: int
    basis: str


@dataclass(frozen=True)
class Agreement:
    """Who counts what, for which purpose, and how results are protected.

    digest: 32 bytes, None in a draft; missing: what a draft lacks, e.g. "party malmo: identity".
    warnings: what is allowed and perhaps not meant. The digest covers all but the last three fields.
    pattern: of identifiers of the scheme "text", else empty.
    """

    name: str
    round: int
    title: str
    purpose: str
    basis: str
    window: Window
    counting: str
    scheme: str
    accept: tuple[str, ...]
    pattern: str
    dimensions: Dimensions
    parties: tuple[Party, ...]
    matcher: Matcher
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    release: ReleaseRule
    retention: Retention
    digest: bytes | None
    missing: tuple[str, ...]
    warnings: tuple[Text, ...] = ()

    def party(self, name: str) -> Party:
        """The party of this name. Raises KeyError."""
        return {p.name: p for p in self.parties}[name]

    @property
    def series(self) -> tuple[Series, ...]:
        """All series of all parties, in the agreement's order."""
        return tuple(s for p in self.parties for s in p.series)

    @property
    def last_day(self) -> dt.date:
        """The last day of the window."""
        return self.window.last_day

    @property
    def slug(self) -> str:
        """name-round, the stem of file names: malmo-sok-1."""
        return f"{self.name}-{self.round}"
