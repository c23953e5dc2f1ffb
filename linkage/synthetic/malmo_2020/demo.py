"""The demo malmo-2020: how many people the cooperation reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linkage.errors import Text
from linkage.synthetic.demo import Demo, Register, figure, whole
from linkage.synthetic.malmo_2020.holdings import PARTIES
from linkage.synthetic.malmo_2020.population import populate
from linkage.synthetic.malmo_2020.registers import agreement_text, registers

if TYPE_CHECKING:
    from linkage.release import Release


def headline(release: Release) -> list[Text]:
    """What adding up says, as the city and AF did, and how many different people there are."""
    summed = figure(release, "volym", period="mean", part="sum")
    month = figure(release, "volym", period="mean", part="unique")
    year = figure(release, "volym", period="all", part="unique")
    reached = figure(release, "aret-alla")
    return [
        Text("the people are made up; the report of 2021 is not"),
        Text("{people}  people in an average month, added up as the report did", {"people": whole(summed)}),
        Text("{people}  unique people in an average month", {"people": whole(month)}),
        Text("{people}  unique people in the year", {"people": whole(year)}),
        Text("{people}  with those who are known for the year only", {"people": whole(reached)}),
    ]


def _registers(seed: int) -> tuple[Register, ...]:
    return registers(populate(seed), seed)


DEMO: Final = Demo(
    name="malmo-2020",
    about=Text("how many different people Malmö and Arbetsförmedlingen reached together in 2020"),
    seed=2020,
    parties=tuple(PARTIES),
    agreement_text=agreement_text,
    registers=_registers,
    headline=headline,
)
