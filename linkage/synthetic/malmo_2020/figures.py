"""What the made-up year is built to show: figures from the report, and assumptions where it is silent.

Source: Malmö stad and Arbetsförmedlingen, "Resultat av samverkan 2020" (2021-05-25), sections 3–5. The report
has means per month and totals of the year; the twelve figures of each row here are made up to give its means.
"""

from __future__ import annotations

from typing import Final

YEAR: Final = 2020
MONTHS: Final = 12

DUA, LOK, ETABLERING = "dua-unga", "lok", "etablering"
KRAFTEN, SAMSTART, KRAMI, AVANTI = "malmokraften", "samstart", "krami", "avanti"
OVRIG: Final = (KRAFTEN, SAMSTART, KRAMI, AVANTI)
GROUPS: Final = (DUA, LOK, ETABLERING, *OVRIG)

# People per month. The means are the report's: 564, 3 319, 837, and 1 262 + 131 + 52 + 86 = 1 531.
# DUA-unga and LÖK are net: without those who are in one of the four the same month (DUA-unga: or in KAA).
PER_MONTH: Final = {
    DUA: (548, 556, 561, 540, 533, 538, 521, 549, 590, 606, 613, 613),
    LOK: (3402, 3391, 3377, 3318, 3287, 3269, 3201, 3243, 3298, 3334, 3352, 3356),
    ETABLERING: (1046, 1008, 972, 931, 893, 858, 824, 786, 744, 702, 660, 620),
    KRAFTEN: (968, 1082, 1165, 1204, 1228, 1262, 1251, 1290, 1352, 1402, 1461, 1479),
    SAMSTART: (128, 130, 131, 131, 130, 131, 127, 128, 131, 133, 136, 136),
    KRAMI: (54, 55, 53, 50, 49, 50, 47, 50, 52, 54, 55, 55),
    AVANTI: (82, 84, 85, 84, 84, 86, 84, 86, 88, 89, 90, 90),
}
UNEMPLOYED: Final = (
    24010, 24060, 24240, 25480, 26050, 26390, 26720, 26890, 26980, 27010, 27120, 27326,
)  # fmt: skip
"""Registered with AF as unemployed or in a programme; mean 26 023 (the report, section 4)."""

# People of the year whose months the report does not know: 256 + 16 + 372 + 95 = 739.
YEAR_ONLY: Final = {"aktivitetscenter": 256, "make-it-work": 16, "studiestartsstod": 372, "yrkes-sfi": 95}
YEAR_ONLY_IN_TWO: Final = (  # six people stand in two of these lists
    ("studiestartsstod", "yrkes-sfi"),
    ("studiestartsstod", "yrkes-sfi"),
    ("studiestartsstod", "yrkes-sfi"),
    ("aktivitetscenter", "studiestartsstod"),
    ("aktivitetscenter", "studiestartsstod"),
    ("aktivitetscenter", "yrkes-sfi"),
)
YEAR_ONLY_IN_VOLUME: Final = 0.35  # "dessa ingår i merparten av fallen inte i den samverkansvolym"

# -- assumptions: how long people stay, and where they were before ----------------------------------------

MEAN_STAY: Final = {
    DUA: 6, LOK: 13, ETABLERING: 20, KRAFTEN: 8, SAMSTART: 12, KRAMI: 5, AVANTI: 9,
}  # fmt: skip
"""Months. With a steady chance to leave, a month's leavers are its people divided by the mean stay."""

EARLIER_ELSEWHERE: Final = {g: 0.45 if g == KRAFTEN else 0.30 for g in GROUPS}
"""Of those who start in a group, the share who were in another group in an earlier month of the year."""

RETURNING: Final = 0.05  # of the others who start, the share who come back to a group that they had left
ETABLERING_ELSEWHERE: Final = 0.12  # of those in etablering, also in another group the same month
IN_TWO_OF_OVRIG: Final = (29, 30, 31, 30, 30, 29, 28, 30, 31, 30, 31, 31)  # people per month; mean 30

# -- assumptions: who they are ----------------------------------------------------------------------------

