"""Which charts show a table, what they are called, and what they say to somebody who does not see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from linkage.release.counts import ALL, MEAN
from linkage.report.chart import Chart, listed, not_all, not_few, representative
from linkage.report.charts.axes import NARROW_BELOW
from linkage.report.charts.bars import Bar, bars
from linkage.report.charts.columns import against_places
from linkage.report.charts.lines import lines, small_multiples
from linkage.report.charts.series import Say, Series
from linkage.report.charts.sets import Combination, combinations
from linkage.report.compared import compared
from linkage.report.courses import around, moves, stays
from linkage.report.edges import gaps, span_of
from linkage.report.edges import note as cut
from linkage.report.labels import labels_of
from linkage.report.noise import beside
from linkage.report.questions import follow_up, where
from linkage.report.words import shown as rounded

if TYPE_CHECKING:
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table
    from linkage.report.charts.axes import Picture
    from linkage.report.words import Words

MOST_COMBINATIONS: Final = 15
MOST_LINES: Final = 8


def charts(table: Table, words: Words) -> list[Chart]:
    """The charts of a table, the most telling first; none where there is but one number."""
    return list(_Charts(table, words).all())


class _Charts:
    def __init__(self, table: Table, words: Words) -> None:
        self._table = table
        self._words = words
        self.t = words.t
        self._by_period = table.time == "period" and len(words.release.window) > 1
        self._unique = {"part": "unique"} if table.own_key == "part" else {}

    def all(self) -> Iterator[Chart]:
        match self._table.kind:
            case "overlap":
                yield from self._combinations()
            case "howmany":
                yield from self._bars(self._own_bars())
            case "share":
                yield from self._places() if self._table.places is not None else self._share()
            case "outcome":
                yield from self._outcome()
            case "flow":
                yield from moves(self._table, self._words)
            case "duration":
                yield from stays(self._table, self._words)
            case "change":
                yield from around(self._table, self._words)
            case _:
                yield from self._count()

    # -- kinds --------------------------------------------------------------------------------------------

    def _count(self) -> Iterator[Chart]:
        table = self._table
        if not self._tells_periods:
            if table.items:
                yield from self._bars(self._own_bars())
            if table.time == "span" or not table.items:
                yield from self._dimensions()
            return
        if table.items:
            unique = self._series(self.t("Unique people"), part="unique")
            added = self._series(self.t("The parts added up"), part="sum")
            caption = self.t("Unique people, and the parts added up")
            yield from self._lines(caption, [unique, added], band=True)
            yield from self._multiples()
        elif "sex" not in table.dimensions:
            yield from self._lines(self.t("People in each period"), [self._series(self.t("People"))])
        yield from self._by_dimension("sex", with_all=not table.items)
        yield from self._by_dimension("age", with_all=False)

    def _share(self) -> Iterator[Chart]:
        table = self._table
        if isinstance(table.of, int):
            yield from self._bars(self._constant_bars(table.of))
        elif not self._tells_periods:
            yield from self._dimensions()
        else:
            if "sex" not in table.dimensions:
                whole = self._series(self.t("Share"))
                yield from self._lines(self.t("Per cent in each period"), [whole])
            yield from self._by_dimension("sex", with_all=True)
            yield from self._by_dimension("age", with_all=False)

    def _places(self) -> Iterator[Chart]:
        """People against places: period by period, else at the mean."""
        table, words = self._table, self._words
        places = table.places or 0
        periods = words.release.window.labels
        people = [table.number(period=period) for period in periods]
        percents = [table.number("percent", period=period) for period in periods]
        labels = ["" if percent is None else words.percent(percent) for percent in percents]
        said = (self.t("People"), self.t("{number} places", number=words.number(places)))
        target = self._target_of(places)
        if self._tells_periods and any(count is not None for count in people):

            def draw(width: int) -> Picture:
                return against_places(people, labels, places, words, said, width, target)

            caption = self.t("People in each period, against {number} places", number=words.number(places))
            share = self._told(self._series(self.t("Per cent of the places that are taken")))
            margins = tuple(beside(table, words, period=period) for period in periods)
            count = self._told(Series(self.t("People"), tuple(people), margins), words.number)
            yield Chart(caption, f"{count} {share}", draw, gaps(table, words))
            yield from self._by_dimension("sex", with_all=False)
            yield from self._by_dimension("age", with_all=False)
        elif (mean := table.number(period=MEAN)) is not None and table.time == "period":
            yield from self._bars(self._against(mean, places))

    def _target_of(self, places: int) -> Bar | None:
        """The target as a number of people, where there is one."""
        target = self._table.target
        if target is None:
            return None
        said = self.t("Target {percent}", percent=self._words.percent(target))
        return Bar("", Decimal(places) * target / 100, said)

    def _against(self, mean: int | Decimal, places: int) -> list[Bar]:
        words, percent = self._words, self._table.number("percent", period=MEAN)
        sure, rate = (beside(self._table, words, key, period=MEAN) for key in ("value", "percent"))
        told = "" if percent is None else f" ({words.percent(percent, rate)})"
        return [
            Bar(self.t("People"), mean, f"{words.number(mean, sure)}{told}", "strong"),
            Bar(self.t("Places"), places, words.number(places)),
        ]

    def _outcome(self) -> Iterator[Chart]:
        """A line over the periods of leaving, or a bar for each span."""
        there, when = where(str(self._table.to), self._words), follow_up(self._table, self._words)
        if not self._tells_periods:
            caption = self.t("Per cent {there}, {when}", there=there, when=when)
            several = [] if self._table.time == "span" else self._dimension_bars()
            yield from compared(self._table, self._words, caption, several)
            return
        caption = self.t("Per cent {there}, {when}, by when they left", there=there, when=when)
        if "sex" not in self._table.dimensions:
            yield from self._lines(caption, [self._series(self.t("Share"))])
        yield from self._by_dimension("sex", with_all=True, caption=caption)
        yield from self._by_dimension("age", with_all=False, caption=caption)

    def _combinations(self) -> Iterator[Chart]:
        words, items = self._words, self._table.items
        labels, when = representative(self._table, self._words)
        found = [
            Combination(
                tuple(items.index(s) for s in names),
                words.label("in", names),
                value,
                self._number_said(value, {**labels, "in": names}),
            )
            for names in self._table.own
            if isinstance(names, tuple) and (value := self._number({**labels, "in": names}))
        ]
        found.sort(key=lambda c: -float(c.value or 0))
        shown = found[:MOST_COMBINATIONS]
        if not shown:
            return
        notes = [not_all(words)] if len(found) > len(shown) else []
        notes.append(
            not_few(words, (self._table.row(**{**labels, "in": names}) for names in self._table.own))
        )
        sets = [words.title(item) for item in items]
        several = ["strong" if len(c.sets) > 1 else "plain" for c in shown]
        each = [Bar(c.name, c.value, c.label, kind) for c, kind in zip(shown, several, strict=True)]

        def draw(width: int) -> Picture:
            return combinations(sets, shown, width) if width >= NARROW_BELOW else bars(each, width)

        yield Chart(
            self.t("In which combinations, {when}", when=when),
            listed(each),
            draw,
            " ".join(filter(None, notes)),
        )

    # -- charts -------------------------------------------------------------------------------------------

    def _lines(self, caption: str, series: Sequence[Series], *, band: bool = False) -> Iterator[Chart]:
        told = [s for s in series if any(v is not None for v in s.values)]
        shown = told[:MOST_LINES]
        words, percent = self._words, self._percent
        target = None if self._table.places is not None else self._table.target

        def draw(width: int) -> Picture:
            between = band and shown[:2] == [*series[:2]]  # where one of the two has no number, there is none
            return lines(shown, words, width, percent=percent, target=target, band=between)

        if shown:
            notes = [gaps(self._table, words) if any(None in s.values for s in shown) else ""]
            notes += [not_all(words)] if len(told) > len(shown) else []
            described = " ".join(self._told(s) for s in shown)
            yield Chart(caption, described, draw, " ".join(filter(None, notes)))

    def _multiples(self) -> Iterator[Chart]:
        series = [self._series(self._words.title(part), part=part) for part in self._table.items]
        shown, words = [s for s in series if any(v is not None for v in s.values)], self._words
        if shown:
            caption = self.t("Each part by itself, each on a scale of its own")
            described = " ".join(self._told(s) for s in shown)
            note = gaps(self._table, words) if any(None in s.values for s in shown) else ""
            yield Chart(caption, described, lambda width: small_multiples(shown, words, width), note)

    def _by_dimension(self, dimension: str, *, with_all: bool, caption: str = "") -> Iterator[Chart]:
        if dimension not in self._table.dimensions:
            return
        labels = [label for label in labels_of(self._table, dimension) if with_all or label != ALL]
        series = [
            self._series(self._words.label(dimension, label), **self._unique, **{dimension: label})
            for label in labels  # "all" last, so that each sex and age looks the same in every chart
        ]
        captions = {
            ("sex", False): "Unique people by sex",
            ("age", False): "Unique people by age",
            ("sex", True): "Per cent by sex",
            ("age", True): "Per cent by age",
        }
        by = {"sex": "{caption}, and by sex", "age": "{caption}, and by age"}[dimension]
        said = self.t(by, caption=caption) if caption else self.t(captions[dimension, self._percent])
        yield from self._lines(said, series)

    def _dimensions(self) -> Iterator[Chart]:
        """A bar for each label: of the stretches of time, where there are some."""
        when = self.t("by stretch of time") if self._table.time == "span" else ""
        yield from self._bars(self._dimension_bars(), when)

    def _bars(self, several: Sequence[Bar], when: str = "") -> Iterator[Chart]:
        shown = [bar for bar in several if bar.value is not None]
        if len(shown) > 1:
            caption = (
                self.t("Per cent")
                if self._percent and not self._constant and self._table.places is None
                else self.t("People")
            )
            when = when or representative(self._table, self._words)[1]
            note = cut(self._table, self._words)
            yield Chart(f"{caption}, {when}", listed(shown), lambda width: bars(shown, width), note)

    # -- numbers ------------------------------------------------------------------------------------------

    @property
    def _percent(self) -> bool:
        return self._table.rated

    @property
    def _constant(self) -> bool:
        return isinstance(self._table.of, int)

    @property
    def _tells_periods(self) -> bool:
        return self._by_period and "period" in representative(self._table, self._words)[0]

    def _series(self, name: str, **labels: Scalar) -> Series:
        key = "percent" if self._percent else "value"
        periods = self._words.release.window.labels
        values = tuple(self._table.number(key, period=p, **labels) for p in periods)
        margins = tuple(beside(self._table, self._words, key, period=p, **labels) for p in periods)
        return Series(name, values, margins)

    def _number(self, labels: dict[str, Scalar]) -> int | Decimal | None:
        return self._table.number("value", **labels)

    def _own_bars(self) -> list[Bar]:
        key, kinds = self._table.own_key or "", {"sum": "added", "unique": "strong"}
        labels, _ = representative(self._table, self._words)
        return [
            self._bar(self._words.label(key, own), {**labels, key: own}, kinds.get(str(own), "plain"))
            for own in self._table.own
            if own != "surplus"
        ]

    def _dimension_bars(self) -> list[Bar]:
        """One bar for each label of each dimension, the others at their totals."""
        found = []
        for dimension in self._table.keys:
            if dimension in ("span", "sex", "age"):
                for label in labels_of(self._table, dimension):
                    if label != ALL:
                        at = {**self._unique, dimension: label}
                        found.append(self._bar(self._label(dimension, label), at))
        alone = self._table.kind == "outcome" and self._table.target is not None
        together = self._words.label("span", ALL) if self._table.time == "span" else self.t("All together")
        return [self._bar(together, self._unique, "strong"), *found] if found or alone else []

    def _label(self, dimension: str, label: str) -> str:
        if dimension == "span":
            return span_of(self._table, self._words, label)
        return self._words.label(dimension, label)

    def _constant_bars(self, of: int) -> list[Bar]:
        value = self._table.number(period=MEAN)
        said = self._number_said(value or 0, {"period": MEAN})
        source = self._table.source or self.t("a mean from elsewhere")
        return [
            Bar(self._words.title(str(self._table.asked)), value, said, "strong"),
            Bar(source, of, self._words.number(of)),
        ]

    def _bar(self, name: str, labels: Mapping[str, Scalar], kind: str = "plain") -> Bar:
        table, words = self._table, self._words
        value = table.number("percent" if self._percent else "value", **labels)
        if value is None:
            return Bar(name, None, "", kind)
        if not self._percent:
            return Bar(name, value, self._number_said(value, labels), kind)
        return Bar(name, value, words.percent(value, beside(table, words, "percent", **labels)), kind)

    def _number_said(self, value: int | Decimal, labels: Mapping[str, Scalar]) -> str:
        """People: a mean with its decimal where it is small."""
        told = rounded(value, value)
        return self._words.number(told, beside(self._table, self._words, "value", told, **labels))

    def _told(self, series: Series, number: Say | None = None) -> str:
        """A line in words: where it starts and ends, its lowest and its highest. number: as it is said."""
        words = self._words
        say = number or (words.percent if self._percent else words.number)
        periods = [words.period(label) for label in words.release.window.labels]
        known = [(value, at) for at, value in enumerate(series.values) if value is not None]
        low, high = (choose(known, key=lambda pair: pair[0])[1] for choose in (min, max))
        first, last = known[0][1], known[-1][1]
        return self.t(
            "{name}: {first} in {start}, {last} in {end}; "
            "lowest {low} in {lowest}, highest {high} in {highest}.",
            name=series.name,
            first=series.said(first, say),
            start=periods[first],
            last=series.said(last, say),
            end=periods[last],
            low=series.said(low, say),
            lowest=periods[low],
            high=series.said(high, say),
            highest=periods[high],
        )
