"""TOML text → document and places, and what to say where it is no TOML."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from linkage.agreement.places import Places, scan
from linkage.errors import AgreementError

if TYPE_CHECKING:
    from typing import NoReturn


class TomlError(AgreementError):
    """The file is not TOML."""

    hint = "correct the line; text stands in quotes"


class TomlTwiceError(TomlError):
    """A key or table stands twice; often a list of tables that was written with single brackets."""

    hint = "each key stands once in its table; several parties or measures are written [[party]], [[measure]]"


class TomlPathError(TomlError):
    """A backslash means something else in double quotes."""

    hint = (
        "a Windows path in double quotes does not work: use single quotes ('C:\\data') or slashes (C:/data)"
    )


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


def _refuse(text: str, source: str, said: str) -> NoReturn:
    """Raise what the parser said, with line and column, as what is most likely meant."""
    found = re.search(r"^(.*?) \(at line (\d+), column (\d+)\)$", said)
    lines = text.splitlines() or [""]
    reason = found[1] if found else said.removesuffix(" (at end of document)")
    line, column = (int(found[2]), int(found[3])) if found else (len(lines), len(lines[-1]) + 1)
    here = lines[min(line, len(lines)) - 1]
    kind = TomlError
    if re.search(r'"(?:[A-Za-z]:\\|\\\\)', here):
        kind = TomlPathError
    elif "twice" in reason or reason.startswith("Cannot"):
        kind = TomlTwiceError
    raise kind(
        "not TOML ({reason}): {source}, line {line}, column {column}",
        reason=reason,
        source=source,
        line=line,
        column=column,
    )
