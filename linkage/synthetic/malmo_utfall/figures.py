"""What the made-up year is built to show: figures from the report, and assumptions where it is silent.

Source: Malmö stad and Arbetsförmedlingen, "Resultat av samverkan 2020" (2021-05-25), sections 5.1–5.3.
"""

from __future__ import annotations

from typing import Final

from linkage.synthetic.malmo_2020 import figures as volume

YEAR: Final = volume.YEAR
MONTHS: Final = volume.MONTHS

JOBBSPAR, UNG, ETABLERING, ANSTALLD = "ut-jobbspar", "ut-ung-malmo", "ut-etablering", "anstalld"
STUDIER, UT_KRAMI, UT_SAMSTART, UT_KRAFTEN = "studiestartsstod", "ut-krami", "ut-samstart", "ut-malmokraften"

# -- the report's, section 5.3.1.2: people in each of the eight lists -------------------------------------

LISTS: Final = {
    JOBBSPAR: 81,
    UNG: 242,
    ETABLERING: 123,  # women; how many men, the report does not say
    ANSTALLD: 643,
    STUDIER: 372,
    UT_KRAMI: 32,
    UT_SAMSTART: 23,
    UT_KRAFTEN: 599,
}
REASONED: Final = 1455  # 643 + 372, and 40 per cent of the other 1 100

# -- assumptions: who is in two of the lists; nobody is in three ------------------------------------------

IN_TWO: Final[dict[tuple[str, ...], int]] = {
    (UT_KRAFTEN, ANSTALLD): 340,  # so 43.2 per cent are no municipal job: the report says 40–45 at the least
    (UNG, ANSTALLD): 70,
    (ETABLERING, ANSTALLD): 30,
    (JOBBSPAR, ANSTALLD): 12,
    (UT_KRAMI, ANSTALLD): 7,
    (UT_SAMSTART, ANSTALLD): 2,
    (UT_KRAFTEN, STUDIER): 35,
    (UNG, STUDIER): 20,
    (JOBBSPAR, ETABLERING): 18,
    (JOBBSPAR, UT_KRAFTEN): 15,
}
"""In the report's figures the others share are not known; it has one example, of the first kind."""

WORK_OF_THEIR_OWN: Final = {UT_KRAFTEN: 44, UNG: 10, ETABLERING: 4, JOBBSPAR: 2}
"""Of those who also had a municipal job: who left the list to other work, at another time of the year."""

MEN_OF_ETABLERING: Final = 104  # went to work or study after etablering, and are in none of the eight lists

# -- the report's, section 5.1: 1 119 people a month in the processes, added up ---------------------------
# The report has a figure for each of the eight in a diagram; the eight means and all months here are made up.

AMA, UTBILDNING, INSKRIVNING, JOBB = "ama-anstallning", "arbetsmarknadsutbildning", "inskrivning", "jobbspar"
ORIENTERING, FORUM, SMF, PLIKT = "samhallsorientering", "samverkansforum", "smf", "utbildningsplikt"
PROCESSES: Final = {
    AMA: (441, 444, 446, 438, 431, 424, 412, 417, 429, 442, 452, 456),
    UTBILDNING: (58, 60, 62, 57, 55, 56, 54, 60, 65, 67, 69, 69),
    INSKRIVNING: (118, 112, 108, 96, 90, 88, 84, 86, 84, 82, 80, 76),
    JOBB: (80, 82, 84, 74, 68, 66, 62, 74, 84, 88, 88, 86),
    ORIENTERING: (238, 234, 230, 212, 206, 204, 190, 202, 214, 216, 214, 208),
    FORUM: (122, 124, 120, 108, 110, 112, 96, 114, 126, 130, 130, 124),
    SMF: (36, 40, 38, 28, 26, 22, 18, 34, 42, 44, 42, 38),
    PLIKT: (80, 82, 84, 84, 85, 85, 84, 87, 89, 90, 91, 91),
}
"""Means: 436 + 61 + 92 + 78 + 214 + 118 + 34 + 86 = 1 119. Studiestartsstöd, the ninth, has no months."""

OVRIG: Final = {name: volume.PER_MONTH[name] for name in volume.OVRIG}
"""Means 1 262 + 131 + 52 + 86 = 1 531, as in the demo malmo-2020."""

HIRED: Final = (62, 58, 55, 46, 44, 40, 38, 50, 62, 66, 64, 58)
"""Municipal jobs that began, month by month: 643."""

EXITS: Final = (0.08, 0.09, 0.09, 0.06, 0.07, 0.09, 0.05, 0.11, 0.12, 0.10, 0.08, 0.06)
"""In which month people leave a list to something else than a municipal job or studiestartsstöd."""

TERMS: Final = (0, 7)  # who goes on with studiestartsstöd leaves in January or August

# -- assumptions: how long people stay, and who they are --------------------------------------------------

MEAN_STAY: Final = {
    **volume.MEAN_STAY, UTBILDNING: 5, INSKRIVNING: 2, JOBB: 4, ORIENTERING: 4, FORUM: 2, SMF: 2, PLIKT: 9,
}  # fmt: skip
"""Months. A municipal job: as long as the figures above say, eight months or so."""

NEWLY_ARRIVED: Final = 2600  # people of whom inskrivning, orientering, plikt and most of jobbspår are drawn
LONG_UNEMPLOYED: Final = 5000  # … and Malmökraften, Avanti, forum, utbildning and SMF

AGES: Final = {
    JOBBSPAR: (20, 60), UNG: (16, 29), ETABLERING: (20, 64), ANSTALLD: (20, 64), STUDIER: (25, 56),
    UT_KRAMI: (19, 60), UT_SAMSTART: (17, 29), UT_KRAFTEN: (20, 64), INSKRIVNING: (20, 64),
    volume.KRAMI: (19, 60), volume.SAMSTART: (17, 29),
}  # fmt: skip
WOMEN: Final = {UNG: 0.42, UT_KRAMI: 0.18, UT_SAMSTART: 0.41, UT_KRAFTEN: 0.49, volume.KRAMI: 0.18}
"""Where not every second is a woman."""
