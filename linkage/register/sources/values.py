"""Cells that are not text become text, in one way for Excel, Parquet and databases.

Numbers have no exponent and no ".0", so that an identity number kept as a number is its digits again; days
are 2020-01-31, with the time after a space unless it is midnight; true and false; nothing is "".
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_KNOWN = 1 << 17  # texts that are remembered, of each type
_FIRST_SERIAL, _LAST_SERIAL = 1, 2_958_465  # 1900-01-01 and 9999-12-31
_NO_DAY = 60  # 1900-02-29, which Excel counts and no calendar has
_DAY_ZERO = dt.date(1899, 12, 30)


class NoTextError(TypeError):
    """A value of a type that has no text; its message is the type's name."""


class Cells:
    """Turns the values of one column into text; remembers what it has turned."""

    def __init__(self, own: dict[type, Callable[..., str]] | None = None) -> None:
        """own: how values of some types are written, where not as `WRITTEN` says."""
        self._written = WRITTEN | (own or {})
        self._known: dict[type, dict[object, str]] = {}

    def texts(self, values: Sequence[object]) -> tuple[list[str], bool]:
        """The texts, and whether any of them was a number. Raises NoTextError."""
        known = self._known
        if set(map(type, values)) <= _TEXT:  # as most columns are
            return cast("list[str]", list(values)), self._had_numbers()
        texts = []
        for value in values:
            kind = type(value)
            if kind is str:
                texts.append(value)
                continue
            of_kind = known.get(kind)
            if of_kind is None or len(of_kind) >= _KNOWN:
                of_kind = known[kind] = {}
            text = of_kind.get(value)
            if text is None:
                text = of_kind[value] = self._text(kind, value)
            texts.append(text)
        return texts, self._had_numbers()  # type: ignore[return-value]  # mypy: object is str here

    def _had_numbers(self) -> bool:
        return not NUMBERS.isdisjoint(self._known)

    def _text(self, kind: type, value: object) -> str:
        if kind not in self._written:
            raise NoTextError(kind.__name__)
        return self._written[kind](value)


def number(value: float | Decimal) -> str:
    """A number with all its digits and no exponent; "" for what is none."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    if not math.isfinite(value):
        return "" if value != value else str(value)
    text = f"{Decimal(repr(value)) if isinstance(value, float) else value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(value: dt.datetime) -> str:
    """A day, with its time unless it is midnight; the clock is that of the value's own zone."""
    if value.time() == dt.time():
        return value.date().isoformat()
    return value.replace(tzinfo=None).isoformat(" ", "seconds")


def serial(value: float) -> str:
    """The day of an Excel serial (system of 1900); the number itself where it is no day."""
    whole = int(value) if math.isfinite(value) else 0
    if not _FIRST_SERIAL <= whole <= _LAST_SERIAL or whole == _NO_DAY:
        return number(value)
    return (_DAY_ZERO + dt.timedelta(days=whole + (whole < _NO_DAY))).isoformat()


NUMBERS = {int, float, Decimal}
_TEXT: Final = {str}
WRITTEN: dict[type, Callable[..., str]] = {
    str: str,
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: number,
    Decimal: number,
    dt.date: dt.date.isoformat,
    dt.datetime: moment,
    dt.time: dt.time.isoformat,
    dt.timedelta: str,
    UUID: str,
}


def from_arrow(column: pa.Array) -> tuple[pa.StringArray, bool]:
    """A column of Parquet as text without nulls, and whether it holds numbers. Raises NoTextError."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return from_arrow(column.dictionary_decode())
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _number_by_number(column), True
    if pa.types.is_timestamp(kind):
        column = _moments(column)
    elif pa.types.is_date64(kind):
        column = column.cast(pa.date32())
    elif not _has_text(kind):
        raise NoTextError(str(kind).split("<", 1)[0])
    return column.cast(pa.string()).fill_null(""), pa.types.is_integer(kind)


def _has_text(kind: pa.DataType) -> bool:
    types = pa.types
    return any(
        is_it(kind)
        for is_it in (
            types.is_string,
            types.is_large_string,
            types.is_string_view,
            types.is_integer,
            types.is_boolean,
            types.is_date32,
            types.is_time,
            types.is_null,
        )
    )


def _number_by_number(column: pa.Array) -> pa.StringArray:
    coded = column.cast(pa.float64()) if pa.types.is_floating(column.type) else column
    coded = coded.dictionary_encode()
    texts = pa.array([number(value) for value in coded.dictionary.to_pylist()], pa.string())
    return texts.take(coded.indices).fill_null("")


def _moments(column: pa.Array) -> pa.StringArray:
    """Timestamps as `moment` writes them."""
    local = pc.local_timestamp(column) if column.type.tz is not None else column
    second = pc.floor_temporal(local, unit="second").cast(pa.timestamp("s"))
    day = pc.floor_temporal(local, unit="day").cast(pa.timestamp("s"))
    midnight = pc.equal(second, day)
    return pc.if_else(midnight, pc.strftime(day, "%Y-%m-%d"), pc.strftime(second, "%Y-%m-%d %H:%M:%S"))
