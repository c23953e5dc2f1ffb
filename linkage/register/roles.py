"""Which part each column of a register plays in its first map: whose row, when, and in which series."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linkage.agreement.model import Known
from linkage.register.guess import Column, Kind

if TYPE_CHECKING:
    from linkage.agreement.model import Series

_BEFORE = re.compile(r"tidigare|föregående|förra|gammal|gamla|previous|former|\bold", re.IGNORECASE)
_START = re.compile(r"start|från|fr\.? ?o\.? ?m|from|första|first|inskriv|börja|begin|inled", re.IGNORECASE)
_END = re.compile(r"slut|till|t\.? ?o\.? ?m|\bto\b|sista|last|avslut|avskriv|utskriv|end", re.IGNORECASE)
_NOT_WHEN = re.compile(r"född|födel|birth|uttag|skapad|ändrad|registrer|created|changed", re.IGNORECASE)
_PAID = re.compile(r"belopp|summa|utbetal|ersättn|bidrag|amount|\bsum\b|\bkr\b|paid", re.IGNORECASE)
_LETTERS = re.compile(r"[^\w]+|_")
_LIKE = 0.8


@dataclass(frozen=True)
class Roles:
    """What each column is taken for; "" and empty: none is. ids, days, periods: all that could be.

    values: cell → series, for those that bear its name; loose: cells that do not, with their rows.
    series: the only one there can be, where no column tells it. paid: the series hold amounts; amounts: all
    columns that could; amount: the one that does. undated: of the series the window alone is known.
    """

    id: str = ""
    several: bool = False
    ids: tuple[str, ...] = ()
    previous: str = ""
    start: str = ""
    end: str = ""
    date: str = ""
    period: str = ""
    days: tuple[str, ...] = ()
    amount: str = ""
    amounts: tuple[str, ...] = ()
    paid: bool = False
    undated: bool = False
    column: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    loose: Mapping[str, int] = field(default_factory=dict)
    series: str = ""


def roles(columns: Sequence[Column], own: Sequence[Series]) -> Roles:
    """The parts that the columns play, for a party that has these series; none: they are not known."""
    ids = [c for c in columns if c.kind in (Kind.IDENTITY, Kind.IDENTITIES)]
    before = [c for c in ids if _BEFORE.search(c.name)]
    now = [c for c in ids if c not in before]
    start, end, date = _days([c for c in columns if c.kind is Kind.DAY])
    periods = [c.name for c in columns if c.kind is Kind.PERIOD]
    column, values = _series([c for c in columns if c.kind is Kind.CATEGORY], own)
    fed = set(values.values()) or {s.name for s in own[:1] if len(own) == 1}
    rows_of = [s for s in own if not fed or s.name in fed]
    paid = bool(fed) and any(s.value for s in rows_of)
    if paid and periods:
        start = end = ""  # an amount is for a period or a day
    amounts = [c.name for c in columns if c.kind is Kind.AMOUNT]
    return Roles(
        id=now[0].name if now else "",
        several=bool(now) and now[0].kind is Kind.IDENTITIES,
        ids=tuple(c.name for c in now),
        previous=before[0].name if before and now and now[0].kind is Kind.IDENTITY else "",
        start=start,
        end=end,
        date=date if not start else "",
        period=periods[0] if periods and not start and (not date or not paid) else "",
        days=tuple(c.name for c in columns if c.kind is Kind.DAY),
        amount=the_amount(amounts) if paid and not start else "",
        amounts=tuple(amounts),
        paid=paid,
        undated=bool(rows_of) and all(s.known is Known.WINDOW for s in rows_of),
        column=column.name if column else "",
        values=values,
        loose={v: n for v, n in column.values.items() if v not in values} if column else {},
        series=own[0].name if len(own) == 1 and not column else "",
    )


def the_amount(amounts: Sequence[str]) -> str:
    """Of columns that could hold the amounts the one that does: the only one, or the only one called so."""
    called = [name for name in amounts if _PAID.search(name)] or list(amounts)
    return called[0] if len(called) == 1 else ""


def _days(days: Sequence[Column]) -> tuple[str, str, str]:
    """Columns of first and last day, or of a single one."""
    usual = [c for c in days if not _NOT_WHEN.search(c.name)]
    ends = [c for c in usual if _END.search(c.name)]
    starts = [c for c in usual if _START.search(c.name) and c not in ends]
    if len(usual) == 2 and not (starts and ends):  # what is empty sometimes is the end
        starts, ends = sorted(usual, key=lambda c: -c.filled)[:1], sorted(usual, key=lambda c: -c.filled)[1:]
        if starts[0].filled == ends[0].filled:
            starts, ends = usual[:1], usual[1:]
    if starts and ends:
        return starts[0].name, ends[0].name, ""
    return "", "", usual[0].name if usual else ""


def _series(categories: Sequence[Column], own: Sequence[Series]) -> tuple[Column | None, Mapping[str, str]]:
    """The category with the most values that bear the name of a series, and those values."""
    found = [(column, {v: s for v in column.values if (s := named(v, own))}) for column in categories]
    best = max(found, key=lambda item: len(set(item[1].values())), default=None)
    return best if best and best[1] else (None, {})


def named(value: str, own: Sequence[Series]) -> str:
    """The series that bears this name or title, but for case, spaces and signs; "" where none does."""
    return next((s.name for s in own if _letters(value) in {_letters(s.name), _letters(s.title)} - {""}), "")


def like(value: str, own: Sequence[Series]) -> str:
    """A series whose name or title is like this value: only to ask about."""
    titles = {_letters(t): s.name for s in own for t in (s.name, s.title)}
    near = difflib.get_close_matches(_letters(value), titles, n=1, cutoff=_LIKE)
    inside = [name for title, name in titles.items() if title and title in _letters(value)]
    return titles[near[0]] if near else (inside[0] if inside else "")


def _letters(text: str) -> str:
    return _LETTERS.sub("", text.casefold())
