"""The demo malmo-utfall: how many people stand in eight lists of results that may not be added up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from linkage.errors import Text
from linkage.synthetic.demo import Demo, Register, figure, packaged, whole
from linkage.synthetic.malmo_utfall.figures import REASONED
from linkage.synthetic.malmo_utfall.population import populate
from linkage.synthetic.malmo_utfall.registers import PARTIES, registers

if TYPE_CHECKING:
    from linkage.release import Release


def headline(release: Release) -> list[Text]:
    """The sum that the report warned of, the figure that it reasoned its way to, and the people."""
    summed = figure(release, "resultat", part="sum")
    unique = figure(release, "resultat", part="unique")
    processes = figure(release, "processer-ovrig", period="mean", part="sum")
    month = figure(release, "processer-ovrig", period="mean", part="unique")
    return [
        Text("the people are made up; the report of 2021 is not"),
        Text(
            "{people}  in eight lists of who went on to work or study: added up, as the report would not",
            {"people": whole(summed)},
        ),
        Text(
            "{people}  by its reasoning, with 40 per cent for six lists", {"people": whole(Decimal(REASONED))}
        ),
        Text("{people}  unique people in the eight lists", {"people": whole(unique)}),
        Text(
            "{people}  in processes an average month, added up as in the report", {"people": whole(processes)}
        ),
        Text("{people}  unique people in processes an average month", {"people": whole(month)}),
    ]


def _agreement() -> str:
    return packaged(__package__, "agreement.toml")


def _registers(seed: int) -> tuple[Register, ...]:
    return registers(populate(seed), seed)


DEMO: Final = Demo(
    name="malmo-utfall",
    about=Text("how many people the eight lists of results are, which could not be added up"),
    seed=2023,  # by chance with hardly any difference between women and men that nobody reported
    parties=PARTIES,
    agreement_text=_agreement,
    registers=_registers,
    headline=headline,
)
