"""The same people asked for in other words, under another name: the gate knows them again."""

from __future__ import annotations

import pytest

from linkage.release import Release
from tests.attacked_rounds import Registers, agreement, released, told
from tests.attacks import family_key

SERIES = ("malmo.krami", "af.etab")
PEOPLE: Registers = {"malmo.krami": range(40), "af.etab": range(15, 75)}
LATE: Registers = {"malmo.krami": range(40), "af.etab": [0, *range(15, 75)]}


def asks(question: str) -> str:
    return f'[[measure]]\nname = "m"\ntitle = "T"\n{question}\n'


def first() -> Release:
    agreed = agreement("cellkey", SERIES, asks('overlap = ["malmo.krami", "af.etab"]'), name="one")
    return released(agreed, PEOPLE, family_key(1))


OTHER_WORDS = {
    "the same": (asks('overlap = ["malmo.krami", "af.etab"]'), "in", "m ('malmo.krami', 'af.etab')"),
    "the other way round": (
        asks('overlap = ["af.etab", "malmo.krami"]'),
        "in",
        "m ('af.etab', 'malmo.krami')",
    ),
    "a count": (asks('count = "af.etab & (malmo.krami)"'), "", "m"),
    "a part": (
        asks('count = "af.etab"\nparts = ["malmo.krami & !!af.etab"]'),
        "part",
        "m malmo.krami & !!af.etab",
    ),
    "on both lists": (asks('howmany = ["af.etab", "malmo.krami"]'), "lists", "m 2"),
    "a side of a share": (asks('share = "malmo.krami - !af.etab"\nof = "af.etab"'), "", "m"),
    "a group": (
        '[[group]]\nname = "same"\ntitle = "S"\nis = "af.etab & malmo.krami"\n' + asks('count = "same"'),
        "",
        "m",
    ),
}


@pytest.mark.parametrize("words", OTHER_WORDS)
def test_a_late_correction_does_not_show_in_other_words_either(words: str) -> None:
    questions, key, row = OTHER_WORDS[words]
    then = told(first(), "in")["m ('malmo.krami', 'af.etab')"]
    second = agreement("cellkey", SERIES, questions, name="two")
    anew, again = (
        told(released(second, LATE, family_key(2), history), key)[row] for history in ((), (first(),))
    )
    assert anew != then == again


def test_other_people_are_drawn_by_themselves() -> None:
    second = agreement("cellkey", SERIES, asks('count = "malmo.krami | af.etab"'), name="two")
    anew, beside = (released(second, LATE, family_key(2), h).tables[0].rows for h in ((), (first(),)))
    assert anew == beside


def test_sets_that_were_told_apart_and_are_the_same_now_pass_the_audit() -> None:
    """Everybody on malmo's list is with af now: two numbers of the same people, told as they were."""
    apart = asks('count = "malmo.krami"\nparts = ["malmo.krami & af.etab"]')
    some: Registers = {"malmo.krami": range(40), "af.etab": range(2, 75)}
    every: Registers = {"malmo.krami": range(40), "af.etab": range(75)}
    for key in range(4):
        one = released(agreement("cellkey", SERIES, apart, 1), some, family_key(key))
        two = released(agreement("cellkey", SERIES, apart, 2), every, family_key(key), [one])
        assert told(one, "part") == told(two, "part")
