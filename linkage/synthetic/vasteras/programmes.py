"""The 21 programmes of appendix 1: places, who refers to them, and whether work or study is the first aim.

Source: "Granskning av det strategiska arbetet med arbetsmarknadsåtgärder", Västerås stad (2022-02-22),
appendix 1, which is of 2021. Made up: how long people stay, their age and sex, and how the referrals of a
programme with several referrers are shared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PRIMARY, PREPARING, SUMMER = "primar", "forberedande", "sommar"
"""The aim is work or study · a secondary aim, all year · a secondary aim, summer jobs for pupils."""

SKE, AF, AME, OWN = (
    "Socialkontor ekonomi",
    "Arbetsförmedlingen",
    "Arbetsmarknadsenheterna",
    "Individuell ansökan",
)
"""How the register says who referred; the others by their own names."""


@dataclass(frozen=True)
class Programme:
    """One row of appendix 1.

    label: its name in the city's register. stay: months, beside the others; `figures` says how many leave.
    referrers: who refers, and how often beside the others. ages: of those who start. women: their share.
    in_all: at most so many people as long as it lasts. longest: months.
    """

    name: str
    label: str
    places: int
    aim: str
    stay: float
    referrers: tuple[tuple[str, int], ...]
    ages: tuple[int, int] = (19, 63)
    women: float = 0.5
    in_all: int | None = None
    longest: int = 99


PROGRAMMES: Final = (
    Programme("atlas", "Atlas", 30, PREPARING, 5, (("Arenan", 3), (AF, 3), (SKE, 4)), (16, 25), 0.44),
    Programme("c2c", "C2C", 30, PRIMARY, 6, ((OWN, 1),), (18, 29), 0.15),
    Programme("etablering-kommun", "Etablering/Kommun", 24, PRIMARY, 7, ((AF, 7), (AME, 3)), (20, 58), 0.62),
    Programme("salt", "ESF/SALT", 50, PREPARING, 45, ((SKE, 1),), (20, 60), 0.66, in_all=84),
    Programme("etablering-privat", "Etablering/Privat", 24, PRIMARY, 7, ((AF, 7), (AME, 3)), (20, 58), 0.38),
    Programme("extratjanst", "Extratjänst", 50, PRIMARY, 15, ((AF, 1),), (21, 62), 0.58, longest=24),
    Programme(
        "introduktionsanstallning",
        "Introduktionsanställning",
        10,
        PRIMARY,
        11,
        ((AF, 3), (AME, 1)),
        (20, 60),
        0.45,
    ),
    Programme("job", "JOB", 50, PREPARING, 7, ((AF, 1),), (20, 63), 0.47),
    Programme(
        "spira",
        "Jobbfokus/Spira",
        60,
        PREPARING,
        10,
        ((AF, 3), ("Särskolan", 3), ("LSS", 2), ("Region Västmanland", 1)),
        (19, 29),
        0.42,
    ),
    Programme("krami", "Krami", 20, PRIMARY, 7, ((AF, 1),), (19, 58), 0.15),
    Programme("osa", "OSA", 60, PRIMARY, 13, ((AF, 4), (SKE, 1)), (22, 63), 0.40),
    Programme(
        "personligt-bitrade",
        "Personligt biträde (ARB)",
        20,
        PREPARING,
        5,
        ((AF, 3), ("Försäkringskassan", 1)),
        (22, 63),
        0.55,
    ),
    Programme("sesam", "SESAM", 50, PRIMARY, 4.5, ((SKE, 1),), (20, 60), 0.60),
    Programme("ske-rehab", "SKE-Rehab", 60, PREPARING, 2.6, ((SKE, 1),), (20, 63), 0.52),
    Programme("ske-rusta-matcha", "SKE/Rusta/Matcha", 80, PRIMARY, 3.6, ((SKE, 1),), (19, 63), 0.48),
    Programme("sle", "Sommarlovsentreprenörer", 40, SUMMER, 2, ((OWN, 1),), (16, 18), 0.55),
    Programme("feriepraktik", "Feriepraktik", 660, SUMMER, 1, ((OWN, 1),), (16, 18), 0.53),
    Programme("trygghet", "Trygghetsanställning", 40, PREPARING, 40, ((AF, 4), (SKE, 1)), (25, 63), 0.42),
    Programme("ungresurs", "Ungresurs", 10, PRIMARY, 8, ((AME, 4), (SKE, 1)), (18, 29), 0.45),
    Programme("via", "VIA", 10, PREPARING, 6, ((OWN, 2), (SKE, 3), (AF, 1)), (20, 60), 0.55),
    Programme("valfardsjobb", "Välfärdsjobb", 50, PRIMARY, 16, ((SKE, 1),), (20, 62), 0.60, longest=12),
)

WITH_A_JOB: Final = ("extratjanst", "introduktionsanstallning", "ungresurs", "valfardsjobb")
"""Those who are employed by the city meanwhile (resursjobb)."""

STRAIGHT_ON: Final = {
    "etablering-kommun": ("sesam", "ske-rusta-matcha"),
    "etablering-privat": ("sesam", "ske-rusta-matcha"),
    "extratjanst": ("ske-rusta-matcha", "etablering-kommun"),
    "valfardsjobb": ("ske-rusta-matcha", "sesam", "etablering-kommun"),
    "ungresurs": ("ske-rusta-matcha",),
    "job": ("ske-rehab", "atlas", "personligt-bitrade"),
    "spira": ("atlas",),
    "ske-rehab": ("job", "via"),
}
"""From which programmes of the same aim people come straight to this one; made up."""
