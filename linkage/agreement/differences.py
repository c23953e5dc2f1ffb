"""What differs between two agreements, in words: everything that their digests cover, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keys.errors import Text
from linkage.agreement.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KINDS = {
    "party": Text("party"),
    "series": Text("series"),
    "group": Text("group"),
    "measure": Text("measure"),
}


def diff(a: str, b: str) -> list[Text]:
    """What differs between the values of two agreements' texts; empty where their digests are the same.

    Both must be valid: `linkage.agreement.parse` has accepted them.
    """
    first, second = (read(text, "")[0] for text in (a, b))
    return list(_tables(None, first, second))


def _tables(place: Text | None, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Text]:
    """What differs between two tables at one place, key by key."""
    for key in [*a, *(key for key in b if key not in a)]:
        one, other = a.get(key), b.get(key)
        if key in _KINDS and (_named(one) or _named(other)):
            yield from _lists(place, key, one or [], other or [])
        elif isinstance(one, dict) and isinstance(other, dict):
            yield from _tables(_inside(place, Text("{name}", {"name": key})), one, other)
        elif one != other:
            yield _changed(_inside(place, Text("{name}", {"name": key})), one, other)


def _named(value: object) -> bool:
    """Whether this is a list of tables with names."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _inside(place: Text | None, inner: Text) -> Text:
    return inner if place is None else Text("{outer}, {inner}", {"outer": place, "inner": inner})


def _lists(place: Text | None, key: str, a: list[Any], b: list[Any]) -> Iterator[Text]:
    """What differs between two lists of parties, series, groups or measures, found again by their names."""
    one, other = ({item["name"]: item for item in items} for items in (a, b))
    for name in [*one, *(name for name in other if name not in one)]:
        here = _inside(place, Text("{kind} {name}", {"kind": _KINDS[key], "name": name}))
        if name not in other:
            yield Text("only in the first: {place}", {"place": here})
        elif name not in one:
            yield Text("only in the second: {place}", {"place": here})
        else:
            yield from _tables(here, one[name], other[name])
    both = [name for name in one if name in other]
    if both != [name for name in other if name in one]:
        order: dict[str, object] = {"kind": _KINDS[key]}
        what = Text("each {kind} is there in both, and they stand in another order", order)
        yield Text("{place}: {what}", {"place": place, "what": what}) if place else what


def _changed(place: Text, one: object, other: object) -> Text:
    """That a value is not the same, or is in one of the two alone."""
    if one is None:
        return Text("only in the second: {place} = {value}", {"place": place, "value": _written(other)})
    if other is None:
        return Text("only in the first: {place} = {value}", {"place": place, "value": _written(one)})
    return Text(
        "{place} was {one}, is {other}", {"place": place, "one": _written(one), "other": _written(other)}
    )


def _written(value: object) -> str:
    """A value as it would be written in the file."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case list():
            return f"[{', '.join(_written(item) for item in value)}]"
        case dict():
            return f"{{ {', '.join(f'{key} = {_written(item)}' for key, item in value.items())} }}"
        case _:
            return str(value)
