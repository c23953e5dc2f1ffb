"""The steps of the demo in writing: STEPS.md for a reader, steps.sh for a shell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from keys.files import modes_protect
from linkage.commands.demo_play import KEY_WORDS_FILE, package_name
from linkage.commands.demo_steps import Step
from linkage.errors import Text
from linkage.synthetic.demo import Demo
from linkage.texts import current, say


def write_steps(demo: Demo, folder: Path, todo: Sequence[Step]) -> Path:
    """STEPS.md for a reader and steps.sh for a shell; the path of the first."""
    guide = folder / "STEPS.md"
    guide.write_text(_guide(demo, folder, todo), encoding="utf-8")
    (folder / "steps.sh").write_text(_script(demo, folder, todo), encoding="utf-8", newline="\n")
    return guide


def _guide(demo: Demo, folder: Path, todo: Sequence[Step]) -> str:
    parts = [
        "# " + say("The round of this folder, step by step"),
        say(
            "The people are made up. Each step below has been done here already; steps.sh does them all once "
            "more, in a new folder by-hand. To go through them yourself, make such a folder first:"
        ),
        _block(_preparation(demo, folder)),
        _about_passphrases(),
    ]
    for number, step in enumerate(todo, 1):
        back = [f"cd {step.where}", *step.commands, "cd .."] if step.where != "." else list(step.commands)
        parts += [f"## {number}. {say(step.what)}", _block(back)]
    parts += [
        "## " + say("And then"),
        say(
            Text(
                "The report is {matcher}/release/report.{lang}.html. Look also at:",
                {"matcher": demo.matcher, "lang": current().value},
            )
        ),
    ]
    parts.append(_block(_afterwards(demo)))
    return "\n\n".join(parts) + "\n"


def _about_passphrases() -> str:
    if modes_protect():
        return say(
            "The keys here have no passphrase, so that the script need not ask. "
            "Real keys have one: leave out --no-passphrase."
        )
    return say(
        "The passphrase of the keys here lies in a file, so that the script need not ask. "
        "Real keys have one that nobody finds: leave out --passphrase-file."
    )


def _script(demo: Demo, folder: Path, todo: Sequence[Step]) -> str:
    lines = [
        "#!/bin/sh",
        "# " + say("The round of this folder once more, by hand, in a new folder by-hand"),
        "set -eu",
        'cd "$(dirname "$0")"',
        *_preparation(demo, folder),
    ]
    for number, step in enumerate(todo, 1):
        lines += ["", f"# {number}. {say(step.what)}"]
        command = " && ".join(step.commands)
        lines.append(command if step.where == "." else f"(cd {step.where} && {command})")
    return "\n".join(lines) + "\n"


def _preparation(demo: Demo, folder: Path) -> list[str]:
    copies = [" ".join(["cp", *_registers(folder, who), f"by-hand/{who}/"]) for who in demo.parties]
    protected = [] if modes_protect() else [f"cp {KEY_WORDS_FILE} by-hand/"]
    folders = " ".join(f"by-hand/{name}" for name in ("agreement", *demo.parties, demo.matcher))
    return [
        f"mkdir by-hand {folders}",
        *copies,
        *protected,
        "cp draft/agreement.toml by-hand/agreement/",
        "cd by-hand",
    ]


def _registers(folder: Path, who: str) -> list[str]:
    """By name: an export puts its own list of problems beside them."""
    return [*sorted(f"{who}/{path.name}" for path in (folder / who).glob("*.csv")), f"{who}/register.toml"]


def _afterwards(demo: Demo) -> list[str]:
    first = demo.parties[0]
    return [
        "linkage agreement show agreement/agreement.toml",
        f"linkage inspect {first}/{package_name(demo, first)}",
        f"linkage report {demo.matcher}/release/release.json --out report-again",
    ]


def _block(lines: Sequence[str]) -> str:
    return "\n".join(["```sh", *lines, "```"])
