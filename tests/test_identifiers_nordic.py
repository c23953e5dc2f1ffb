"""Norwegian, Danish and Finnish numbers: known answers, and the plain twin on nasty text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.dimensions import MAN, WOMAN, Ages, Band, Dimensions
from linkage.identifiers import Identifiers, NotCanonicalError, scheme
from linkage.schemes import SCHEMES
from tests import plain_nordic
from tests.plain_nordic import finnish, norwegian
from tests.plain_se import Answer

EXTRACTED = dt.date(2021, 1, 15)
LATER = dt.date(2058, 1, 1)  # when people exist whose numbers are nobody's today
PLAIN: dict[str, Callable[[str, dt.date], Answer]] = {
    "no": plain_nordic.no,
    "dk": plain_nordic.dk,
    "fi": plain_nordic.fi,
}
NAMES = tuple(PLAIN)


def answers(name: str, values: list[str], extracted: dt.date) -> list[Answer]:
    made = scheme(name)
    reading = made.read(pa.array(values, pa.string()), extracted)
    return [
        (made.kinds[kind], made.reasons[reason][0], canonical.decode())
        for kind, reason, canonical in zip(reading.kind, reading.reason, reading.canonical, strict=True)
    ]


MADE_UP = norwegian(dt.date(1990, 1, 1), 239)  # 80 added to the month
FUTURE = norwegian(dt.date(2039, 5, 31), 503, added=(0, 0))
KNOWN = {
    "no": {
        MADE_UP: ("syntetisk", "", MADE_UP),
        f"{MADE_UP[:6]} {MADE_UP[6:]}": ("syntetisk", "", MADE_UP),
        f" {MADE_UP[:6]}–{MADE_UP[6:]}\u200b": ("syntetisk", "", MADE_UP),
        norwegian(dt.date(1990, 1, 1), 239, added=(40, 80)): ("syntetisk", "", "*"),
        norwegian(dt.date(1990, 1, 1), 240, added=(0, 40)): ("h-nummer", "", ""),
        FUTURE: ("unreadable", "after-extraction", ""),
        f"{MADE_UP[:3]}-{MADE_UP[3:]}": ("unreadable", "form", ""),  # stdnum takes it
        MADE_UP[:10] + str((int(MADE_UP[10]) + 1) % 10): ("unreadable", "check-digit", ""),
        MADE_UP[:10]: ("unreadable", "digits", ""),
        norwegian(dt.date(1945, 1, 1), 600): ("unreadable", "serial", ""),
        "3002" + MADE_UP[4:]: ("unreadable", "date", ""),
        "٠" + MADE_UP[1:]: ("unreadable", "characters", ""),
        " ": ("unreadable", "empty", ""),
    },
    "dk": {
        "010158-5000": ("cpr", "", "0101585000"),  # of 1858
        "0101585000": ("cpr", "", "0101585000"),
        "010157-5000": ("unreadable", "after-extraction", ""),
        "010158-0000": ("unreadable", "serial", ""),
        "310258-5000": ("unreadable", "date", ""),
        "610158-5000": ("erstatning", "", ""),
        "010158-5AB0": ("erstatning", "", ""),
        "0101-585000": ("unreadable", "form", ""),  # stdnum takes it
        "10158-5000": ("unreadable", "digits", ""),
        "010158/5000": ("unreadable", "form", ""),
    },
    "fi": {
        finnish(dt.date(1990, 1, 1), 900, "-"): ("tilapainen", "", "010190-900P"),
        finnish(dt.date(1990, 1, 1), 900, "Y").lower(): ("tilapainen", "", "*"),
        finnish(dt.date(2010, 1, 1), 901, "A"): ("tilapainen", "", "*"),
        finnish(dt.date(1890, 1, 1), 2, "+"): ("henkilotunnus", "", "*"),
        finnish(dt.date(1890, 1, 1), 1, "+"): ("unreadable", "serial", ""),
        finnish(dt.date(2022, 1, 1), 901, "A"): ("unreadable", "after-extraction", ""),
        "290290-900X": ("unreadable", "date", ""),
        "010190-900X": ("unreadable", "check-digit", ""),
        "010190900P": ("unreadable", "digits", ""),
        "010190G900P": ("unreadable", "form", ""),
        "010190-٩00P": ("unreadable", "characters", ""),  # stdnum takes digits of other scripts
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_known_answers_are_given_by_both(name: str) -> None:
    texts = list(KNOWN[name])
    for text, found in zip(texts, answers(name, texts, EXTRACTED), strict=True):
        kind, reason, canonical = KNOWN[name][text]
        assert found == PLAIN[name](text, EXTRACTED), text
        assert found[:2] == (kind, reason), text
        assert bool(found[2]) == bool(canonical)
        assert canonical in ("*", found[2])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers of all three countries, most of them nearly right."""
    born = draw(st.dates(dt.date(1850, 1, 1), dt.date(2060, 12, 31)))
    serial = draw(st.integers(0, 999) | st.sampled_from((0, 1, 2, 499, 500, 749, 750, 899, 900)))
    added = (draw(st.sampled_from((0, 40, 60))), draw(st.sampled_from((0, 40, 80))))
    made = draw(
        st.sampled_from(
            (
                norwegian(born, serial, added=added),
                f"{born.day + added[0]:02}{born:%m%y}{serial:03}{draw(st.integers(0, 9))}",
                finnish(born, serial, draw(st.sampled_from("-+ABFUY"))),
                f"{born:%d%m%y}-{draw(st.text('0123456789ABX', min_size=4, max_size=4))}",
            )
        )
    )
    if draw(st.booleans()):
        where = draw(st.integers(0, len(made)))
        sign = draw(st.sampled_from([*"0189-+/ –aGX?٣é", "\u00a0", "\u200b", ""]))
        made = made[:where] + sign + made[where + draw(st.integers(0, 1)) :]
    return made


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=150)
@given(st.lists(numbers() | st.text(max_size=12), max_size=20), st.sampled_from((EXTRACTED, LATER)))
def test_columns_are_read_as_the_plain_twin_reads_values(
    name: str, values: list[str], extracted: dt.date
) -> None:
    assert answers(name, values, extracted) == [PLAIN[name](text, extracted) for text in values]


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=60)
@given(st.lists(numbers(), max_size=30))
def test_keys_are_in_the_order_of_canonical_forms_and_give_them_back(name: str, values: list[str]) -> None:
    made = scheme(name)
    reading = made.read(pa.array(values, pa.string()), LATER)
    keys = np.unique(reading.key[reading.of_kinds(made.kinds[: made.linkable])])
    forms = made.canonical(keys)
    assert np.array_equal(scheme(name).keys(forms), keys)
    assert forms.tolist() == sorted(forms.tolist())
    assert Identifiers(made, keys).values.tolist() == forms.tolist()
    assert made.kinds[: made.linkable] == SCHEMES[name].kinds


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_canonical_is_refused_and_not_told(name: str) -> None:
    made = scheme(name)
    text = next(found[2] for found in answers(name, list(KNOWN[name]), EXTRACTED) if found[2])
    good = made.keys(np.array([text], "S"))
    for bad in (-good - 1, good * 100_000, np.array([0])):
        with pytest.raises(NotCanonicalError) as caught:
            Identifiers(made, bad)
        assert text[:6] not in f"{caught.value} {caught.value.__cause__} {caught.value.advice}"
    for form in (text.encode()[:-1], b"", b"x" * made.canonical(good).itemsize, f"{text[:6]} 1".encode()):
        with pytest.raises(NotCanonicalError):
            made.keys(np.array([form]))
    assert text not in f"{made!r} {Identifiers(made, good)!r}"


