"""The demo vasteras: what becomes of those who leave the city's programmes, and who is broken off."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from linkage.errors import Text
from linkage.synthetic.demo import Demo, figure, whole
from linkage.synthetic.vasteras.registers import PARTIES, agreement_text, registers

if TYPE_CHECKING:
    from linkage.release import Release


def headline(release: Release) -> list[Text]:
    """The board's indicators, and what it had no figure for."""
    reached = figure(release, "mal", "percent", span="2019", sex="all")
    later = figure(release, "sex-manader", "percent", span="2019", sex="all")
    steps = figure(release, "steg-till-primar", span="2019", sex="all")
    broken = figure(release, "avbrutna", span="all", sex="all")
    return [
        Text("the people are made up; the indicators of 2019 are the board's own"),
        Text(
            "{percent}  per cent left for work or study where that is the aim (target 48)",
            {"percent": _share(reached)},
        ),
        Text("{percent}  per cent are in work or study six months later", {"percent": _share(later)}),
        Text(
            "{people}  people went on from a preparing programme to a primary one, which counts as a failure",
            {"people": whole(steps)},
        ),
        Text(
            "{people}  people were broken off by Rusta och matcha, after {months} months of work in all",
            {"people": whole(broken), "months": whole(_months_lost(release)).strip()},
        ),
    ]


def _share(percent: Decimal) -> str:
    return f"{percent:.1f}".rjust(7)


def _months_lost(release: Release) -> Decimal:
    """Months in programmes that ended so: each length of stay by the people who stayed so long."""
    table = release.table("manader-fore")
    people = {n: table.number(length=n, sex="all") for n in range(1, (table.longest or 0) + 1)}
    return Decimal(sum(length * (number or 0) for length, number in people.items()))


DEMO: Final = Demo(
    name="vasteras",
    about=Text("what became of those who left Västerås's programmes, and whom Rusta och matcha broke off"),
    seed=2022,
    parties=PARTIES,
    agreement_text=agreement_text,
    registers=registers,
    headline=headline,
)
