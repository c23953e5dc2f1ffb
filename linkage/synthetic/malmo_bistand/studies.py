"""Who is in adult education: most who left to study, a few of the others, and strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from linkage.synthetic.malmo_bistand import figures
from linkage.synthetic.malmo_bistand.careers import STUDY, Career
from linkage.synthetic.malmo_bistand.chance import Chance
from linkage.synthetic.people import Residents, Who, pick

COURSES: Final = ("Grundläggande vuxenutbildning", "Gymnasial vuxenutbildning", "Yrkespaket")


@dataclass(frozen=True)
class Course:
    """A stay in adult education, first and last month included."""

    who: int
    course: str
    first: int
    last: int


def courses(residents: Residents, careers: Sequence[Career], free: Who, seed: int) -> list[Course]:
    """All courses; people who take part in nothing else come from `free`."""
    chance = Chance(seed, 3)
    found = []
    for career in careers:
        end = career.steps[-1]
        if end.ended == STUDY and end.last < figures.MONTHS:
            if chance.happens(figures.FOUND_IN_ADULT_EDUCATION):
                found.append(_course(career.who, end.last + chance.whole(0, 2), chance))
        elif chance.happens(figures.STUDY_BESIDE):
            found.append(_course(career.who, chance.whole(0, figures.MONTHS - 1), chance))
    age = residents.age(figures.FIRST)
    others = pick(chance.rng, free & (age >= figures.YOUNG[0]), figures.OTHER_STUDENTS)
    free[others] = False
    found += [_course(int(who), chance.whole(-8, figures.MONTHS - 1), chance) for who in others]
    return found


def _course(who: int, first: int, chance: Chance) -> Course:
    course = COURSES[chance.whole(0, len(COURSES) - 1)]
    return Course(who, course, first, first + chance.whole(*figures.STUDY_LENGTH) - 1)
