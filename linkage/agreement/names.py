"""What may be a name, and which name was probably meant."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

from keys.errors import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 64
_FORM = re.compile(r"[a-z0-9]+(-+[a-z0-9]+)*")
_WINDOWS = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
IN_ROWS = ("sum", "unique", "surplus", "places", "elsewhere")
"""Words that stand where a group's name could, in rows of a release or in a measure."""
DIMENSIONS = ("sex", "age")
"""Words that stand where a party's name could, in expressions."""


def fault(name: str, reserved: Iterable[str] = ()) -> Text | None:
    """What is wrong with a name; None where nothing is. reserved: words with a meaning of their own here."""
    if not _FORM.fullmatch(name):
        if like := _like(name):
            return Text(
                "{name!r} is no name: a–z, 0–9 and hyphens between them, for example {like!r}",
                {"name": name, "like": like},
            )
        return Text("{name!r} is no name: a–z, 0–9 and hyphens between them", {"name": name})
    if len(name) > LONGEST:
        return Text("longer than {limit} characters: it becomes part of file names", {"limit": LONGEST})
    if _WINDOWS.fullmatch(name):
        return Text("{name!r} is a name that Windows keeps for itself: choose another", {"name": name})
    if name.endswith("-round"):
        return Text("a name may not end in -round: that is how round keys are called", {})
    if name in reserved:
        return Text("{name!r} has a meaning of its own here: choose another", {"name": name})
    return None


def _like(name: str) -> str:
    """The nearest thing to the name that may be one; empty where there is none."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(str.maketrans("øæß", "oas")))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST].rstrip("-")


def near(word: str, allowed: Iterable[str]) -> Text | str:
    """A question whether a word like it was meant, to be put after a message; empty where there is none."""
    found = difflib.get_close_matches(word.lower(), list(allowed), n=1)
    return Text(" (did you mean {name!r}?)", {"name": found[0]}) if found else ""


def listed(words: Iterable[str]) -> str:
    """Words in a row, with commas."""
    return ", ".join(words)
