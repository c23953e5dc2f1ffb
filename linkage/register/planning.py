"""A register map and an agreement → a plan, or everything in which the two do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.agreement.model import Known
from linkage.agreement.names import listed, near
from linkage.errors import FileError, RegisterError, Text
from linkage.identifiers import scheme
from linkage.register.errors import MapError
from linkage.register.model import Plan, RegisterMap, Source, Undated
from linkage.register.numbers import SHORTEST
from linkage.register.roles import the_amount
from linkage.register.sources import open_reader
from linkage.register.sources.content import PIPE

if TYPE_CHECKING:
    from pathlib import Path

    from linkage.agreement.model import Agreement, Party, Series

_TOLD = 12
"""Columns that a message names."""


def plan(
    register_map: RegisterMap, agreement: Agreement, party: Party, file: str, folder: Path | None = None
) -> Plan:
    """What the party reads for this agreement. file: the map's name, for messages; folder: its registers'.

    Raises MapError with every problem: series that are not the party's, rows without dates for series with
    dates. An agreed series that nothing feeds and that the map does not call empty is told in `unfed`.
    """
    problems = [
        problem for source in register_map.sources for problem in _source(source, agreement, party, folder)
    ]
    fed = {name for source in register_map.sources for name in source.names}
    own = [series.name for series in party.series]
    problems += [_not_own(name, "empty", agreement, party) for name in register_map.empty if name not in own]
    problems += [
        Text("empty names {series!r}, and a source feeds it", {"series": name})
        for name in register_map.empty
        if name in fed
    ]
    unfed = tuple(name for name in own if name not in fed and name not in register_map.empty)
    if len(problems) == 1:
        raise MapError("the register does not fit the agreement: {file}", file=file, details=tuple(problems))
    if problems:
        raise MapError(
            "the register does not fit the agreement, {count} problems: {file}",
            count=len(problems),
            file=file,
            details=tuple(problems),
        )
    return Plan(
        sources=register_map.sources,
        series=party.series,
        window=agreement.window,
        scheme=scheme(agreement.scheme, agreement.pattern),
        accept=agreement.accept,
        extracted=register_map.extracted or agreement.last_day,
        unfed=unfed,
        counting=agreement.counting,
    )


def _source(source: Source, agreement: Agreement, party: Party, folder: Path | None) -> list[Text]:
    own = {series.name: series for series in party.series}
    problems = []
    if source.repair and agreement.scheme not in SHORTEST:
        problems.append(
            Text(
                "{file}: repair is not for numbers of the scheme {scheme}: no zeros are lost of them",
                {"file": source.file, "scheme": agreement.scheme},
            )
        )
    for name in source.names:
        if name not in own:
            problems.append(_not_own(name, source.file, agreement, party))
        elif (what := _amounts(source, own[name], folder)) is not None:
            problems.append(what)
        elif isinstance(source.when, Undated) and own[name].known is Known.DATES:
            problems.append(
                Text(
                    "{file}: the series {series!r} needs dates: start and end, date, or period",
                    {"file": source.file, "series": name},
                )
            )
    return problems


def _amounts(source: Source, series: Series, folder: Path | None) -> Text | None:
    """That amounts are there without being agreed, or agreed without being there."""
    where: dict[str, object] = {"file": source.file, "series": series.name}
    if series.value and source.amount is None:
        if others := _unread(source, folder):
            where |= {"columns": listed(others[:_TOLD]), "example": the_amount(others) or "…"}
            return Text(
                "{file}: the series {series!r} holds amounts: name their column, amount = {example!r}; the "
                "map does not use {columns}",
                where,
            )
        return Text("{file}: the series {series!r} holds amounts: name their column, amount = …", where)
    if source.amount and series.value is None:
        return Text(
            "{file}: the series {series!r} holds no amounts in the agreement: leave amount out", where
        )
    return None


def _unread(source: Source, folder: Path | None) -> list[str]:
    """Columns of the source's file that the map does not name; none where it cannot be looked at yet."""
    if folder is None or source.file == PIPE or source.origin.url is not None:
        return []
    try:
        names = open_reader(source.file, folder, source.origin).head.names
    except (RegisterError, FileError):
        return []  # told when it is read
    return [name for name in names if name and name not in source.columns.all]


def _not_own(name: str, where: str, agreement: Agreement, party: Party) -> Text:
    """That a series is not the party's, and whose it is or which was meant."""
    own = [series.name for series in party.series]
    for series in agreement.series:
        if name in (series.key, series.name) and series.party != party.name:
            return Text(
                "{where}: {series!r} is a series of {other}, and {party} exports its own",
                {"where": where, "series": name, "other": series.party, "party": party.name},
            )
        if name == series.key:
            return Text(
                "{where}: write {series!r} without the party's name", {"where": where, "series": series.name}
            )
    return Text(
        "{where}: no series {series!r}{near}, agreed are {allowed}",
        {"where": where, "series": name, "near": near(name, own), "allowed": listed(own)},
    )
