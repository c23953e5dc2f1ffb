"""What click says of a command line that it cannot read, as texts that exist in every language.

Called by `terminal` alone. click has one sentence for each mistake; those that a user can meet are known here
by their form, and any other is told as click says it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keys.errors import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

_SENTENCES: Final[Sequence[tuple[str, Text]]] = (
    (r"no such option (?P<name>'.*?')", Text("no such option {name}")),
    (r"no such command (?P<name>'.*?')", Text("no such command {name}")),
    (r"missing command", Text("missing command")),
    (r"missing argument (?P<name>'[^']*').*", Text("missing argument {name}")),
    (r"missing option (?P<name>'[^']*').*", Text("missing option {name}")),
    (r"option (?P<name>'.*') requires an argument", Text("option {name} requires an argument")),
    (r"option (?P<name>'.*') does not take a value", Text("option {name} does not take a value")),
    (r"got unexpected extra arguments? \((?P<words>.*)\)", Text("got more than is wanted: {words}")),
    (r"(?P<value>'.*') is not one of (?P<choices>.*)", Text("{value} is not one of {choices}")),
    (r"(?P<value>'.*') is not a valid integer( range)?", Text("{value} is not a whole number")),
    (r"(?P<value>.*) is not in the range (?P<range>.*)", Text("{value} is not in the range {range}")),
)
_MEANT = re.compile(r"(?P<what>.*?)\.? \(?Did you mean (one of: )?(?P<near>'.*')\?\)?", re.DOTALL)
_OF = re.compile(r"invalid value for (?P<name>'.*?'): (?P<what>.*)", re.DOTALL)


def in_words(error: click.UsageError) -> Text:
    """What is wrong, in one line: lower case, no full stop."""
    said = error.format_message().strip().rstrip(".")
    return _said(said[:1].lower() + said[1:])


def _said(said: str) -> Text:
    if found := _MEANT.fullmatch(said):
        words = {"what": _said(found["what"]), "near": found["near"]}
        return Text("{what} (did you mean {near}?)", words)
    if found := _OF.fullmatch(said):
        return Text("invalid value for {name}: {what}", {"name": found["name"], "what": _said(found["what"])})
    for form, text in _SENTENCES:
        if found := re.fullmatch(form, said, re.DOTALL):
            return Text(text.template, {k: v for k, v in found.groupdict().items() if v is not None})
    return Text("{line}", {"line": said})
