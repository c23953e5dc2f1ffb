"""What the program says, in English or Swedish.

The English template is the name of a text; `sv/*.json` maps it to the Swedish one with the same placeholders.
A test collects every template in the source and fails where the Swedish is missing.
"""

from __future__ import annotations

import json
import locale
import os
from collections.abc import Callable
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from importlib import resources

from keys.errors import Text, filled


class Lang(StrEnum):
    """A language that the program speaks."""

    EN = "en"
    SV = "sv"


_current: ContextVar[Lang] = ContextVar("lang", default=Lang.EN)


def from_environment() -> Lang:
    """Swedish where the user's locale is Swedish, English elsewhere (POSIX order of variables)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return Lang.SV if value.lower().startswith("sv") else Lang.EN
    system = locale.getlocale()[0] or ""
    return Lang.SV if system.lower().startswith(("sv", "swedish")) else Lang.EN


def use(lang: Lang) -> None:
    """Speak this language from here on (in this context)."""
    _current.set(lang)


def current() -> Lang:
    """The language that is spoken."""
    return _current.get()


@cache
def catalogue(lang: Lang) -> dict[str, str]:
    """English template → template in `lang`; empty for English."""
    if lang is Lang.EN:
        return {}
    merged: dict[str, str] = {}
    for file in sorted(resources.files(__name__).joinpath(lang.value).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".json"):
            merged |= json.loads(file.read_text(encoding="utf-8"))
    return merged


def say(text: Text | str, lang: Lang | None = None) -> str:
    """The text in `lang`, or in the current language; English where it has not been translated."""
    lang = current() if lang is None else lang
    if isinstance(text, str):
        return catalogue(lang).get(text, text)
    template = catalogue(lang).get(text.template, text.template)
    return filled(template, {k: say(v, lang) if isinstance(v, Text) else v for k, v in text.values.items()})


def translator(lang: Lang) -> Callable[[str], str]:
    """A function that says plain texts in `lang`: for templates of pages."""
    return lambda template: say(template, lang)
