"""Changes to an agreement's text that leave every comment and the layout as they are.

A value is replaced where it stands, a missing key gets a line of its own. The new text is read again and must
differ from the old one in these values and in nothing else.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, NamedTuple

from linkage.agreement.document import parse
from linkage.agreement.places import Places, scan
from linkage.errors import AgreementError
from linkage.window import label, ordinal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from linkage.agreement.model import Agreement
    from linkage.agreement.places import Path

_BOM = "\ufeff"
_LAST_YEAR = 2199


class OtherFingerprintError(AgreementError):
    """The agreement holds another fingerprint than the key that is at hand."""

    hint = "if the key was renewed, empty the old fingerprint in the agreement first, and tell the others"


class TooLateError(AgreementError):
    """The window of the next round would lie in a year that cannot be written."""


class UneditableError(AgreementError):
    """The layout is one that cannot be edited with certainty."""

    hint = "write these values by hand"


class _Edit(NamedTuple):
    """Text from start to end is replaced by new."""

    start: int
    end: int
    new: str


def fill(text: str, fingerprints: Mapping[str, str]) -> str:
    """The agreement with the fingerprints that it lacks, as far as they are given.

    fingerprints: party, matcher → identity; NAME-round → the matcher's round key. Others are not looked at.
    Raises OtherFingerprintError where the agreement holds another one, AgreementError where it has problems.
    """
    agreement = parse(text)
    wanted: dict[Path, str] = {}
    for path, name, old in _key_places(agreement):
        new = fingerprints.get(name)
        if new is None or new == old:
            continue
        if old is not None:
            raise OtherFingerprintError(
                "the agreement has {old} for {name}, {name}.pub is {new}", name=name, old=old, new=new
            )
        wanted[path] = new
    return _with(text, wanted)


def _key_places(agreement: Agreement) -> Iterator[tuple[Path, str, str | None]]:
    """Every fingerprint of the agreement: where it stands, whose public file it is of, what it is."""
    for index, party in enumerate(agreement.parties):
        yield ("party", index, "identity"), party.name, party.identity
    matcher = agreement.matcher
    yield ("matcher", "identity"), matcher.name, matcher.identity
    yield ("matcher", "round_key"), f"{matcher.name}-round", matcher.round_key


def following(text: str) -> str:
    """The agreement of the next round: one more, the window and its spans moved by its length, no round key.

    What else may want a change is told by `linkage.agreement.stale`. Raises TooLateError after the year 2199.
    """
    agreement = parse(text)
    window = agreement.window
    first = ordinal(window.unit, window.first)
    length = len(window)
    if int(label(window.unit, first + 2 * length - 1)[:4]) > _LAST_YEAR:
        raise TooLateError("the next window would end after {year}", year=_LAST_YEAR)
    wanted: dict[Path, str | int] = {
        ("round",): agreement.round + 1,
        ("period", "first"): label(window.unit, first + length),
        ("period", "last"): label(window.unit, first + 2 * length - 1),
    }
    for name, ends in window.spans.items():
        for side, end in enumerate(ends):
            wanted["period", "spans", name, side] = label(window.unit, first + length + end)
    if agreement.matcher.round_key is not None:
        wanted["matcher", "round_key"] = ""
    return _with(text, wanted)


def _with(text: str, wanted: Mapping[Path, str | int]) -> str:
    """The text with these values, verified by reading it again."""
    body = text.removeprefix(_BOM)
    places = scan(body)
    expected = tomllib.loads(body)
    edits = []
    for path, value in wanted.items():
        written = f'"{value}"' if isinstance(value, str) else str(value)
        edits.append(_edit(places, path, written))
        _put(expected, path, value)
    new = body
    for edit in sorted(edits, reverse=True):
        new = new[: edit.start] + edit.new + new[edit.end :]
    if not _reads_as(new, expected):
        raise UneditableError("the file's layout is too unusual to be edited")
    return text[: len(text) - len(body)] + new


def _put(document: dict[str, Any], path: Path, value: str | int) -> None:
    here: Any = document
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value


def _reads_as(text: str, expected: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        return False


def _edit(places: Places, path: Path, written: str) -> _Edit:
    """The edit that gives the value at the path."""
    spot = places.values.get(path)
    return _Edit(spot.start, spot.end, written) if spot else _new_key(places, path, written)


def _new_key(places: Places, path: Path, written: str) -> _Edit:
    """A key beside the title or name of its table: on the next line, or before it in an inline table."""
    text = places.text
    beside = places.values.get((*path[:-1], "title")) or places.values[*path[:-1], "name"]
    before = text[beside.key : beside.last]  # a key with dots keeps what stands before its last part
    if beside.inline:
        return _Edit(beside.key, beside.key, f"{before}{path[-1]} = {written}, ")
    width = text.index("=", beside.last) - beside.last - 1
    line_end = text.find("\n", beside.end)
    line_end = len(text) if line_end < 0 else line_end - text[:line_end].endswith("\r")
    indent = text[text.rfind("\n", 0, beside.key) + 1 : beside.key]
    newline = "\r\n" if "\r\n" in text else "\n"
    return _Edit(line_end, line_end, f"{newline}{indent}{before}{path[-1]:<{width}} = {written}")
