"""The agreement: written, checked, compared."""

from __future__ import annotations

from pathlib import Path

import click

from linkage.errors import Text
from linkage.program.conventions import Group
from linkage.program.options import FILE, option
from linkage.program.terminal import note, tell
from linkage.texts import current


@click.group(cls=Group)
def agreement() -> None:
    """Write, check and compare the agreement.

    The agreement says who counts what, for which purpose, and how results are protected.
    """


@agreement.command("new")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
def agreement_new(file: Path) -> None:
    """Write a commented template with every key.

    Example: linkage agreement new agreement.toml
    """
    from linkage.commands.agreement import new

    path = new(file, current())
    tell(
        {"agreement": str(path)},
        [Text("written: {path}", {"path": path})],
        after=Text("fill in {path}, then: linkage agreement check {path}", {"path": path}),
    )


@agreement.command("check")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
def agreement_check(file: Path) -> None:
    """Tell all problems at once; ready, with its digest, or a draft.

    Example: linkage agreement check agreement/agreement.toml
    """
    from linkage.commands.agreement_check import check

    facts = check(file)
    for warning in facts.warnings:
        note(Text("warning: {what}", {"what": warning}))
    for told in facts.notes:
        note(Text("note: {what}", {"what": told}))
    if facts.digest is None:
        head = Text("{name} round {round} is a draft; missing: {missing}", facts.words())
        after = Text(
            "put everybody's NAME.pub beside it, then: linkage agreement fill {path}", {"path": file}
        )
    else:
        head = Text("{name} round {round} is ready; digest {digest}", facts.words())
        after = Text("compare the digest by phone with every party and the matcher")
    tell(facts.as_json(), [head, *facts.lines()], after=after)


@agreement.command("fill")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
def agreement_fill(file: Path) -> None:
    """Put in the fingerprints of the *.pub files beside it.

    Comments and layout stay.

    Example: linkage agreement fill agreement/agreement.toml
    """
    from linkage.commands.agreement import fill

    facts = fill(file)
    tell(
        facts.as_json(),
        [
            Text("filled in: {names}", {"names": ", ".join(facts.filled) or "–"}),
            *([Text("still missing: {names}", {"names": ", ".join(facts.missing)})] if facts.missing else []),
            *facts.notes,
        ],
        after=Text("linkage agreement check {path}", {"path": file}),
    )


@agreement.command("pack")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
@option("--out", type=FILE, help="The zip to write; default NAME-ROUND.zip.")
def agreement_pack(file: Path, out: Path | None) -> None:
    """Zip the agreement and the public keys that it names, and nothing else.

    Example: linkage agreement pack agreement/agreement.toml
    """
    from linkage.commands.agreement import pack

    facts = pack(file, out)
    tell(
        facts.as_json(),
        [Text("written: {path}", {"path": facts.path})],
        after=Text(
            "send {path} to every party and the matcher; it holds nothing secret", {"path": facts.path}
        ),
    )


@agreement.command("show")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
@option("--out", type=FILE, help="Write a web page to this file instead of text.")
@option("--dpia", is_flag=True, help="A data protection impact assessment, to be finished.")
def agreement_show(file: Path, out: Path | None, dpia: bool) -> None:
    """Show what it says, for a jurist to read.

    With --dpia it is put into a data protection impact assessment; what only people can answer is left blank.
    With --out it is a web page where the file's name ends in .html, else Markdown.

    Example: linkage agreement show agreement/agreement.toml --out agreement.html
    """
    from linkage.commands.agreement import assess, show

    if dpia:
        begun = assess(file, current(), out)
        tell(begun.as_json(), [begun.text], after=begun.after)
        return
    facts = show(file, current(), out)
    tell(facts.as_json(), [facts.text], after=facts.after)


@agreement.command("diff")
@click.argument("one", type=FILE)
@click.argument("other", type=FILE)
def agreement_diff(one: Path, other: Path) -> None:
    """Tell what differs between two agreements, layout and comments aside.

    Example: linkage agreement diff mine.toml theirs.toml
    """
    from linkage.commands.agreement import diff

    found = diff(one, other)
    tell({"differences": [str(d) for d in found]}, found or ["no difference"])


@agreement.command("next")
@click.argument("file", type=FILE, default=Path("agreement.toml"), metavar="[FILE]")
@option("--out", type=FILE, help="The agreement to write; default NAME-ROUND.toml.")
def agreement_next(file: Path, out: Path | None) -> None:
    """Write the next round: number up, window moved, a new round key wanted.

    Example: linkage agreement next agreement/agreement.toml
    """
    from linkage.commands.agreement import next_round

    facts = next_round(file, out)
    tell(
        facts.as_json(),
        [Text("written: {path}", {"path": facts.path}), *facts.notes],
        after=Text(
            "check the window and the questions, then let the matcher make a round key, in a folder of its "
            "own: linkage keys round --agreement-name {name} --round {round} "
            "--identity ../matcher/identity.key --ledger sqlite:///../matcher/ledger.db",
            {"name": facts.name, "round": facts.round},
        ),
    )
