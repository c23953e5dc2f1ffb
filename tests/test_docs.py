"""The docs tell the truth: links lead somewhere, commands and options exist, every page can be reached."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import cli
from linkage.program import terminal
from tests.needs import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELL = re.compile(r"```(?:sh|bash|console)\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [t.split("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text)]
    broken = [t for t in links if t and not t.startswith("http") and not (page.parent / t).exists()]
    assert broken == []


def calls(text: str) -> list[list[str]]:
    """Every call of the program in the shell blocks of a page, as words."""
    found = []
    for block in SHELL.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|\||;|\(|\)", line.split("#")[0]):
                words = part.split()
                if words and words[0].rsplit("/", 1)[-1] in {"link", "linkage"}:
                    found.append(words[1:])
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_and_options_exist(page: Path) -> None:
    for words in calls(page.read_text(encoding="utf-8")):
        command: click.Command = cli.link
        rest = list(words)
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            name = rest.pop(0)
            assert name in command.commands, f"{page.name}: link {' '.join(words)}"
            command = command.commands[name]
        known = {opt for param in command.params for opt in param.opts} | {"--help"}
        unknown = [w for w in rest if w.startswith("--") and w.split("=")[0] not in known]
        assert unknown == [], f"{page.name}: link {' '.join(words)}"


def test_every_page_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    todo = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        todo += [(page.parent / target).resolve() for target in targets if not target.startswith("http")]
    decisions = ROOT / "docs" / "decisions"
    assert [str(p.relative_to(ROOT)) for p in PAGES if p not in seen and p.parent != decisions] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_that_are_named_are_there(page: Path) -> None:
    named = re.findall(r"`((?:tests|keys|linkage)/[\w/]+\.py)", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_exit_code_is_documented() -> None:
    text = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (\d+) \| (\w*) ?\|", text, re.MULTILINE)
    families = [(str(code), family.__name__) for family, code in terminal.EXIT_CODES.items()]
    others = [(str(code), "") for code in (0, terminal.EXIT_BUG, terminal.EXIT_INTERRUPTED)]
    assert sorted(told) == sorted(families + others)
