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
    steps = figure(release, "steg-till-primar", span="2019", sex="all")
    return [
        Text("the people are made up; the indicators of 2019 are the board's own"),
        Text(
            "{people}  of {all} people left for work or study where that is the aim: {percent} per cent",
            _share(release, "mal"),
        ),
        Text(
            "{people}  of {all} people were in work or study six months later: {percent} per cent",
            _share(release, "sex-manader"),
        ),
        Text(
            "{people}  people went on from a preparing programme to a primary one, which no indicator counts",
            {"people": whole(steps)},
        ),
        _broken_off(release),
    ]


def _share(release: Release, measure: str) -> dict[str, object]:
    """The year of the board's indicators, its per cent without decimals as the report has it."""
    people, of, percent = (
        figure(release, measure, key, span="2019", sex="all") for key in ("value", "of", "percent")
    )
    return {"people": whole(people), "all": whole(of).strip(), "percent": whole(percent).strip()}


def _broken_off(release: Release) -> Text:
    """With the months of work that it cost, where the people of every length of stay are told."""
    people = whole(figure(release, "avbrutna", span="all", sex="all"))
    table = release.table("manader-fore")
    months = [(n, table.number(length=n)) for n in range(1, (table.longest or 0) + 1)]
    lost = [length * number for length, number in months if number is not None]
    if len(lost) < len(months):
        return Text("{people}  people were broken off by Rusta och matcha", {"people": people})
    return Text(
        "{people}  people were broken off by Rusta och matcha, after {months} months of work in all",
        {"people": people, "months": whole(Decimal(sum(lost))).strip()},
    )


DEMO: Final = Demo(
    name="vasteras",
    about=Text("what became of those who left Västerås's programmes, and whom Rusta och matcha broke off"),
    seed=2022,
    parties=PARTIES,
    agreement_text=agreement_text,
    registers=registers,
    headline=headline,
)
