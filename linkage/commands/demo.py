"""A whole round with made-up people: registers are written, every role is played, the report is there.

Each step is one command of the program, called here as `cli` calls it, and written down for the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from linkage.commands.demo_guide import write_steps
from linkage.commands.demo_steps import steps
from linkage.errors import FileError, ReleaseError, Text, UsageError
from linkage.texts import current

if TYPE_CHECKING:
    from linkage.release import Release

NAME = "malmo-2020"
SEED = 2020
"""Everybody who plays the demo meets the same made-up people."""

Progress = Callable[[Text], None]


class UnknownDemoError(UsageError):
    """There is no demo of this name."""

    hint = "the demo of this version: malmo-2020"


class FolderInUseError(FileError):
    """The demo writes into a folder of its own, and overwrites nothing."""

    hint = "name another folder, or remove this one"


class NoFiguresError(ReleaseError):
    """The release lacks the figures that the demo is about."""

    hint = "this is a fault of the demo: please report it"


@dataclass(frozen=True)
class DemoFacts:
    """Where everything lies, and the figures that the report leads with (people; means per month).

    summed: what adding up the lists says, as the city and AF did; month, year: unique people; reached: with
    those who are known for the year only.
    """

    folder: Path
    report: Path
    release: Path
    steps: Path
    summed: Decimal
    month: Decimal
    year: int
    reached: int

    def as_json(self) -> dict[str, object]:
        """The same as one object."""
        return {
            "folder": str(self.folder),
            "report": str(self.report),
            "release": str(self.release),
            "steps": str(self.steps),
            "summed": float(self.summed),
            "month": float(self.month),
            "year": self.year,
            "reached": self.reached,
        }

    def lines(self) -> list[Text]:
        """What to print: made-up people, the report's figure, and the ones that it could not give."""
        return [
            Text("the people are made up; the report of 2021 is not"),
            Text("{people}  people in an average month, added up as the report did", _people(self.summed)),
            Text("{people}  unique people in an average month", _people(self.month)),
            Text("{people}  unique people in the year", _people(Decimal(self.year))),
            Text("{people}  with those who are known for the year only", _people(Decimal(self.reached))),
            Text("every step, to be repeated by hand: {path}", {"path": self.steps}),
        ]


def _people(number: Decimal) -> dict[str, object]:
    return {"people": f"{number:,.0f}".replace(",", " ").rjust(7)}


def demo(name: str, folder: Path, *, progress: Progress | None = None) -> DemoFacts:
    """Play the demo `name` in `folder`, which must be empty or not be there.

    progress: told each step as it begins. Raises UnknownDemoError, FolderInUseError, and what a step raises.
    """
    if name != NAME:
        raise UnknownDemoError("there is no demo of the name {name}", name=name)
    _take(folder)
    tell = progress or (lambda _: None)
    tell(Text("making up people and registers"))
    _write_registers(folder)
    todo = steps(folder)
    guide = write_steps(folder, todo)
    for number, step in enumerate(todo, 1):
        words: dict[str, object] = {"number": number, "total": len(todo), "what": step.what}
        tell(Text("step {number} of {total}: {what}", words))
        step.play()
    return _facts(folder, guide)


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


def _write_registers(folder: Path) -> None:
    from linkage.synthetic.malmo_2020.population import populate
    from linkage.synthetic.malmo_2020.registers import agreement_text, registers

    for register in registers(populate(SEED), SEED):
        home = folder / register.party
        home.mkdir()
        (home / "register.toml").write_text(register.map, encoding="utf-8")
        for sheet in register.sheets:
            (home / sheet.file).write_bytes(sheet.encode())
    for name in ("draft", "agreement"):
        (folder / name).mkdir()
        (folder / name / "agreement.toml").write_text(agreement_text(), encoding="utf-8")
    (folder / "matcher").mkdir()


def _facts(folder: Path, guide: Path) -> DemoFacts:
    from linkage.release import parse

    path = folder / "matcher" / "release" / "release.json"
    found = _figures(parse(path.read_bytes()))
    return DemoFacts(
        folder=folder,
        report=path.with_name(f"report.{current().value}.html"),
        release=path,
        steps=guide,
        summed=found["summed"],
        month=found["month"],
        year=int(found["year"]),
        reached=int(found["reached"]),
    )


def _figures(release: Release) -> dict[str, Decimal]:
    volume = release.table("volym")
    found = {
        "summed": volume.number(period="mean", part="sum"),
        "month": volume.number(period="mean", part="unique"),
        "year": volume.number(period="all", part="unique"),
        "reached": release.table("aret-alla").number(),
    }
    numbers = {name: Decimal(value) for name, value in found.items() if value is not None}
    if len(numbers) < len(found):
        raise NoFiguresError("the release has no figure for the summary of the demo")
    return numbers
