"""How a register becomes series, as typed values: the map, and the plan that it makes with an agreement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from linkage.agreement.model import Known
from linkage.register.sources import Columns, Origin

if TYPE_CHECKING:
    from linkage.agreement.model import Series
    from linkage.identifiers import Scheme
    from linkage.window import Window


@dataclass(frozen=True)
class Spells:
    """Each row is a stay: columns of its first and its last day, both included; no last day: still there."""

    start: str
    end: str


@dataclass(frozen=True)
class Events:
    """Each row happens on one day."""

    date: str


@dataclass(frozen=True)
class PeriodList:
    """Each row is a person in one period."""

    period: str


@dataclass(frozen=True)
class Undated:
    """A row says only that somebody was there."""


When: TypeAlias = Spells | Events | PeriodList | Undated


@dataclass(frozen=True)
class ByColumn:
    """A column tells the series. values: cell → series; ignore: cells whose rows do not count."""

    column: str
    values: Mapping[str, str]
    ignore: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Amount:
    """A column of amounts. decimal: the sign before decimals, "," or "."; empty: as each cell shows."""

    column: str
    decimal: str = ""


@dataclass(frozen=True)
class Source:
    """One file of the register, and what its rows mean.

    where: column → cells; only rows that have one of them in each of these columns are read. unless: column →
    cells; rows that have one of them in any of these columns are not. dates: forms of days beside 2020-01-31.
    amount: where the rows hold amounts. others: further columns of identity numbers, each row is about all of
    them. several: whether a cell may hold several numbers. previous: column of numbers that the person had
    before. repair: whether lost zeros are put back. series "": rows only tell previous numbers. origin: how
    the file is to be read, where the map says it.
    """

    file: str
    id: str
    when: When
    series: str | ByColumn
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)
    unless: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    amount: Amount | None = None
    others: tuple[str, ...] = ()
    several: bool = False
    previous: str = ""
    repair: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """All columns of identity numbers whom the row is about."""
        return (self.id, *self.others)

    @property
    def columns(self) -> Columns:
        """What is read of each row: identity numbers as they stand, the rest to be looked up."""
        match self.when:
            case Spells(start, end):
                days = frozenset({start, end})
            case Events(day):
                days = frozenset({day})
            case _:
                days = frozenset()
        return Columns((*self.ids, *([self.previous] if self.previous else [])), self.coded, days)

    @property
    def names(self) -> tuple[str, ...]:
        """The series that rows of the source can feed."""
        if self.series == "":
            return ()
        return (
            (self.series,)
            if isinstance(self.series, str)
            else tuple(dict.fromkeys(self.series.values.values()))
        )

    @property
    def coded(self) -> tuple[str, ...]:
        """Columns whose cells are looked up: all that are needed but the identity number, each once."""
        columns = [*self.where, *self.unless]
        if isinstance(self.series, ByColumn):
            columns.append(self.series.column)
        match self.when:
            case Spells(start, end):
                columns += [start, end]
            case Events(column) | PeriodList(column):
                columns.append(column)
        if self.amount is not None:
            columns.append(self.amount.column)
        return tuple(dict.fromkeys(columns))


@dataclass(frozen=True)
class RegisterMap:
    """What a party says of its register. extracted: None where it says nothing.

    empty: agreed series that it knows to have nobody: no source feeds them, and that is no mistake.
    """

    sources: tuple[Source, ...]
    extracted: dt.date | None = None
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A map that fits an agreement: what is read, and into what. Made only by `linkage.register.plan`.

    series: the party's own, in the agreement's order; codes of series are indexes into it. unfed: names of
    those that no source feeds and the map does not call empty.
    """

    sources: tuple[Source, ...]
    series: tuple[Series, ...]
    window: Window
    scheme: Scheme
    accept: tuple[str, ...]
    extracted: dt.date
    unfed: tuple[str, ...] = ()
    counting: str = "any-day"

    def code(self, name: str) -> int:
        """The code of a series."""
        return next(i for i, series in enumerate(self.series) if series.name == name)

    def dated(self, name: str) -> bool:
        """Whether dates are known of a series."""
        return self.series[self.code(name)].known is Known.DATES
