"""The demo malmo-bistand: what assistance does around work, and the ways through the programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linkage.errors import Text
from linkage.synthetic.demo import Demo, figure, packaged, whole
from linkage.synthetic.malmo_bistand.registers import PARTIES, registers

if TYPE_CHECKING:
    from decimal import Decimal

    from linkage.release import Release

LAST_YEAR, THIS_YEAR = "jan–jul 2018", "jan–jul 2019"


def headline(release: Release) -> list[Text]:
    """The report's two figures, and some of what it said in words or could not say."""
    exits, jobs = (figure(release, name, offset="level") for name in ("efter-avslut", "efter-anstallning"))
    young, before = (figure(release, "unga", span=span) for span in (THIS_YEAR, LAST_YEAR))
    share, was = (figure(release, "unga-avslut", "percent", span=span) for span in (THIS_YEAR, LAST_YEAR))
    steps = figure(release, "steg", **{"from": "asf.kartlaggning", "to": "asf.praktik"})
    return [
        Text("the people are made up so that the two amounts are those of the report of 2019"),
        Text("{kronor}  kr a month and household, half a year after work or study began", _kronor(exits)),
        Text("{kronor}  kr, half a year after a municipal job began", _kronor(jobs)),
        Text(
            "{people}  people of 18–29 took part in January to July, {before} the year before",
            {"people": whole(young), "before": whole(before).strip()},
        ),
        Text(
            "{percent}  per cent of those who left went to work or study, {was} the year before",
            {"percent": whole(share), "was": whole(was).strip()},
        ),
        Text("{people}  steps from assessment to work practice", {"people": whole(steps)}),
    ]


def _kronor(amount: Decimal) -> dict[str, object]:
    return {"kronor": whole(amount).replace("-", "\N{MINUS SIGN}")}


def agreement_text() -> str:
    """The agreement of the demo: a draft, without the fingerprints of keys that are yet to be made."""
    return packaged(__package__, "agreement.toml")


DEMO: Final = Demo(
    name="malmo-bistand",
    about=Text("what households in Malmö were paid in assistance around work, study and municipal jobs"),
    seed=2019,
    parties=PARTIES,
    agreement_text=agreement_text,
    registers=registers,
    headline=headline,
)
