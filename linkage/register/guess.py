"""What the columns of a register look like: identity numbers, days, periods, amounts, categories.

Only a guess for a first map, which a person reads through. Values of a column are kept only where it is a
category: few, repeated, short, and nothing in them that could be somebody's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from linkage.register.amounts import Amounts
from linkage.register.cells import plain
from linkage.register.days import ISO, forms_of, read
from linkage.register.unknown import FEW, is_personal

if TYPE_CHECKING:
    from linkage.identifiers import Scheme

_Counts: TypeAlias = Mapping[str, int]

TEXT = "text"  # the scheme in which anything may be an identifier
_MOSTLY = 0.8  # of the cells that hold something
_LOOKED = 2_000  # distinct cells of a column
_REPEATED = 2  # rows for each value of a category
_PERIOD = re.compile(r"[0-9]{4}-?(?:0[1-9]|1[0-2])|[0-9]{4}-(?:Q[1-4]|T[1-3])")
_SEVERAL = re.compile(r"[,;\s]+")
_OF_PEOPLE = re.compile(
    r"namn|name|adress|address|telefon|phone|mobil|mail|e-post|handl|anteckn|notering|kommentar|comment",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a column looks like."""

    IDENTITY = "identity"
    IDENTITIES = "identities"  # several in a cell
    DAY = "day"
    PERIOD = "period"
    AMOUNT = "amount"
    CATEGORY = "category"
    OTHER = "other"


@dataclass(frozen=True, repr=False)
class Column:
    """A column as it looks. filled: cells that hold something, of the rows that were looked at.

    values: of a category, with their rows, the most first. forms: of days, those that read every cell
    that is not written 2020-01-31, several where a person must choose; unclear: no single one reads them all.
    decimals: of amounts some of which can be read in two ways, the signs before decimals that read them all.
    """

    name: str
    kind: Kind
    filled: int
    values: _Counts = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    unclear: bool = False
    decimals: tuple[str, ...] = ()


def look(
    name: str, cells: pa.StringArray, scheme: Scheme, extracted: dt.date, units: Sequence[str] = ("kr",)
) -> Column:
    """What a column looks like by these of its cells. units: in which amounts may be."""
    coded = cells.dictionary_encode()
    rows = np.bincount(coded.indices.to_numpy(), minlength=len(coded.dictionary)).tolist()
    counts: dict[str, int] = {}
    for text, count in zip(coded.dictionary.to_pylist(), rows, strict=True):
        if cell := plain(text):
            counts[cell] = counts.get(cell, 0) + count
    filled = sum(counts.values())
    distinct = list(counts)[:_LOOKED]
    if not distinct:
        return Column(name, Kind.OTHER, 0)
    if scheme.name != TEXT and (kind := _identity(distinct, scheme, extracted)):
        return Column(name, kind, filled)
    if _share([read(cell) is not None or bool(forms_of(cell)) for cell in distinct]) >= _MOSTLY and not all(
        _PERIOD.fullmatch(cell) for cell in distinct
    ):
        forms, unclear = _forms(distinct)
        return Column(name, Kind.DAY, filled, forms=forms, unclear=unclear)
    if all(_PERIOD.fullmatch(cell) for cell in distinct):
        return Column(name, Kind.PERIOD, filled)
    decimals = None if _OF_PEOPLE.search(name) else Amounts("", units).decimals(distinct)
    if decimals is not None and scheme.name != TEXT:
        return Column(name, Kind.AMOUNT, filled, decimals=decimals)
    if _is_category(name, counts, filled):
        ordered = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
        return Column(name, Kind.CATEGORY, filled, values=ordered)
    if scheme.name == TEXT and _readable(distinct, scheme, extracted) >= _MOSTLY:
        return Column(name, Kind.IDENTITY, filled)
    if decimals is not None:
        return Column(name, Kind.AMOUNT, filled, decimals=decimals)
    return Column(name, Kind.OTHER, filled)


def _identity(distinct: Sequence[str], scheme: Scheme, extracted: dt.date) -> Kind | None:
    """Identity numbers, one in a cell or several; None where most cells are none."""
    if _readable(distinct, scheme, extracted) >= _MOSTLY:
        return Kind.IDENTITY
    first = [_SEVERAL.split(cell)[0] for cell in distinct]
    return Kind.IDENTITIES if _readable(first, scheme, extracted) >= _MOSTLY else None


def _readable(cells: Sequence[str], scheme: Scheme, extracted: dt.date) -> float:
    found = scheme.read(pa.array(cells, pa.string()), extracted)
    return float(np.mean(found.kind != len(scheme.kinds) - 1))


def _forms(distinct: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Forms that read every cell that is not in the usual one; else all that were seen, unclear."""
    others = [found for cell in distinct if read(cell) is None and (found := forms_of(cell))]
    if not others:
        return (), False
    every = frozenset.intersection(*others) - {ISO}
    if every:
        return tuple(sorted(every)), False
    return tuple(sorted(frozenset.union(*others) - {ISO})), True


def _is_category(name: str, counts: _Counts, filled: int) -> bool:
    """Few values, each in several rows, in a column that is not about persons."""
    return (
        len(counts) <= FEW
        and filled >= _REPEATED * len(counts)
        and not _OF_PEOPLE.search(name)
        and not any(is_personal(cell) for cell in counts)
        and not all(re.fullmatch(r"[0-9.,\s-]+", cell) for cell in counts)
    )


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)
