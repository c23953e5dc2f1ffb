"""A first register map in words: TOML with comments, in the user's language, to be read through and kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.errors import Text
from linkage.register.guess import Column, Kind
from linkage.register.roles import Roles, like
from linkage.texts import say

if TYPE_CHECKING:
    from linkage.agreement.model import Series
    from linkage.register.sources import Head

_WIDTH = 44  # where comments stand
_VALUES = 12  # of another category, in a comment


@dataclass(frozen=True, repr=False)
class Looked:
    """One file that was looked at. file: as the map names it; rows: how many were looked at; whole: all."""

    file: str
    head: Head
    rows: int
    whole: bool
    columns: tuple[Column, ...]
    roles: Roles


def draft(looked: Sequence[Looked], own: Sequence[Series], taken: str, unfed: Sequence[str]) -> str:
    """The map. own: the party's series, none where they are not known; taken: the day of the newest file;
    unfed: series that no source feeds.
    """
    lines = [
        _comment(Text("A register map: how your columns become series. It names columns, not people.")),
        _comment(Text("Read it through; what stands after # is not read by the program.")),
        f"format = {_quoted('linkage-register/1')}",
        _noted(f'# extracted = "{taken}"', Text("the day when the register was taken, if this is it")),
    ]
    if unfed:
        names = ", ".join(_quoted(name) for name in unfed)
        lines += [
            _comment(Text("these agreed series get nobody from the files below: add a [[source]] for each,")),
            _comment(Text("or, where there is nobody, take away the # here")),
            f"# empty = [{names}]",
        ]
    for each in looked:
        lines += ["", *_source(each, own)]
    return "\n".join(lines) + "\n"


def _source(looked: Looked, own: Sequence[Series]) -> list[str]:
    roles = looked.roles
    return [
        "[[source]]",
        _noted(f"file = {_quoted(looked.file)}", _found(looked)),
        *_origin(looked),
        *_ids(roles),
        *_when(looked),
        *_amount(looked),
        *_others(looked),
        *_series(roles, own),
    ]


def _found(looked: Looked) -> Text:
    head = looked.head
    words: dict[str, object] = {"rows": looked.rows, "encoding": head.encoding, "kind": head.kind}
    if head.kind != "csv":
        return Text("{kind}, {rows:# row was|# rows were} looked at", words)
    words["sign"] = {"\t": "tab"}.get(head.delimiter, head.delimiter)
    return Text("CSV, {encoding}, separated by {sign}, {rows:# row was|# rows were} looked at", words)


def _origin(looked: Looked) -> list[str]:
    """What was found is written down, so that the next delivery is read in the same way."""
    head = looked.head
    if head.kind == "xlsx":
        return [f"sheet = {_quoted(head.sheet)}"] if head.sheet else []
    if head.kind == "csv" and head.encoding not in ("utf-8", "utf-8-sig"):
        return [_noted(f"encoding = {_quoted(head.encoding)}", Text("as found: left out, it is found anew"))]
    return []


def _ids(roles: Roles) -> list[str]:
    if not roles.id:
        return [_noted('# id = "…"', Text("no column looks like identity numbers: which is it?"))]
    if roles.several:
        return [_noted(f"ids = [{_quoted(roles.id)}]", Text("cells with several identity numbers"))]
    lines = [_noted(f"id = {_quoted(roles.id)}", Text("looks like identity numbers"))]
    if roles.previous:
        lines.append(_noted(f"previous = {_quoted(roles.previous)}", Text("numbers that people had before")))
    if len(roles.ids) > 1:
        names = ", ".join(_quoted(name) for name in roles.ids)
        lines.append(_noted(f"# ids = [{names}]", Text("instead of id: the row is about each of them")))
    return lines


def _when(looked: Looked) -> list[str]:
    roles = looked.roles
    if not roles.undated:
        return _dated(looked)
    why = Text("the agreement asks only who was there at some time: no days are needed")
    if not roles.days and not roles.period:
        return [_comment(why)]
    without = Text("without the columns of days below every row counts, with them those in the window")
    return [_comment(why), _comment(without), *_dated(looked)]


def _dated(looked: Looked) -> list[str]:
    roles = looked.roles
    used: tuple[str, ...]
    if roles.start:
        lines = [
            _noted(f"start = {_quoted(roles.start)}", Text("first day")),
            _noted(f"end = {_quoted(roles.end)}", Text("last day; empty: still there")),
        ]
        used = (roles.start, roles.end)
    elif roles.period:
        lines, used = [_noted(f"period = {_quoted(roles.period)}", Text("the period"))], (roles.period,)
    elif roles.date:
        lines, used = [_noted(f"date = {_quoted(roles.date)}", Text("the day: an event"))], (roles.date,)
    else:
        return [_comment(Text("no column looks like days: start and end, date, or period"))]
    others = [_quoted(name) for name in roles.days if name not in used]
    if others:
        lines.append(_comment(Text("days too: {columns}", {"columns": ", ".join(others)})))
    return [*lines, *_forms([c for c in looked.columns if c.name in used])]


def _forms(columns: Sequence[Column]) -> list[str]:
    """The forms of days, where one is clear; else those that could be, for a person to choose."""
    clear = dict.fromkeys(c.forms[0] for c in columns if len(c.forms) == 1 and not c.unclear)
    open_ = dict.fromkeys(f for c in columns if len(c.forms) > 1 or c.unclear for f in c.forms)
    lines = []
    if clear and not open_:
        lines.append(_noted(f"dates = [{_listed(clear)}]", Text("how days are written, beside 2020-01-31")))
    if open_:
        every = dict.fromkeys((*clear, *open_))
        lines.append(
            _noted(
                f"# dates = [{_listed(every)}]", Text("days could be written so: which is it? keep that one")
            )
        )
    return lines


def _amount(looked: Looked) -> list[str]:
    """The column of amounts where it is clear, and all others that could be it."""
    roles, lines = looked.roles, []
    if roles.amount:
        lines = [_noted(f"amount = {_quoted(roles.amount)}", Text("amounts")), *_decimal(looked)]
    elif roles.paid and not roles.amounts:
        lines = [_noted('# amount = "…"', Text("no column looks like amounts: which is it?"))]
    why = (
        Text("looks like amounts: is it this one?")
        if roles.paid
        else Text("looks like amounts, for a series that holds them")
    )
    others = [name for name in roles.amounts if name != roles.amount]
    return lines + [_noted(f"# amount = {_quoted(name)}", why) for name in others]


def _decimal(looked: Looked) -> list[str]:
    """The sign before decimals, where cells can be read in two ways."""
    signs = next(c.decimals for c in looked.columns if c.name == looked.roles.amount)
    if len(signs) == 1:
        return [
            _noted(
                f"decimal = {_quoted(signs[0])}",
                Text("the sign before decimals: with the other one some cannot be read"),
            )
        ]
    return [
        _noted(
            f"# decimal = {_quoted(sign)}", Text("is this the sign before decimals? some have one sign alone")
        )
        for sign in signs
    ]


def _others(looked: Looked) -> list[str]:
    """Other categories, for rows that shall not count."""
    found = [c for c in looked.columns if c.kind is Kind.CATEGORY and c.name != looked.roles.column]
    if not found:
        return []
    lines = [_comment(Text("only some rows? where = {example}", {"example": '{ "column" = ["value"] }'}))]
    for column in found:
        values = [f"{_quoted(value)} ({rows})" for value, rows in list(column.values.items())[:_VALUES]]
        more = " …" if len(column.values) > _VALUES else ""
        lines.append(f"#   {_quoted(column.name)}: {', '.join(values)}{more}")
    return lines


def _series(roles: Roles, own: Sequence[Series]) -> list[str]:
    agreed = ", ".join(series.name for series in own)
    if roles.series:
        return [_noted(f"series = {_quoted(roles.series)}", Text("every row"))]
    if not roles.column:
        which = Text("which of your series are the rows in: {series}", {"series": agreed})
        return [
            _noted('# series = "…"', which if own else Text("the name of your series in the agreement")),
            _comment(Text("or as a column tells it:")),
            '# series = { column = "…", values = { "…" = "…" }, ignore = ["…"] }',
        ]
    lines = ["[source.series]", _noted(f"column = {_quoted(roles.column)}", Text("tells the series"))]
    if roles.loose:
        lines += [
            "ignore = [",
            _comment(Text("rows that shall not count: take away the # of their value"), 4),
        ]
        lines += [
            _noted(f"    # {_quoted(value)},", Text("{rows:# row|# rows}", {"rows": rows}))
            for value, rows in roles.loose.items()
        ]
        lines.append("]")
    lines.append("[source.series.values]")
    lines += [f"{_quoted(value)} = {_quoted(series)}" for value, series in roles.values.items()]
    for value, rows in roles.loose.items():
        near = like(value, own)
        words: dict[str, object] = {"rows": rows, "near": near, "series": agreed}
        why = (
            Text("{rows:# row|# rows}: is it this one?", words)
            if near
            else Text("{rows:# row|# rows}: {series}", words)
        )
        lines.append(_noted(f"# {_quoted(value)} = {_quoted(near or '…')}", why))
    return lines


def _noted(line: str, why: Text) -> str:
    return f"{line:<{_WIDTH}}# {say(why)}"


def _comment(text: Text, indent: int = 0) -> str:
    return " " * indent + "# " + say(text)


def _listed(forms: dict[str, None]) -> str:
    return ", ".join(_quoted(form) for form in forms)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
