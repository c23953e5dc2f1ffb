"""What the made-up months are built to show: two figures from the report, and assumptions for the rest.

Source: Malmö stad, arbetsmarknads- och socialförvaltningen, "Åtgärder med anledning av revisionsgranskning av
arbetsmarknadsinsatser", ASN-2018-22109 (2019-09-03). It has few figures; those that it has are named so here.
Months are numbered from January 2018, which is 0; months before it are negative.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

FIRST: Final = dt.date(2018, 1, 1)
MONTHS: Final = 20
EXTRACTED: Final = dt.date(2019, 9, 2)

# -- the report -------------------------------------------------------------------------------------------

AFTER_EXIT: Final = -4716
"""Kronor a month and household, six months after leaving to work or study against six months before."""
AFTER_JOB: Final = -7241
"""The same around the start of a municipal job (arbetsmarknadsanställning)."""
AROUND: Final = 6  # months before, and after

# Jan–Jul 2019 against Jan–Jul 2018, 18–29: more participants, more who leave to work or study, the share "på
# samma nivå". The report has no numbers; the next three are made up so that its sentence holds.
SPANS: Final = ((0, 6), (12, 18))
YOUNG_STARTERS: Final = (36, 44)  # a month before and from `NEW_PROCESS` on
TO_WORK_OR_STUDY: Final = 0.398  # of the young who leave in each of the two spans
NEW_PROCESS: Final = 12  # January 2019: "införts under våren 2019"

# -- assumptions: people and programmes -------------------------------------------------------------------

AGES_ON: Final = dt.date(2018, 10, 31)
YOUNG: Final = (18, 29)
OLDEST: Final = 64
COORDINATION: Final = 0.02  # people with a samordningsnummer
STARTERS_SINCE: Final = -16  # the first month whose starters are made: some of them are still there in 2018
OTHER_STARTERS: Final = 72  # people of 30–64 a month
SUMMER: Final = 0.6  # July's share of a month's starters

KARTLAGGNING, PRAKTIK, ANSTALLNING = "kartlaggning", "praktik", "anstallning"
PROGRAMMES: Final = (KARTLAGGNING, PRAKTIK, ANSTALLNING)
STRAIGHT_TO_PRAKTIK: Final = 0.10  # of those who start
LENGTH: Final = {KARTLAGGNING: (1, 3), PRAKTIK: (2, 6), ANSTALLNING: (6, 12)}  # months, both ends included
NEXT: Final = {  # the shares who go on to another programme; the others leave
    KARTLAGGNING: ((PRAKTIK, 0.50), (ANSTALLNING, 0.20)),
    PRAKTIK: ((ANSTALLNING, 0.25), (KARTLAGGNING, 0.12)),
    ANSTALLNING: ((PRAKTIK, 0.12),),
}
COMES_BACK: Final = 0.10  # of those who leave other than to work or study, after two to four months
OTHERS_TO_WORK_OR_STUDY: Final = 0.37  # of all who leave, but for the young in the two spans
STUDY: Final = (0.40, 0.22)  # of those who leave to work or study, to study: under 30, and from 30 on
FROM_ASSISTANCE: Final = 0.78  # of those who start, referred by the units of assistance; the rest by AF

# -- assumptions: households and money --------------------------------------------------------------------

TWO_ADULTS: Final = 0.38
BOTH_TAKE_PART: Final = 0.40  # of households with two adults
END_NEAR: Final = 2  # months, within which those two end, nearly always
WITHOUT_PARTICIPANTS: Final = 500  # further households on assistance
ONE_ADULT, PAIR = (5800, 10200), (9500, 16800)  # kronor a month when there is no other income
ON_ASSISTANCE_FROM_AF: Final = 0.45  # of those whom AF referred
ON_ASSISTANCE_BEFORE: Final = (3, 30)  # months on assistance before the first programme
AFTER_LEAVING: Final = ((0.50, 0.0, 0.0), (0.33, 0.25, 0.65), (0.17, 0.85, 1.0))
"""Of those who leave to work or study: share, and the part of the need that is left, from … to."""
IN_A_JOB: Final = (
    (0.70, 0.0, 0.0),
    (0.24, 0.10, 0.40),
    (0.06, 0.5, 0.8),
)  # the same while in a municipal job
AFTER_A_JOB: Final = (
    (0.55, 0.0, 0.1),
    (0.45, 0.4, 1.0),
)  # and after it, where it did not lead to work or study
STOP: Final = 0.03  # a month, of households none of whom is in a programme or has yet to be
UNEVEN: Final = 0.12  # a month's amount is at most so much more or less than the need
MAX: Final = 60_000  # the agreement's

# -- assumptions: adult education -------------------------------------------------------------------------

FOUND_IN_ADULT_EDUCATION: Final = 0.82  # of those who leave to study; others study elsewhere
STUDY_BESIDE: Final = 0.05  # of the others who take part, at some time
OTHER_STUDENTS: Final = 600
STUDY_LENGTH: Final = (4, 11)  # months
