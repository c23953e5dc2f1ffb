"""A whole round with made-up people: registers are written, every role is played, the report is there.

Each step is one command of the program, called here as `cli` calls it, and written down for the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from linkage.commands.demo_guide import write_steps
from linkage.commands.demo_steps import steps
from linkage.errors import FileError, Text, UsageError
from linkage.synthetic.demo import METHODS, Demo
from linkage.synthetic.demos import DEMOS
from linkage.texts import current, say

if TYPE_CHECKING:
    from linkage.release import Release

Progress = Callable[[Text], None]


class UnknownDemoError(UsageError):
    """There is no demo of this name."""

    hint = "name one of the demos that are listed here"


class FolderInUseError(FileError):
    """The demo writes into a folder of its own, and overwrites nothing."""

    hint = "name another folder, or remove this one"


@dataclass(frozen=True)
class DemoFacts:
    """Where everything lies, the lines that the report leads with, and what was done to their numbers."""

    name: str
    folder: Path
    report: Path
    release: Path
    steps: Path
    headline: tuple[Text, ...]
    protection: Text

    def as_json(self) -> dict[str, object]:
        """The same as one object."""
        return {
            "name": self.name,
            "folder": str(self.folder),
            "report": str(self.report),
            "release": str(self.release),
            "steps": str(self.steps),
            "headline": [say(line).strip() for line in self.headline],
            "protection": say(self.protection),
        }

    def lines(self) -> list[Text]:
        """The same for a person."""
        steps = Text("every step, to be repeated by hand: {path}", {"path": self.steps})
        return [*self.headline, self.protection, steps]


@dataclass(frozen=True)
class DemoList:
    """The demos of this version."""

    about: Mapping[str, Text]

    def as_json(self) -> dict[str, object]:
        """name → what it is about."""
        return {name: say(about) for name, about in self.about.items()}

    def lines(self) -> list[Text]:
        """A line each."""
        width = max(map(len, self.about))
        return [
            Text("{name}  {about}", {"name": name.ljust(width), "about": about})
            for name, about in self.about.items()
        ]


def listed() -> DemoList:
    """Every demo, in the order of the list."""
    return DemoList({name: demo.about for name, demo in DEMOS.items()})


def demo(
    name: str, folder: Path, *, method: str | None = None, progress: Progress | None = None
) -> DemoFacts:
    """Play the demo `name` in `folder`, which must be empty or not be there.

    method: one of METHODS; None for the first. progress: told each step as it begins, and how the audit
    went. Raises UnknownDemoError, FolderInUseError, and what a step raises.
    """
    if name not in DEMOS:
        raise UnknownDemoError(
            "there is no demo of the name {name}", name=name, details=tuple(listed().lines())
        )
    chosen = DEMOS[name].under(method or METHODS[0])
    _take(folder)
    tell = progress or (lambda _: None)
    tell(Text("making up people and registers"))
    _write_registers(chosen, folder)
    todo = steps(chosen, folder)
    guide = write_steps(chosen, folder, todo)
    for number, step in enumerate(todo, 1):
        words: dict[str, object] = {"number": number, "total": len(todo), "what": step.what}
        tell(Text("step {number} of {total}: {what}", words))
        for line in _notes(step.play()):
            tell(line)
    return _facts(chosen, folder, guide)


def _notes(found: object) -> tuple[Text, ...]:
    """What the matcher is told beside its release: how the audit went."""
    from linkage.commands.matcher_match import MatchFacts

    return found.notes if isinstance(found, MatchFacts) else ()


def _take(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        empty = next(folder.iterdir(), None) is None
    except (FileExistsError, NotADirectoryError):
        raise FolderInUseError("not a folder: {path}", path=folder) from None
    except OSError as error:
        raise FileError(
            "cannot make the folder {path}: {reason}",
            path=folder,
            reason=error.strerror,
            hint="name a folder that you may write to",
        ) from None
    if not empty:
        raise FolderInUseError("the folder is not empty: {path}", path=folder)


def _write_registers(demo: Demo, folder: Path) -> None:
    for register in demo.registers(demo.seed):
        home = folder / register.party
        home.mkdir()
        (home / "register.toml").write_text(register.map, encoding="utf-8")
        for sheet in register.sheets:
            (home / sheet.file).write_bytes(sheet.encode())
    for name in ("draft", "agreement"):
        (folder / name).mkdir()
        (folder / name / "agreement.toml").write_text(demo.agreement_text(), encoding="utf-8")
    (folder / demo.matcher).mkdir()


def _facts(demo: Demo, folder: Path, guide: Path) -> DemoFacts:
    from linkage.release import parse

    path = folder / demo.matcher / "release" / "release.json"
    release = parse(path.read_bytes())
    return DemoFacts(
        name=demo.name,
        folder=folder,
        report=path.with_name(f"report.{current().value}.html"),
        release=path,
        steps=guide,
        headline=tuple(demo.headline(release)),
        protection=_protection(release),
    )


def _protection(release: Release) -> Text:
    if release.exact:
        return Text("method exact: the numbers are as they were counted, and nothing protects them")
    return Text(
        "method {method}: every number is moved a little, a count by at most {most}; without that: "
        "linkage demo {name} DIR --method exact",
        {"method": release.rule.method, "most": release.moved, "name": release.agreement.name},
    )
