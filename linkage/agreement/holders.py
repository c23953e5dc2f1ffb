"""Those who hold keys: the parties with their series, and the matcher."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.model import Known, Matcher, Party, Series, Value
from linkage.agreement.names import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from linkage.agreement.tables import Table

PLACEHOLDERS = ("", "SHA256:…", "SHA256:...")
_PREFIX = "SHA256:"
_LARGEST_VALUE = 2**32 - 1  # a package has four bytes for each
_MOST_PEOPLE = 10**9  # so that sums stay whole numbers that a release can hold


def parties(top: Table) -> tuple[Party, ...]:
    """The parties, at least two, in the agreement's order."""
    tables = top.tables("party")
    found = tuple(_party(table) for table in tables)
    if len(tables) < 2:
        top.problem("party", Text("at least two parties are needed, each as [[party]]"))
    return found


def _party(table: Table) -> Party:
    name = table.name(reserved=DIMENSIONS)
    title = table.text("title")
    identity = _fingerprint(table, "identity")
    tables = table.tables("series")
    series = tuple(_series(one, name) for one in tables)
    once(tables, [s.name for s in series])
    if not tables:
        table.problem("series", Text("at least one series is needed, each as [[party.series]]"))
    table.finish()
    return Party(name, title, identity, series)


def _series(table: Table, party: str) -> Series:
    name, title = table.name(), table.text("title")
    known = Known.DATES
    if table.has("known") and table.choice("known", [Known.WINDOW.value]):
        known = Known.WINDOW
    value = _value(table, known) if table.has("value") else None
    places, expected = (
        table.number(key, 1, _MOST_PEOPLE) if table.has(key) else None for key in ("places", "expected")
    )
    if value and places:
        table.problem("places", Text("amounts have no places: leave it out, or make two series"))
    table.finish()
    return Series(party, name, title, known, value, places, expected)


def _value(table: Table, known: Known) -> Value:
    """What is told of a series that holds amounts, which are always by period."""
    inner = table.table("value")
    found = Value(inner.text("unit"), inner.number("max", 1, _LARGEST_VALUE))
    inner.finish()
    if known is Known.WINDOW:
        table.problem("value", Text('amounts are told for each period: leave known = "window" out'))
    return found


def matcher(table: Table) -> Matcher:
    """The [matcher]."""
    found = Matcher(
        table.name(), table.text("title"), _fingerprint(table, "identity"), _fingerprint(table, "round_key")
    )
    table.finish()
    return found


def once(tables: Sequence[Table], names: Sequence[str]) -> None:
    """Note every name that stands a second time. names: those of the tables, in order; empty is no name."""
    seen: dict[str, Table] = {}
    for table, name in zip(tables, names, strict=True):
        first = seen.setdefault(name, table)
        if name and first is not table:
            what = Text(
                "{name!r} stands twice, first on line {line}: names are unique among their kind",
                {"name": name, "line": table.problems.line((*first.path, "name"))},
            )
            table.problem("name", what)


def first_of(series: Iterable[Series]) -> dict[str, Series]:
    """Series that have a name by their keys; of two with one key the first."""
    found: dict[str, Series] = {}
    for each in series:
        if each.party and each.name:  # a name with a problem is empty
            found.setdefault(each.key, each)
    return found


def distinct_keys(top: Table, parties: Sequence[Party], matcher: Matcher) -> None:
    """Party and matcher have names and keys of their own: their public keys are NAME.pub in one folder."""
    if matcher.name and matcher.name in {p.name for p in parties}:
        top.problems.add(
            ("matcher", "name"),
            Text("{name!r} is a party too: the matcher needs a name of its own", {"name": matcher.name}),
        )
    once(top.tables("party"), [p.name for p in parties])
    keys: list[tuple[tuple[str | int, ...], str | None]] = [
        (("party", i, "identity"), p.identity) for i, p in enumerate(parties)
    ]
    keys += [(("matcher", "identity"), matcher.identity), (("matcher", "round_key"), matcher.round_key)]
    seen: dict[str, tuple[str | int, ...]] = {}
    for path, key in keys:
        if key in seen:
            where = top.problems.written(seen[key])
            top.problems.add(
                path, Text("the same fingerprint as {where}: each has its own", {"where": where})
            )
        elif key:
            seen[key] = path


def missing(parties: Sequence[Party], matcher: Matcher) -> tuple[str, ...]:
    """The fingerprints that a draft lacks, in words."""
    lacks = [f"party {p.name}: identity" for p in parties if p.identity is None]
    lacks += ["matcher: identity"] if matcher.identity is None else []
    lacks += ["matcher: round_key"] if matcher.round_key is None else []
    return tuple(lacks)


def is_fingerprint(text: str) -> bool:
    """Whether this is SHA256: and base64url, without padding, of 32 bytes."""
    if not text.startswith(_PREFIX):
        return False
    body = text.removeprefix(_PREFIX)
    try:
        raw = base64.b64decode(body + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    size = hashlib.sha256().digest_size
    return len(raw) == size and base64.urlsafe_b64encode(raw).decode().rstrip("=") == body


def _fingerprint(table: Table, key: str) -> str | None:
    """A fingerprint; None where it is missing or empty, which makes the agreement a draft."""
    if not table.has(key):
        return None
    value = table.text(key, empty=True)
    if value.strip() in PLACEHOLDERS:
        return None
    if not is_fingerprint(value):
        table.problem(
            key,
            Text("no fingerprint: SHA256: and 43 signs, as linkage keys show prints it; or empty in a draft"),
        )
        return None
    return value
