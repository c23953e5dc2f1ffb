"""An agreement as typed values. Made only by `linkage.agreement.parse`: what exists has been checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
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
    """How results are protected. parameters: as written in the agreement, the method's name left out.

    Asked for a parameter that its method does not have, it raises KeyError.
    """

    method: str
    parameters: Mapping[str, str | int]

    def _whole(self, key: str) -> int:
        return int(self.parameters[key])

    def _number(self, key: str) -> Fraction:
        return Fraction(self.parameters[key])

    @property
    def agreed(self) -> str:
        """exact: who decided it, and where it is written."""
        return str(self.parameters["agreed"])

    @property
    def trust(self) -> str:
        """suppress, cellkey: what the method rests on."""
        return str(self.parameters["trust"])

    @property
    def threshold(self) -> int:
        """suppress, cellkey: the least number of people that is shown."""
        return self._whole("threshold")

    @property
    def width(self) -> int:
        """suppress: how far apart the least and the largest that a withheld number can be must lie."""
        return self._whole("width")

    @property
    def d(self) -> int:
        """cellkey: a number is moved by at most so many people."""
        return self._whole("D")

    @property
    def variance(self) -> Fraction:
        """cellkey: of the changes."""
        return self._number("variance")

    @property
    def js(self) -> int:
        """cellkey: numbers of 1 to so many people never appear."""
        return self._whole("js")

    @property
    def epsilon(self) -> Fraction:
        """dp: the bound of this round."""
        return self._number("epsilon")

    @property
    def family_epsilon(self) -> Fraction:
        """dp: the bound of all releases of the history together."""
        return self._number("family_epsilon")

    @property
    def mechanism(self) -> str:
        """dp: laplace or gaussian."""
        return str(self.parameters["mechanism"])

    @property
    def delta(self) -> Fraction:
        """dp: how often the bound of this round may fail; 0 under laplace."""
        return self._number("delta") if "delta" in self.parameters else Fraction(0)

    @property
    def family_delta(self) -> Fraction:
        """dp: how often the bound of the history may fail; 0 under laplace."""
        return self._number("family_delta") if "family_delta" in self.parameters else Fraction(0)


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