# (lowest age, highest age, share of those who start); ages on the last day of the year.
AGES: Final = {
    DUA: ((16, 19, 0.22), (20, 24, 0.46), (25, 30, 0.32)),
    LOK: ((30, 39, 0.32), (40, 49, 0.33), (50, 59, 0.26), (60, 64, 0.09)),
    ETABLERING: ((20, 29, 0.30), (30, 44, 0.48), (45, 64, 0.22)),
    KRAFTEN: ((20, 29, 0.16), (30, 44, 0.40), (45, 64, 0.44)),
    SAMSTART: ((17, 21, 0.45), (22, 29, 0.55)),
    KRAMI: ((19, 29, 0.35), (30, 44, 0.45), (45, 60, 0.20)),
    AVANTI: ((22, 39, 0.45), (40, 59, 0.55)),
}
WOMEN: Final = {
    DUA: 0.42, LOK: 0.52, ETABLERING: 0.56, KRAFTEN: 0.49, SAMSTART: 0.41, KRAMI: 0.18, AVANTI: 0.47,
}  # fmt: skip
COORDINATION: Final = 0.02  # of all residents, those with a samordningsnummer

# -- assumptions: what else holds for people in a group ---------------------------------------------------

REGISTERED: Final = {  # with AF as unemployed, the same month
    DUA: 0.70, LOK: 0.88, ETABLERING: 0.98, KRAFTEN: 0.97, SAMSTART: 0.30, KRAMI: 0.60, AVANTI: 0.55,
}  # fmt: skip
ON_ASSISTANCE: Final = {  # "varannan" of Malmökraften; etablering mostly has its own allowance
    DUA: 0.55, LOK: 0.86, ETABLERING: 0.12, KRAFTEN: 0.50, SAMSTART: 0.20, KRAMI: 0.65, AVANTI: 0.70,
}  # fmt: skip
IN_AMA: Final = {
    KRAFTEN: 0.39,
    SAMSTART: 0.10,
    KRAMI: 0.30,
    AVANTI: 0.45,
}  # enrolled with the city as well; gives 0.40
IN_UNG_MALMO: Final = {KRAFTEN: 0.15, SAMSTART: 0.20, KRAMI: 0.15, AVANTI: 0.0}  # of those under 30

# -- assumptions: who is beside the cooperation -----------------------------------------------------------

UNEMPLOYED_STAY: Final = 14  # months, of those in no group
UNEMPLOYED_AGES: Final = ((19, 24, 0.14), (25, 34, 0.30), (35, 54, 0.40), (55, 64, 0.16))
UNEMPLOYED_ON_ASSISTANCE: Final = 0.095
AMA_YOUNG: Final = 120  # people a month who are under 30, enrolled with the city, and in no group
AMA_YOUNG_STAY: Final = 8
AMA_YOUNG_ON_ASSISTANCE: Final = 0.60
KAA: Final = 210  # people a month under 20 in the municipality's activity responsibility, in no group
KAA_STAY: Final = 7
KAA_IN_UNG_MALMO: Final = 0.45
KAA_BEFORE_UNG_MALMO: Final = 0.25  # of the youngest who start in DUA-unga, those who come from KAA
ASSISTANCE_ONLY: Final = 1400  # people a month on assistance who are not registered with AF
ASSISTANCE_STAY: Final = 9
AFTER_A_GROUP_ON_ASSISTANCE: Final = 0.35
ASSISTANCE_EVERY_MONTH: Final = 0.95  # of those on assistance, the share who get it in a given month
AT_AF_BEFORE, AT_AF_BETWEEN, AT_AF_AFTER = 0.60, 0.80, 0.45  # registered with AF around the time in a group

# Where the people of the year-only lists come from, and how old they are.
YEAR_ONLY_FROM: Final = {
    "aktivitetscenter": (LOK, KRAFTEN, DUA),
    "make-it-work": (DUA, SAMSTART, LOK),
    "studiestartsstod": (LOK, KRAFTEN, ETABLERING),
    "yrkes-sfi": (ETABLERING, LOK),
}
YEAR_ONLY_AGES: Final = {
    "aktivitetscenter": (19, 64),
    "make-it-work": (20, 45),
    "studiestartsstod": (25, 56),
    "yrkes-sfi": (20, 58),
}
