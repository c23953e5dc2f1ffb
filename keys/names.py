"""The names of key holders and families: safe as file names on every system."""

from __future__ import annotations

import re

from keys.errors import KeysError

LONGEST = 64
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_WINDOWS = frozenset(
    ["con", "nul", "aux", "prn"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)


class BadNameError(KeysError):
    """A name that cannot stand in an agreement or in a file's name."""

    hint = "use a-z, 0-9 and hyphens, for example malmo; write a for å and ä, and o for ö"


def check_name(name: str) -> str:
    """The name itself where it is one: a–z, 0–9, hyphens inside. Raises BadNameError."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        raise BadNameError(
            "{name!r} is no name: a-z, 0-9 and hyphens, at most {longest} of them",
            name=name[: LONGEST + 1],
            longest=LONGEST,
        )
    if name in _WINDOWS:
        raise BadNameError(
            "{name!r} is no name: Windows keeps it for itself", name=name, hint="choose another name"
        )
    if name.endswith("-round"):
        raise BadNameError(
            "{name!r} is no name: it ends in -round, which marks a round key",
            name=name,
            hint="choose another name",
        )
    return name