AGES = Ages(dt.date(2057, 6, 30), tuple(Band(f"{n}-{n}", n, n) for n in range(120)))


@pytest.mark.parametrize(
    ("name", "text", "man", "years"),
    [
        ("no", norwegian(dt.date(1990, 6, 30), 239), True, 67),
        ("no", norwegian(dt.date(1990, 7, 1), 240), False, 66),
        ("no", norwegian(dt.date(1990, 7, 1), 241, added=(40, 80)), True, 66),
        ("no", FUTURE, True, 18),
        ("dk", "300657-5000", False, 0),
        ("dk", "010757-5001", True, None),  # not born on that day
        ("dk", "300638-0002", False, 119),
        ("fi", finnish(dt.date(1990, 6, 30), 901, "-"), True, 67),
        ("fi", finnish(dt.date(2056, 7, 1), 902, "F"), False, 0),
    ],
)
def test_sex_and_age_are_those_of_the_number(name: str, text: str, man: bool, years: int | None) -> None:
    made = scheme(name)
    reading = made.read(pa.array([text], pa.string()), LATER)
    sex, age = made.dimensions(reading.key, Dimensions(sex=True, age=AGES))
    assert sex.tolist() == [MAN if man else WOMAN]
    assert age.tolist() == [0 if years is None else years + 1]
    assert not made.dimensions(reading.key, Dimensions())[0].any()


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from((1919, 1939, 2019, 2039)), st.integers(1, 3), st.integers(0, 499)),
        max_size=40,
    )
)
def test_the_days_of_birth_of_many_are_those_of_each(people: list[tuple[int, int, int]]) -> None:
    made = scheme("no")
    days = [(dt.date(year, 6, 28 + day % 3), serial + 500 * (year >= 2000)) for year, day, serial in people]
    known = {number: born for born, serial in days if (number := norwegian(born, serial))}
    keys = made.keys(np.array(sorted(known), "S11"))
    ages = Ages(dt.date(2057, 6, 29), tuple(Band(f"{n}-{n}", n, n) for n in range(150)))
    _, age = made.dimensions(keys, Dimensions(age=ages))
    for number, code in zip(sorted(known), age.tolist(), strict=True):
        born = known[number]
        assert code == 2057 - born.year - ((born.month, born.day) > (6, 29)) + 1


def test_many_values_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.identifiers.numbered._KEPT", 3)
    texts = list(KNOWN["dk"])
    assert answers("dk", texts * 3, EXTRACTED) == [plain_nordic.dk(text, EXTRACTED) for text in texts * 3]
