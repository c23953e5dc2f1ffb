"""Everything that is said to a person exists in Swedish, with the same placeholders."""

from __future__ import annotations

import ast
import inspect
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import cli
from keys.errors import Text
from linkage.texts import Lang, catalogue, say
from tests.needs import ROOT

SPOKEN_CALLS = {"Text", "say", "note", "t"}
FILES = sorted(
    p
    for p in [ROOT / "cli.py", *(ROOT / "keys").rglob("*.py"), *(ROOT / "linkage").rglob("*.py")]
    if "migrations" not in p.parts
)


def literals(node: ast.expr | None) -> Iterator[str]:
    """The strings that an expression can be: a literal, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def templates(file: Path) -> Iterator[tuple[str, int]]:
    """Texts for persons in one source file, each with its line."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if (name.endswith("Error") or name in SPOKEN_CALLS) and node.args:
                yield from ((text, node.lineno) for text in literals(node.args[0]))
            if name.endswith("Error"):
                for keyword in node.keywords:
                    if keyword.arg == "hint":
                        yield from ((text, node.lineno) for text in literals(keyword.value))
        elif isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
            for item in node.body:
                if not isinstance(item, ast.Assign | ast.AnnAssign):
                    continue
                target = item.target if isinstance(item, ast.AnnAssign) else item.targets[0]
                if isinstance(target, ast.Name) and target.id == "hint":
                    yield from ((text, node.lineno) for text in literals(item.value))


PLAIN = re.compile(r"\b(Value|Type|Key|Runtime|Assertion|Index|NotImplemented|OS|Attribute)Error\(")


def spoken(file: Path) -> Iterator[tuple[str, int]]:
    """templates() less the words of Python's own errors, which no user sees."""
    source = file.read_text(encoding="utf-8").splitlines()
    for text, line in templates(file):
        if not PLAIN.search(source[line - 1]) and has_words(text):
            yield text, line


def has_words(template: str) -> bool:
    """Whether something is said, beside the placeholders."""
    return any(c.isalpha() for literal, *_ in string.Formatter().parse(template) for c in literal)


def placeholders(template: str) -> set[str]:
    """Names of the placeholders of a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def helps(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """(command, text) for every paragraph and option of the help."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        yield path, " ".join(paragraph.split("\n"))
    for param in command.params:
        if isinstance(param, click.Option) and param.help and param.name not in {"version", "help"}:
            yield path, param.help
    if isinstance(command, click.Group):
        for name, sub in command.commands.items():
            yield from helps(sub, f"{path} {name}")


@pytest.mark.parametrize("file", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_text_has_its_swedish(file: Path) -> None:
    swedish = catalogue(Lang.SV)
    missing = sorted({(line, text) for text, line in spoken(file) if text not in swedish})
    assert missing == []


def test_every_help_has_its_swedish() -> None:
    swedish = catalogue(Lang.SV)
    missing = sorted(
        {
            text
            for _, text in helps(cli.link, "link")
            if text not in swedish and not text.startswith("Example:")
        }
    )
    assert missing == []


def test_translations_have_the_same_placeholders() -> None:
    wrong = [
        en for en, sv in catalogue(Lang.SV).items() if "{" in en and placeholders(en) != placeholders(sv)
    ]
    assert wrong == []


def test_a_number_chooses_between_two_wordings() -> None:
    rows = Text("  {rows:# row|# rows} with: {kind}", {"rows": 1, "kind": "x"})
    assert (str(rows), say(rows, Lang.SV)) == ("  1 row with: x", "  1 rad med: x")
    assert say(Text(rows.template, {"rows": 2, "kind": "x"}), Lang.SV) == "  2 rader med: x"
    assert str(Text("{n:,} {n!r} {n}", {"n": 1000})) == "1,000 1000 1000"
    every = [text for pair in catalogue(Lang.SV).items() for text in pair if "{" in text]
    forms = [form for text in every for *_, form, _ in string.Formatter().parse(text) if form]
    assert {form.count("|") for form in forms if "|" in form} == {1}


def test_no_text_is_translated_twice_differently() -> None:
    seen: dict[str, tuple[str, str]] = {}
    clashes = []
    for file in sorted((ROOT / "linkage" / "texts" / "sv").glob("*.json")):
        for english, swedish in json.loads(file.read_text(encoding="utf-8")).items():
            if english in seen and seen[english][1] != swedish:
                clashes.append((english, seen[english][0], file.name))
            seen[english] = (file.name, swedish)
    assert clashes == []


def test_a_text_in_a_text_is_translated_too() -> None:
    english = next(e for e in catalogue(Lang.SV) if "{" not in e)
    inner = Text("error: {what}", {"what": Text(english)})
    assert catalogue(Lang.SV)[english] in say(inner, Lang.SV)
    assert english in say(inner, Lang.EN)
