"""TOML text → document and places, and what to say where it is no TOML."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from linkage.agreement import slips
from linkage.agreement.places import Places, scan
from linkage.agreement.slips import TomlError

if TYPE_CHECKING:
    from typing import NoReturn


def read(text: str, source: str) -> tuple[dict[str, Any], Places]:
    """The document and where its values stand. source: the file's name, for the message. Raises TomlError."""
    text = text.removeprefix("\ufeff")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _refuse(text, source, str(error))
    except (RecursionError, ValueError):
        raise TomlError("nested too deeply, or a number too long: {source}", source=source) from None
    return document, scan(text)


def undecoded(error: UnicodeDecodeError) -> tuple[int, int]:
    """Line and column, counted from 1, of the first byte that is no UTF-8."""
    before = error.object[: error.start].decode()
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _refuse(text: str, source: str, said: str) -> NoReturn:
    """Raise what the parser said, with line and column, as what is most likely meant."""
    found = re.search(r"^(.*?) \(at line (\d+), column (\d+)\)$", said, re.DOTALL)
    lines = text.split("\n")
    reason = found[1] if found else said.removesuffix(" (at end of document)")
    line, column = (int(found[2]), int(found[3])) if found else (len(lines), len(lines[-1]) + 1)
    here = lines[min(line, len(lines)) - 1]
    kind = slips.kind(reason, here)
    if slips.twice(reason) and (first := slips.first(lines, min(line, len(lines)))):
        raise kind(
            "not TOML (it stands twice, first on line {first}): {source}, line {line}, column {column}",
            first=first,
            source=source,
            line=line,
            column=column,
        )
    raise kind(
        "not TOML ({reason}): {source}, line {line}, column {column}",
        reason=slips.reason(reason),
        source=source,
        line=line,
        column=column,
    )
