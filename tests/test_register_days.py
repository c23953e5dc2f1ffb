"""Forms of days that a map names: read as strptime reads them, and never two days from one cell."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.register import days
from linkage.register.days import COMMON, Form

DAYS = st.dates(dt.date(1800, 1, 1), dt.date(9999, 12, 31))


@settings(deadline=None)
@given(DAYS, st.sampled_from(COMMON), st.sampled_from(["", " 00:00", "T23:59:59", " 13:05:07,5"]))
def test_a_day_is_read_in_each_form_that_writes_it(day: dt.date, form: str, clock: str) -> None:
    assert Form(form).read(day.strftime(form) + clock) == day
    assert days.read(day.strftime(form) + clock, [Form(form)]) == day


@settings(deadline=None)
@given(DAYS, st.sampled_from(COMMON), st.sampled_from(COMMON))
def test_another_form_reads_it_as_strptime_does_or_not_at_all(day: dt.date, one: str, other: str) -> None:
    cell = day.strftime(one)
    found = Form(other).read(cell)
    try:
        told = dt.datetime.strptime(cell, other).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        assert found is None
    else:
        assert found in (told, None)
        if any(sign in other for sign in "./-"):
            assert found == told or told.year < 1800


@pytest.mark.parametrize(
    ("form", "cell", "day"),
    [
        ("%d.%m.%Y", "1.2.2020", dt.date(2020, 2, 1)),
        ("%d/%m %Y", "31/1 2020", dt.date(2020, 1, 31)),
        ("%d.%m.%Y", "31.12.9999", dt.date(9999, 12, 31)),
        ("%Y%m%d", "20200229", dt.date(2020, 2, 29)),
        ("%m/%Y", "02/2020", dt.date(2020, 2, 1)),
        ("%Y%m", "202002", dt.date(2020, 2, 1)),
        ("%d.%m.%Y", "29.02.2021", None),
        ("%d.%m.%Y", "00.01.1900", None),
        ("%d.%m.%Y", "1.2.20", None),
        ("%d.%m.%Y", "01-02-2020", None),
        ("%Y%m%d", "2020229", None),
        ("%Y%m%d", "12011201", None),
        ("%d.%m.%Y", "٠١.٠٢.٢٠٢٠", None),
        ("%d.%m.%Y", "01.02.2020Z", None),
    ],
)
def test_known_cells(form: str, cell: str, day: dt.date | None) -> None:
    assert days.read(cell, [Form(form)]) == day


@pytest.mark.parametrize(
    "forms",
    [
        ["%d/%m/%Y", "%m/%d/%Y"],
        ["%Y-%d-%m"],
        ["%d.%m.%Y", "%m.%d.%Y"],
        ["%Y%m%d", "%Y%d%m"],
        ["%d%m%Y", "%m%d%Y"],
    ],
)
def test_forms_that_read_one_cell_as_two_days_are_found(forms: list[str]) -> None:
    found = days.unclear(forms)
    assert found is not None
    one, other, cell = found
    assert Form(one).read(cell) != Form(other).read(cell)
    assert {one, other} <= {*forms, "%Y-%m-%d"}


@pytest.mark.parametrize(
    "forms", [["%d.%m.%Y", "%d/%m/%Y", "%Y%m%d", "%d%m%Y", "%d/%m %Y"], ["%m/%Y", "%Y%m"], ["%Y-%m-%d"]]
)
def test_forms_that_differ_in_their_signs_go_together(forms: list[str]) -> None:
    assert days.unclear(forms) is None


@pytest.mark.parametrize(
    ("form", "what"),
    [
        ("%d.%m.%y", "four digits"),
        ("%d %b %Y", "has %Y, %m and %d"),
        ("%d.%m.%Y kl", "has %Y, %m and %d"),
        ("%d.%m.%Y%", "has %Y, %m and %d"),
        ("%Y-%m-%dT%H:%M", "has %Y, %m and %d"),
        ("%d.%m", "once each"),
        ("%Y", "once each"),
        ("%d.%d.%Y", "once each"),
        ("dd.mm.yyyy", "has %Y, %m and %d"),
        ("-", "once each"),
    ],
)
def test_what_is_no_form_is_told(form: str, what: str) -> None:
    assert what in str(days.fault(form))
    assert all(days.fault(form) is None for form in COMMON)
