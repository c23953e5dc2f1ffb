"""Which registers are exported, and how: a map in a file, or a few words on the command line."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from linkage.agreement.model import Known
from linkage.agreement.names import listed
from linkage.agreement.reading import undecoded
from linkage.errors import FileError, RegisterError
from linkage.register import (
    RegisterMap,
    ShortMapError,
    Source,
    Spells,
    Undated,
    parse_day,
    parse_map,
)
from linkage.register.sources.encoding import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.agreement.model import Party

USUAL = Path("register.toml")
MAX_BYTES = 4 * 1024 * 1024


class NoMapError(FileError):
    """There is no register map at this path."""

    hint = "name the map with --map, or name registers and their columns"


class MapTextError(RegisterError):
    """The map is no text, or text in another encoding."""

    hint = "save it as UTF-8 in a text editor: often it is a letter as å, saved by an older program"


@dataclass(frozen=True)
class ShortMap:
    """The words on the command line, as they were given: a map for one list of spells.

    extracted and encoding may stand beside a map in a file too.
    """

    identifier: str | None = None
    series: str | None = None
    start: str | None = None
    end: str | None = None
    extracted: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Chosen:
    """A map, its name for messages, and the folder in which its files are."""

    register_map: RegisterMap
    name: str
    folder: Path


def choose(registers: Sequence[Path], register_map: Path | None, short: ShortMap, party: Party) -> Chosen:
    """The map that the words mean. A register that is named turns off the search for register.toml.

    Raises ShortMapError where words do not fit together; FileError; RegisterError.
    """
    if registers and register_map is not None:
        raise ShortMapError(
            "a map and registers: one of the two",
            hint="a map names its registers itself: [[source]] file = …",
        )
    chosen = _short(registers, short, party) if registers else _from_file(register_map, short)
    if short.encoding is not None:
        chosen = replace(chosen, register_map=_encoded(chosen.register_map, short.encoding))
    if short.extracted is None:
        return chosen
    try:
        day = parse_day(short.extracted)
    except ValueError:
        raise ShortMapError(
            "{value!r} is not a day", value=short.extracted, hint="write it as --extracted 2021-01-15"
        ) from None
    return replace(chosen, register_map=replace(chosen.register_map, extracted=day))


def _encoded(register_map: RegisterMap, encoding: str) -> RegisterMap:
    """The map, with this encoding for all CSV files, whatever it says itself."""
    found = named(encoding)
    if found is None:
        raise ShortMapError(
            "no encoding that registers have: {encoding!r}",
            encoding=encoding,
            hint="usual are --encoding cp1252, cp850 and utf-8",
        )
    sources = tuple(
        replace(source, origin=replace(source.origin, encoding=found)) for source in register_map.sources
    )
    return replace(register_map, sources=sources)


def _from_file(path: Path | None, short: ShortMap) -> Chosen:
    beside = {"extracted", "encoding"}
    if any(getattr(short, f.name) is not None for f in fields(short) if f.name not in beside):
        raise ShortMapError(
            "--id, --series, --start and --end go with a register that is named",
            hint="name the register too, or write all of it into the map",
        )
    if path is None and not USUAL.exists():
        raise ShortMapError(
            "no register is named, and there is no {map} here",
            map=USUAL,
            hint="make a map of yours: linkage register new FILE; docs/register.md tells more",
        )
    path = path or USUAL
    return Chosen(parse_map(_text(path), str(path)), str(path), path.parent)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES).decode("utf-8-sig")
    except FileNotFoundError:
        raise NoMapError("no such register map: {path}", path=path) from None
    except UnicodeDecodeError as error:
        line, column = undecoded(error)
        raise MapTextError(
            "not a text file in UTF-8: {path}, first in line {line}, column {column}",
            path=path,
            line=line,
            column=column,
        ) from None
    except OSError as error:
        raise NoMapError("cannot be read ({reason}): {path}", reason=error.strerror, path=path) from None


def _short(registers: Sequence[Path], short: ShortMap, party: Party) -> Chosen:
    """One list of spells, or several of the same form, of one series."""
    own = [series.name for series in party.series]
    series = short.series or (own[0] if len(own) == 1 else None)
    if short.identifier is None:
        raise ShortMapError("which column holds the identity numbers", hint="name it: --id Personnummer")
    if series is None:
        raise ShortMapError(
            "which series do the rows belong to, of {series}",
            series=listed(own),
            hint="name it: --series NAME",
        )
    if (short.start is None) != (short.end is None):
        raise ShortMapError(
            "--start and --end go together", hint="where the end is empty, somebody is still there"
        )
    undated = {s.name for s in party.series if s.known is Known.WINDOW}
    if short.start is None and series not in undated and series in own:
        raise ShortMapError(
            "the series {series} needs dates", series=series, hint="name the columns: --start and --end"
        )
    when = Spells(short.start, short.end) if short.start and short.end else Undated()
    sources = tuple(Source(str(path), short.identifier, when, series) for path in registers)
    return Chosen(RegisterMap(sources), "the command line", Path())
