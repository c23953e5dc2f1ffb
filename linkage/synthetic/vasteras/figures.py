"""What the made-up years are built to show: figures from the report, and assumptions where it is silent.

Source: see `programmes`; sections 4.1, 4.2 and 4.4. The report has per cent; how many people left is made up,
so that its per cent come out: 195 of 500 (39), 99 of 550 (18), 283 of 1 050 (27), and 294 of 1 050 (28).
"""

from __future__ import annotations

from typing import Final

from linkage.synthetic.vasteras.programmes import PREPARING, PRIMARY

FIRST, MONTHS = "2018-01", 54  # to 2022-06: half a year after the last exits of 2021
YEARS: Final = (2018, 2019, 2020, 2021, 2022)

LEAVE: Final = {
    PRIMARY: {2018: 480, 2019: 500, 2020: 450, 2021: 460, 2022: 190},
    PREPARING: {2018: 520, 2019: 550, 2020: 480, 2021: 520, 2022: 215},
}
"""People who leave the city's programmes, by the aim of the one that they leave; 2022: to May. Made up."""

TO_WORK_OR_STUDY: Final = {
    PRIMARY: {2018: 187, 2019: 195, 2020: 148, 2021: 193, 2022: 80},
    PREPARING: {2018: 83, 2019: 99, 2020: 72, 2021: 94, 2022: 39},
}
"""Of them, at exit. 2019 is the report's 39 and 18 per cent, and 28 together; 2018 its 27 together."""

HALF_A_YEAR_LATER: Final = {2018: 262, 2019: 283, 2020: 214, 2021: 281}
"""Of all who left, in work or study six months after. 2019 is the report's 27 per cent."""

STILL_THERE: Final = 0.72  # of those half a year later, the share who went to work or study at once

# -- assumptions: how full the programmes are -------------------------------------------------------------

FILLED: Final = {2018: 0.95, 2019: 0.96, 2020: 0.90, 2021: 0.94, 2022: 0.92}
FILLED_BY_MONTH: Final = (0.97, 0.99, 1, 1, 1.01, 0.98, 0.92, 0.93, 0.98, 1.01, 1.02, 0.97)  # beside the year
WITH_JOBS_2021: Final = {
    "extratjanst": 42,
    "introduktionsanstallning": 6,
    "ungresurs": 9,
    "valfardsjobb": 43,
}
"""From 2020 on; the report, of 2021: "ungefär 100 personer arbetar inom staden" in a programme."""
SALT: Final = ((30, 20), (33, 36), (36, 46))  # from this month on, so many: it began in July 2020
STRAIGHT: Final = {PRIMARY: 3, PREPARING: 2}  # people a month who move on to another programme at once
STEPS: Final = 0.24  # of those who start in a primary programme, the share who come from a preparing one
BACK: Final = 0.10  # of those who start, the share of the others who were in a programme before
SUMMERS: Final = {  # people in the summer's jobs, of 660 and 40 places
    "feriepraktik": {2018: 612, 2019: 648, 2020: 405, 2021: 631, 2022: 640},
    "sle": {2018: 34, 2019: 38, 2020: 22, 2021: 37, 2022: 38},
}
SEASON: Final = (9, 8, 8, 8, 9, 12, 6, 8, 9, 8, 8, 11)  # exits of a month beside the other months

# -- assumptions: the state's Rusta och matcha ------------------------------------------------------------

KROM: Final = 26  # March 2020: tried in 32 municipalities, Västerås among them
BROKEN_OFF: Final = {2020: 48, 2021: 92, 2022: 21}
"""Referred while in a programme of the city, which ended that month or the next; by the month of the end."""
WENT_ON: Final = {2020: 9, 2021: 17, 2022: 12}  # referred likewise, and the programme went on
LATER_REFERRED: Final = 260  # referred after they had left the city's programmes
NEVER_IN_THE_CITYS: Final = 540  # referred, and in no programme of the city

# -- assumptions: work and study --------------------------------------------------------------------------

REPORTED_FROM: Final = 6  # July 2018: employers report wages by month and person from here on
STUDY: Final = {PRIMARY: 0.30, PREPARING: 0.42}  # of those who go to work or study, the share who study
WORK_BEFORE: Final = 0.15
OTHERS_AT_WORK, OTHERS_STUDYING = 520, 140  # in no programme of the city

ADMINISTRATIONS: Final = {
    "jobb-vard": ("Vård- och omsorgsförvaltningen", 0.40),
    "jobb-barn": ("Barn- och utbildningsförvaltningen", 0.27),
    "jobb-teknik": ("Teknik- och fastighetsförvaltningen", 0.16),
    "jobb-kultur": ("Kultur-, idrotts- och fritidsförvaltningen", 0.11),
    "jobb-social": ("Individ- och familjeförvaltningen", 0.06),
}
"""Series → the administration as the personnel register has it, and its share of the jobs. Made up."""
