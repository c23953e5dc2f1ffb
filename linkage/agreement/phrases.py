"""Questions in words: what an expression and a measure ask, for readers who know no notation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.groups import vocabulary
from linkage.agreement.notes import of_measure
from linkage.agreement.warn import outside
from linkage.dimensions import SEXES
from linkage.measures import language
from linkage.measures.expressions import (
    And,
    AtLeast,
    Bridge,
    Ever,
    Expression,
    Left,
    Minus,
    Not,
    OfAge,
    OfSex,
    Or,
    Presence,
    Started,
    Was,
    Will,
    Within,
)
from linkage.measures.model import (
    Change,
    Count,
    Duration,
    Flow,
    Follow,
    HowMany,
    Outcome,
    Overlap,
    Places,
    Share,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from fractions import Fraction

    from linkage.agreement.model import Agreement
    from linkage.measures.expressions import Tree
    from linkage.measures.model import Measure

_SEXES = {"woman": Text("women"), "man": Text("men")}


def quoted(title: str) -> Text:
    """A title, in quotes: it is what somebody wrote, and is not translated."""
    return Text("“{title}”", {"title": title})


def joined(texts: Sequence[Text], link: Callable[[Text, Text], Text]) -> Text:
    """Texts in a row; link puts two of them together."""
    row = texts[0]
    for text in texts[1:]:
        row = link(row, text)
    return row


def comma(a: Text, b: Text) -> Text:
    """Two of a list."""
    return Text("{a}, {b}", {"a": a, "b": b})


class Phrases:
    """Says expressions of one agreement in words. Groups are said by their titles."""

    def __init__(self, agreement: Agreement) -> None:
        plain = vocabulary(agreement.parties, agreement.dimensions, agreement.window)
        named = {g.name: Expression(g.name, Presence(g.name), 0, True, g.title) for g in agreement.groups}
        self._vocabulary = replace(plain, groups=named)
        self._titles = {s.key: s.title for s in agreement.series} | {
            g.name: g.title for g in agreement.groups
        }
        self._amounts = {s.key: s.title for s in agreement.series if s.value}
        self._ages = agreement.dimensions.age
        self._agreement = agreement

    def of(self, source: str) -> Text:
        """The people that an expression is about."""
        return self._say(language.parse(source, self._vocabulary).tree)

    def _say(self, tree: Tree) -> Text:  # noqa: C901 - one line for each thing that can be written
        match tree:
            case Presence(series):
                return quoted(self._titles[series])
            case OfSex(code):
                return _SEXES[SEXES[code]]
            case OfAge(codes):
                pieces = self._ages.pieces if self._ages else ()
                low, high = pieces[codes[0] - 1].low, pieces[codes[-1] - 1].high
                return Text("{low}–{high} years old", {"low": low, "high": high})
            case Not(a):
                return Text("not {a}", {"a": self._closed(a)})
            case And(a, b):
                return Text("{a} and {b}", {"a": self._closed(a, And), "b": self._closed(b)})
            case Or(a, b):
                return Text("{a} or {b}", {"a": self._closed(a, Or), "b": self._closed(b, Or)})
            case Minus(a, b):
                return Text("{a} but not {b}", {"a": self._closed(a, And, Minus), "b": self._closed(b)})
            case Ever(a):
                return Text("at some time in the window {a}", {"a": self._closed(a)})
            case AtLeast(count, items):
                row = joined([self._closed(item) for item in items], comma)
                return Text("in at least {count} of [{items}]", {"count": count, "items": row})
            case Started(a):
                return Text("new in {a}, not there the period before", {"a": self._closed(a)})
            case Left(a):
                return Text("for the last time in {a}, not there the period after", {"a": self._closed(a)})
            case Was(a, k):
                return Text("{k:# period|# periods} earlier in {a}", {"k": k, "a": self._closed(a)})
            case Will(a, k):
                return Text("{k:# period|# periods} later in {a}", {"k": k, "a": self._closed(a)})
            case Within(a, k):
                return Text(
                    "in the same period or {k:the next|one of the # next} in {a}",
                    {"k": k, "a": self._closed(a)},
                )
            case Bridge(a, k):
                return Text(
                    "in {a}, or in a gap of at most {k:# period|# periods} in it",
                    {"k": k, "a": self._closed(a)},
                )

    def _closed(self, tree: Tree, *open_in: type[Tree]) -> Text:
        """The same in parentheses where it is made of several, unless it reads on from what is around it."""
        words = self._say(tree)
        alone = isinstance(tree, (Presence, OfSex, OfAge, *open_in))
        return words if alone else Text("({a})", {"a": words})

    def asks(self, measure: Measure) -> Iterator[Text]:
        """What a measure asks, in sentences."""
        yield from self._question(measure)
        yield _told_by(measure)
        if measure.against:
            yield Text("Each span is compared with {span}.", {"span": quoted(measure.against)})
        for what in of_measure(measure, self._agreement):
            yield Text("To know: {what}.", {"what": what})

    def _question(self, measure: Measure) -> Iterator[Text]:
        match measure:
            case Count():
                yield Text(
                    "How many different people are: {people}?", {"people": self.of(measure.count.source)}
                )
                if measure.parts:
                    parts = self._row(measure.parts)
                    yield Text(
                        "Beside it each part ({parts}), their sum, and how many the sum counts too much.",
                        {"parts": parts},
                    )
            case Overlap():
                yield Text(
                    "How many people are in exactly which combination of: {sets}?",
                    {"sets": self._row(measure.sets)},
                )
            case HowMany():
                yield Text(
                    "How many people are in exactly one, exactly two and so on of: {lists}?",
                    {"lists": self._row(measure.lists)},
                )
            case Share():
                yield self._share(measure)
                if (said := outside(measure)) is not None:
                    yield Text("{what}.", {"what": said})
                yield from _target(measure.target)
            case Flow():
                yield from self._flow(measure)
            case Outcome():
                yield self._outcome(measure)
                yield Text("Only those count who can be followed so long inside the window.")
                yield Text("Over several periods each person's first leaving counts.")
                yield from _target(measure.target)
            case Duration():
                yield Text(
                    "How many periods do stays last in: {stay}?",
                    {"stay": self.of(measure.duration.source)},
                )
                yield Text("Each person's first stay counts that starts and ends inside the window.")
            case Change():
                yield from self._change(measure)

    def _flow(self, measure: Flow) -> Iterator[Text]:
        states = self._row(measure.flow)
        if measure.every == 1:
            yield Text(
                "How many people move from where to where between each period and the next: {states}; or "
                "elsewhere?",
                {"states": states},
            )
        else:
            yield Text(
                "How many people move from where to where between each period and the one {every} later: "
                "{states}; or elsewhere?",
                {"states": states, "every": measure.every},
            )
        if len(measure.flow) > 1:
            yield Text("Who is in several of them counts in the first one.")
        yield Text("Over several periods moves are counted, not people.")

    def _outcome(self, measure: Outcome) -> Text:
        words: dict[str, object] = {
            "leaving": self.of(measure.leaving.source),
            "to": self.of(measure.to.source),
            "k": measure.k,
        }
        if measure.k == 0:  # of the three only at and within can be 0, and then they ask the same
            return Text(
                "Of those who leave {leaving}: how many are, in their last period there: {to}?", words
            )
        return {
            Follow.AT: Text(
                "Of those who leave {leaving}: how many are, {k:# period|# periods} after their last one "
                "there: {to}?",
                words,
            ),
            Follow.WITHIN: Text(
                "Of those who leave {leaving}: how many are, in their last period there or {k:the one|one of "
                "the #} after it: {to}?",
                words,
            ),
            Follow.FOR: Text(
                "Of those who leave {leaving}: how many are, in {k:the period|every one of the # periods} "
                "after their last one there: {to}?",
                words,
            ),
        }[measure.follow]

    def _change(self, measure: Change) -> Iterator[Text]:
        yield Text(
            "How much is {series} per person, as a mean ({unit} per period), from {before:# period|# "
            "periods} before to {after} after the period in which they are: {around}?",
            {
                "series": quoted(self._amounts[measure.change]),
                "unit": measure.unit,
                "before": measure.before,
                "after": measure.after,
                "around": self.of(measure.around.source),
            },
        )
        yield Text("Each person's first such period counts that has all these others inside the window.")

    def _share(self, measure: Share) -> Text:
        share = self.of(measure.share.source)
        if isinstance(measure.of, int):
            return Text(
                "How many people are: {share}? In per cent of {mean}, a mean from elsewhere ({source}).",
                {"share": share, "mean": measure.of, "source": measure.source},
            )
        if isinstance(measure.of, Places):
            return Text(
                "How many people are: {share}? In per cent of the places there, {places} together.",
                {"share": share, "places": measure.of.number},
            )
        return Text(
            "How many people are: {share}? In per cent of those who are: {of}.",
            {"share": share, "of": self.of(measure.of.source)},
        )

    def _row(self, expressions: Sequence[Expression]) -> Text:
        return joined(
            [self.of(e.source) for e in expressions], lambda a, b: Text("{a}; {b}", {"a": a, "b": b})
        )


_BY = {
    "period": Text("for each period, their mean and the whole window"),
    "span": Text("for each span and the whole window"),
    "sex": Text("by sex"),
    "age": Text("by age band"),
}


def _told_by(measure: Measure) -> Text:
    """By what the answer is told."""
    if not measure.by:
        return Text("One answer for the whole window.")
    return Text("Told {by}.", {"by": joined([_BY[name] for name in measure.by], comma)})


def _target(target: Fraction | None) -> Iterator[Text]:
    """What should be reached, where that is agreed."""
    if target is not None:
        yield Text("The target is {target} per cent.", {"target": _decimal(target)})


def _decimal(number: Fraction) -> Text | str:
    """A fraction that was written as a decimal, with the decimal sign of the reader's language."""
    whole, _, tenths = f"{Decimal(number.numerator) / Decimal(number.denominator):f}".partition(".")
    return Text("{whole}.{tenths}", {"whole": whole, "tenths": tenths}) if tenths else whole
