"""Rows of a release against an oracle that asks plain Python sets of people, and known answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.agreement.model import Agreement
from linkage.measures.expressions import Expression
from linkage.measures.figures import Note
from linkage.measures.model import Count, Frame, HowMany, Measure, Overlap, Share
from linkage.release.counts import Answer, Counts, mean, tenth, total
from linkage.release.kinds.shares import percent
from linkage.release.kinds.table import rows
from linkage.release.rows import combinations
from linkage.release.tables import PART_TOTALS
from linkage.synthetic.malmo_2020.figures import PER_MONTH
from tests.releases import MEASURES, Counter, Person, agreement, crowd, figures, release, year

Reason = str
Value = Fraction | Reason


class Oracle:
    """Says what the rows of a measure should be, from the people themselves."""

    def __init__(self, agreed: Agreement, people: list[Person]) -> None:
        self.counter = Counter(agreed, people)
        self.people = people
        self.periods = range(len(agreed.window))

    def who(self, sex: str, age: str) -> list[Person]:
        return [p for p in self.people if sex in (p.sex, "all") and age in (p.age, "all")]

    def there(self, expression: Expression, person: Person, span: frozenset[int]) -> bool:
        return bool(self.counter.bits(expression, person) & span)

    def reason(self, several: list[Expression], label: str, span: frozenset[int]) -> Reason:
        if label != "all" and not all(e.dated for e in several):
            return "no dates"
        return "" if all(self.counter.known(e) & span for e in several) else "edge"

    def rows(self, measure: Measure) -> Iterator[dict[str, object]]:
        times = [*(t for t, _ in self.counter.times(measure)), *(["mean"] if "period" in measure.by else [])]
        sexes = ["woman", "man", "other", "all"] if "sex" in measure.by else ["all"]
        ages = [*self.counter.ages, "other", "all"] if "age" in measure.by else ["all"]
        time_name = "span" if "span" in measure.by else "period"
        for time, sex, age in itertools.product(times, sexes, ages):
            labels = {time_name: time} if {"period", "span"} & set(measure.by) else {}
            labels |= {"sex": sex} if "sex" in measure.by else {}
            labels |= {"age": age} if "age" in measure.by else {}
            for own in self.own(measure):
                row = {**labels, **own, **self.values(measure, time, sex, age, own)}
                if measure.against is not None:
                    row |= self.compared(measure, row, measure.against, sex, age, own)
                yield row

    def own(self, measure: Measure) -> list[dict[str, object]]:
        match measure:
            case Count(parts=parts) if parts:
                return [{"part": p} for p in (*(e.source for e in parts), "sum", "unique", "surplus")]
            case Overlap(sets=sets):
                return [{"in": names} for names in combinations(tuple(e.source for e in sets))]
            case HowMany(lists=lists):
                return [{"lists": i + 1} for i in range(len(lists))]
            case _:
                return [{}]

    # -- exact numbers ------------------------------------------------------------------------------------

    def counted(self, measure: Measure, time: str, sex: str, age: str, own: Mapping[str, object]) -> Value:
        """A number of people, exact; the mean over the periods in which it is known."""
        spans = dict(self.counter.times(measure))
        if time != "mean":
            return self.at(measure, time, spans[time], sex, age, own)
        found = [self.at(measure, t, s, sex, age, own) for t, s in self.counter.times(measure) if t != "all"]
        numbers = [value for value in found if isinstance(value, Fraction)]
        return sum(numbers, Fraction(0)) / len(numbers) if numbers else found[0]

    def at(
        self,
        measure: Measure,
        label: str,
        span: frozenset[int],
        sex: str,
        age: str,
        own: Mapping[str, object],
    ) -> Value:
        people = self.who(sex, age)
        match measure:
            case Count(count=count, parts=parts):
                by_name = {e.source: e for e in parts} | {None: count, "unique": count}
                asked = by_name[own.get("part")]  # type: ignore[index]
                several = [count, *parts] if own.get("part") == "unique" and label != "all" else [asked]
                undated = label != "all" and not all(e.dated for e in several)
                reason = "no dates" if undated else self.reason([asked], label, span)
                return reason or Fraction(sum(self.there(asked, p, span) for p in people))
            case Overlap(sets=sets):
                names = own["in"]
                exactly = [tuple(e.source for e in sets if self.there(e, p, span)) == names for p in people]
                return self.reason(list(sets), label, span) or Fraction(sum(exactly))
            case HowMany(lists=lists):
                many = [sum(self.there(e, p, span) for e in lists) == own["lists"] for p in people]
                return self.reason(list(lists), label, span) or Fraction(sum(many))
            case Share(share=share, of=of):
                several = [share, of] if isinstance(of, Expression) else [share]
                asked = share if own["role"] == "value" else several[1]
                span = frozenset(p for p in span if all(p in self.counter.known(e) for e in several))
                return self.reason(several, label, span) or Fraction(
                    sum(self.there(asked, p, span) for p in people)
                )
        raise NotImplementedError

    # -- rows ---------------------------------------------------------------------------------------------

    def values(
        self, measure: Measure, time: str, sex: str, age: str, own: Mapping[str, object]
    ) -> dict[str, object]:
        if isinstance(measure, Share):
            return self.share(measure, time, sex, age)
        value = self.value(measure, time, sex, age, own)
        if isinstance(value, str):
            return {"value": None, "note": value}
        return {"value": said(value, tenths=time == "mean")}

    def value(self, measure: Measure, time: str, sex: str, age: str, own: Mapping[str, object]) -> Value:
        part = own.get("part")
        if not isinstance(measure, Count) or part not in ("sum", "surplus"):
            return self.counted(measure, time, sex, age, own)
        unique = self.counted(measure, time, sex, age, {"part": "unique"})
        parts = [self.counted(measure, time, sex, age, {"part": e.source}) for e in measure.parts]
        if unique == "no dates":
            return unique
        for number in (*parts, unique) if part == "surplus" else parts:
            if isinstance(number, str):
                return number
        whole = sum((p for p in parts if isinstance(p, Fraction)), Fraction(0))
        return whole - unique if part == "surplus" and isinstance(unique, Fraction) else whole

    def share(self, measure: Share, time: str, sex: str, age: str) -> dict[str, object]:
        value = self.counted(measure, time, sex, age, {"role": "value"})
        of: Value | None
        if isinstance(measure.of, int):
            of = Fraction(measure.of) if time == "mean" else None
        else:
            of = self.counted(measure, time, sex, age, {"role": "of"})
        known = isinstance(value, Fraction) and isinstance(of, Fraction) and of
        part = (
            100 * value / of if known and isinstance(value, Fraction) and isinstance(of, Fraction) else None
        )
        row: dict[str, object] = {
            "value": None if isinstance(value, str) else said(value, tenths=time == "mean")
        }
        tenths = time == "mean" and not isinstance(measure.of, int)
        row["of"] = said(of, tenths=tenths) if isinstance(of, Fraction) else None
        row["percent"] = None if part is None else said(part, tenths=True)
        if measure.target is not None:
            row["target"] = Decimal(str(float(measure.target))) if measure.target % 1 else int(measure.target)
            row["difference"] = None if part is None else said(part - measure.target, tenths=True)
        return row | ({"note": value} if isinstance(value, str) else {})

    def compared(
        self,
        measure: Measure,
        row: Mapping[str, object],
        against: str,
        sex: str,
        age: str,
        own: Mapping[str, object],
    ) -> dict[str, object]:
        def exact(time: str) -> Fraction | None:
            if not isinstance(measure, Share):
                value = self.value(measure, time, sex, age, own)
                return value if isinstance(value, Fraction) else None
            pair = [self.counted(measure, time, sex, age, {"role": role}) for role in ("value", "of")]
            value, of = pair
            return (
                100 * value / of if isinstance(value, Fraction) and isinstance(of, Fraction) and of else None
            )

        here, there = exact(str(row["span"])), exact(against)
        if row["span"] == against or here is None or there is None:
            return {"against": None, "change": None}
        share = isinstance(measure, Share)
        return {"against": said(there, tenths=share), "change": said(here - there, tenths=share)}


def said(value: Fraction, *, tenths: bool) -> int | Decimal:
    """As it is published: half away from zero, by way of text."""
    if not tenths:
        return int(value)
    scaled = abs(value) * 10
    rounded = scaled.numerator // scaled.denominator
    if scaled - rounded >= Fraction(1, 2):
        rounded += 1
    return Decimal(f"{'-' if value < 0 else ''}{rounded // 10}.{rounded % 10}")


SERIES = ("stad.ung", "stad.vuxen", "af.program", "af.arbetslos")


@st.composite
def populations(draw: st.DrawFn) -> tuple[int, list[Person]]:
    periods = draw(st.integers(1, 4))
    some = st.frozensets(st.integers(0, periods - 1), min_size=1)
    whole = st.just(frozenset(range(periods)))
    person = st.builds(
        Person,
        sex=st.sampled_from(("woman", "man", "other")),
        age=st.sampled_from(("16-29", "30-64", "other")),
        there=st.builds(
            lambda dated, center: dated | ({"stad.center": center} if center else {}),
            st.dictionaries(st.sampled_from(SERIES), some, min_size=1),
            st.one_of(st.none(), whole),
        ),
    )
    return periods, draw(st.lists(person, max_size=8))


def in_window(periods: int) -> Agreement:
    last = f"2020-{periods:02}"
    halves = f'h1 = ["2020-01", "2020-01"], h2 = ["{last}", "{last}"]'
    return agreement(MEASURES, last=last, spans=halves)


@settings(max_examples=40, deadline=None)
@given(populations())
def test_rows_are_what_plain_sets_of_people_give(population: tuple[int, list[Person]]) -> None:
    periods, people = population
    agreed = in_window(periods)
    oracle = Oracle(agreed, people)
    found = release(agreed, people)
    for measure in agreed.measures:
        got = [dict(row) for row in found.table(measure.name).rows]
        expected = sorted(oracle.rows(measure), key=str)
        assert sorted(got, key=str) == sorted(expected, key=str), measure.name


def test_rows_of_a_year_are_what_plain_sets_of_people_give() -> None:
    agreed, found = year()
    oracle = Oracle(agreed, crowd(700, 12, seed=2020))
    for name in ("halvar", "andel", "nya"):
        measure = next(m for m in agreed.measures if m.name == name)
        assert sorted((dict(r) for r in found.table(name).rows), key=str) == sorted(
            oracle.rows(measure), key=str
        )


# -- known answers ----------------------------------------------------------------------------------------


def test_means_of_the_city_add_up_to_6251() -> None:
    parts = [mean([Answer(Fraction(n)) for n in months]) for months in PER_MONTH.values()]
    whole = total(parts).value
    assert whole is not None
    assert str(tenth(whole)) == "6251.0"


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("1/20", "0.1"),
        ("-1/20", "-0.1"),
        ("49/1000", "0.0"),
        ("-49/1000", "0.0"),
        ("1/4", "0.3"),
        ("-1/4", "-0.3"),
        ("3/20", "0.2"),
        ("6251", "6251.0"),
        ("1/3", "0.3"),
        ("2/3", "0.7"),
    ],
)
def test_half_is_rounded_away_from_zero(value: str, rounded: str) -> None:
    assert tenth(Fraction(value)) == Decimal(rounded)
    assert str(tenth(Fraction(value))) == rounded


def test_a_mean_does_not_count_unknown_periods_and_falls_with_a_withheld_one() -> None:
    edge, known = Answer(None, Note.EDGE), [Answer(Fraction(3)), Answer(Fraction(4))]
    assert mean([edge, *known]).value == Fraction(7, 2)
    assert mean([edge]) == edge
    assert mean([edge, *known, Answer(None, Note.WITHHELD)]).note is Note.WITHHELD


def test_a_sum_is_missing_for_the_reason_of_its_first_missing_term() -> None:
    withheld, edge = Answer(None, Note.WITHHELD), Answer(None, Note.EDGE)
    assert total([Answer(Fraction(1)), withheld, edge]) == withheld
    assert total([]).value == 0


def test_a_per_cent_of_nobody_is_none_without_a_note() -> None:
    found = percent(Answer(Fraction(0)), Answer(Fraction(0)))
    assert found == Answer(None)


def test_combinations_come_in_the_order_of_their_masks() -> None:
    assert combinations(("a", "b", "c")) == (
        ("a",),
        ("b",),
        ("a", "b"),
        ("c",),
        ("a", "c"),
        ("b", "c"),
        ("a", "b", "c"),
    )


def test_a_row_has_its_dimensions_first_then_its_own_key_then_numbers() -> None:
    _, found = year()
    assert list(found.table("volym").rows[0]) == ["period", "sex", "age", "part", "value"]
    assert list(found.table("andel").rows[0]) == [
        "period", "sex", "value", "of", "percent", "target", "difference",
    ]  # fmt: skip
    assert list(found.table("halvar").rows[0]) == ["span", "sex", "part", "value", "against", "change"]
    assert list(found.table("nya").rows[0]) == ["period", "value", "note"]


def counts_of(agreed: Agreement, name: str, people: list[Person]) -> tuple[Measure, Counts]:
    cells = figures(agreed, people).cells[name]
    measure = next(m for m in agreed.measures if m.name == name)
    return measure, Counts(cells.axes, cells.people.copy(), cells.notes.copy())


def test_where_one_part_has_no_dates_the_unique_people_of_a_period_are_not_told_either() -> None:
    """Also where whoever counted told them."""
    agreed, _ = year()
    measure, counts = counts_of(agreed, "med-centret", crowd(20, 12, seed=6))
    unique = counts.axes[0].values.index("unique")
    counts.notes[unique] = Note.KNOWN
    frame = Frame(agreed.window, agreed.dimensions)
    found = [r for r in rows(measure, counts, frame) if r["part"] in PART_TOTALS and r["period"] != "all"]
    assert len(found) == 3 * 13
    assert all(r["value"] is None and r["note"] == "no dates" for r in found)


def test_both_sides_of_a_share_are_known_or_none_is() -> None:
    """Also where whoever counted knew one of them in a period beyond the other's edge."""
    agreed, _ = year()
    measure, counts = counts_of(agreed, "nya-andel", crowd(20, 12, seed=6))
    counts.notes[1, 0] = Note.KNOWN
    counts.values[1, 0] = 1000
    found = rows(measure, counts, Frame(agreed.window, agreed.dimensions))
    assert found[0] == {"period": "2020-01", "value": None, "of": None, "percent": None, "note": "edge"}
    told = [Fraction(int(value)) for value in counts.values[1, 1:12]]
    assert found[-1]["of"] == tenth(sum(told, Fraction(0)) / 11)
