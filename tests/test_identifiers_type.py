"""The type that only canonical identifiers have, and what is derived from it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.dimensions import MAN, WOMAN, Ages, Band, Dimensions
from linkage.errors import IdentifierError
from linkage.identifiers import Identifiers, NotCanonicalError, dimensions, scheme
from linkage.synthetic.numbers import luhn, personnummer, samordningsnummer
from tests import plain_se

SE = scheme("se")
CANARY = "199001012385"
AGES = Ages(
    dt.date(2020, 12, 31),
    (Band("16-29", 16, 29), Band("30-64", 30, 64)),
    (Band("18-24", 18, 24), Band("60-99", 60, 99)),
)


def identifiers(values: list[str]) -> Identifiers:
    reading = SE.read(pa.array(values, pa.string()), dt.date(2030, 1, 1))
    return Identifiers(SE, np.unique(reading.key))


def test_values_are_canonical_distinct_and_ascending() -> None:
    made = identifiers([CANARY, "19800102-2386", "900101-2385", "19000160" + "238" + str(luhn("000160238"))])
    assert made.scheme == "se"
    assert made.values.tolist() == [b"190001602382", b"198001022386", CANARY.encode()]
    assert made.values.dtype == np.dtype("S12")


def test_what_is_not_canonical_is_refused_and_not_told() -> None:
    good = SE.keys(np.array([CANARY], "S12"))
    for bad in (good + 1, -good, good * 10, np.array([0]), np.repeat(good, 2), good[:, None]):
        with pytest.raises(NotCanonicalError) as caught:
            Identifiers(SE, bad)
        assert CANARY[:8] not in f"{caught.value} {caught.value.__cause__} {caught.value.advice}"
    for text in (b"900101-2385", b"", b"199001012384", b"x" * 12):
        with pytest.raises(IdentifierError):
            SE.keys(np.array([text], "S12"))
    with pytest.raises(IdentifierError):
        SE.keys(np.array([b"9001012385"]))


def test_identifiers_cannot_be_changed_and_are_never_shown() -> None:
    keys = SE.keys(np.array([CANARY], "S12"))
    made = Identifiers(SE, keys)
    keys[0] = 1
    made.values[0] = b"0"
    assert made.values.tolist() == [CANARY.encode()]
    reading = SE.read(pa.array([CANARY]), dt.date(2021, 1, 1))
    for shown in (repr(made), str(made), repr(reading), str(reading), repr([made]), f"{made}"):
        assert CANARY not in shown
        assert CANARY[2:] not in shown


def test_an_unknown_scheme_is_not_yet_there() -> None:
    with pytest.raises(IdentifierError, match="not yet"):
        scheme("is")


def test_only_agreed_kinds_are_linked() -> None:
    born = dt.date(1990, 1, 1)
    reading = SE.read(
        pa.array([personnummer(born, 238), samordningsnummer(born, 238), "900101-T238", ""]),
        dt.date(2021, 1, 1),
    )
    assert reading.of_kinds(("personnummer",)).tolist() == [True, False, False, False]
    assert reading.of_kinds(("personnummer", "samordningsnummer")).tolist() == [True, True, False, False]
    assert not reading.of_kinds(("interim", "unreadable")).any()


def test_sex_is_the_third_serial_digit() -> None:
    born = dt.date(1990, 1, 1)
    made = identifiers([personnummer(born, 238), personnummer(born, 239), samordningsnummer(born, 981)])
    sex, age = dimensions(made, Dimensions(sex=True))
    assert sex.tolist() == [WOMAN, MAN, MAN]
    assert age.tolist() == [0, 0, 0]
    assert dimensions(made, Dimensions())[0].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("nine", "years"),
    [
        ("19000229", None),
        ("19901231", 30),
        ("19910101", 29),
        ("20041231", 16),
        ("20050101", 15),
        ("19900060", 30),  # month and day unknown: 1 July
        ("19900091", 30),
        ("19900260", 30),  # day unknown: 1 July too
    ],
)
def test_age_is_in_completed_years_on_the_agreed_day(nine: str, years: int | None) -> None:
    ages = Ages(dt.date(2020, 12, 31), tuple(Band(f"{n}-{n}", n, n) for n in range(100)))
    number = f"{nine}238{luhn(nine[2:] + '238')}"
    if years is None:
        assert plain_se.read(number, dt.date(2021, 1, 1))[1] == "date"
        return
    _, age = dimensions(identifiers([number]), Dimensions(age=ages))
    assert age.tolist() == [years + 1]


@pytest.mark.parametrize(("on", "years"), [(dt.date(2020, 6, 30), 29), (dt.date(2020, 7, 1), 30)])
@pytest.mark.parametrize("born", ["19900060", "19900075", "19900360", "19901260"])
def test_a_birth_date_not_wholly_known_counts_as_the_first_of_july(
    born: str, on: dt.date, years: int
) -> None:
    ages = Ages(on, tuple(Band(f"{n}-{n}", n, n) for n in range(100)))
    number = f"{born}238{luhn(born[2:] + '238')}"
    assert dimensions(identifiers([number]), Dimensions(age=ages))[1].tolist() == [years + 1]


@pytest.mark.parametrize(("on", "years"), [(dt.date(2021, 2, 28), 20), (dt.date(2021, 3, 1), 21)])
def test_who_was_born_on_a_leap_day_turns_a_year_older_on_the_first_of_march(on: dt.date, years: int) -> None:
    ages = Ages(on, tuple(Band(f"{n}-{n}", n, n) for n in range(100)))
    made = identifiers([personnummer(dt.date(2000, 2, 29), 238)])
    assert dimensions(made, Dimensions(age=ages))[1].tolist() == [years + 1]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.dates(dt.date(1841, 1, 1), dt.date(2029, 12, 31)), st.booleans(), st.sampled_from([238, 239])
        )
    )
)
def test_dimensions_are_those_of_the_plain_twin(people: list[tuple[dt.date, bool, int]]) -> None:
    made = identifiers(
        [(samordningsnummer if sam else personnummer)(born, serial) for born, sam, serial in people]
    )
    sex, age = dimensions(made, Dimensions(sex=True, age=AGES))
    for form, s, code in zip(made.values.astype(str).tolist(), sex, age, strict=True):
        years = plain_se.age(form, AGES.on)
        assert s == (MAN if int(form[10]) % 2 else WOMAN)
        assert code == next((i for i, piece in enumerate(AGES.pieces, 1) if years in piece), 0)
