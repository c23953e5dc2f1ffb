"""What a release rule does, in words: for whoever reads an agreement and knows no statistics."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from keys.errors import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from linkage.agreement.model import ReleaseRule

RELEASES_OF_A_PERIOD = 3
"""Under `cellkey`, at most so many releases with a party in common cover the same period."""
_MANY = 1_000_000


def decimal(value: float | Fraction) -> Text | int:
    """A number as a reader writes it, with one decimal where it is not whole."""
    tenths = round(value * 10)
    if tenths % 10 == 0:
        return tenths // 10
    return Text("{whole}.{tenths}", {"whole": tenths // 10, "tenths": tenths % 10})


def heading(rule: ReleaseRule) -> Text:
    """What the method does, in a few words."""
    return _HEADINGS[rule.method]


def words(rule: ReleaseRule) -> tuple[Text, ...]:
    """What the method does, paragraph by paragraph."""
    return tuple(_WORDS[rule.method](rule))


def _exact(rule: ReleaseRule) -> Iterator[Text]:
    yield Text(
        "Figures leave the matcher as they were counted: small ones too, and none is changed or "
        "withheld. Whoever knows something about a person may find that person in them."
    )
    yield Text("Agreed: {agreed}", {"agreed": rule.agreed})


def _suppress(rule: ReleaseRule) -> Iterator[Text]:
    yield Text(
        "Figures leave the matcher as they were counted, but for small ones. A number of 1 to {most} people "
        "is withheld; where a number puts the registers of two parties together, so are nobody, and "
        "everybody or nearly everybody whom one of them has.",
        {"most": rule.threshold - 1},
    )
    yield Text(
        "As many other numbers are withheld as it takes. Nobody can then calculate a withheld number from "
        "those that are shown: not an outsider, not a party that knows its own register, not all parties but "
        "one together. Its smallest and its largest possible value stay at least {width} apart.",
        {"width": rule.width},
    )
    yield from _attacked()
    yield from _trust(rule)


def _cellkey(rule: ReleaseRule) -> Iterator[Text]:
    words: dict[str, object] = {"d": rule.d, "typical": decimal(math.sqrt(rule.variance))}
    yield Text(
        "Every number of people is moved a little, by at most {d} up or down; {typical} is typical, and on "
        "average the number is right. The same people are always moved by the same amount, in every table "
        "and every round: who asks again learns nothing more.",
        words,
    )
    yield Text(
        "What would be shown as fewer than {threshold} is one mark, and nobody is shown as that mark too.",
        {"threshold": rule.threshold},
    )
    if rule.js:
        yield Text("Numbers of 1 to {js} never appear.", {"js": rule.js})
    yield Text("Each number is moved on its own: parts do not always add up to their total.")
    yield Text(
        "At most {releases} releases that share a party cover the same period, whatever they are called.",
        {"releases": RELEASES_OF_A_PERIOD},
    )
    yield from _attacked()
    yield from _trust(rule)


def _dp(rule: ReleaseRule) -> Iterator[Text]:
    yield Text(
        "Chance is added to every number, so that no release tells whether any one person is in the "
        "registers: with or without that person, whatever comes out is at most {times} times as likely "
        "(ε = {epsilon}).",
        {"times": _times(rule.epsilon), "epsilon": decimal_of(rule, "epsilon")},
    )
    yield Text(
        "For all releases together that share a party and a period with this one, whatever their name, it "
        "is at most {times} times (ε = {epsilon}). The matcher's ledger keeps the account, and takes from it "
        "before anything is released. When it is used up, nothing more is released.",
        {"times": _times(rule.family_epsilon), "epsilon": decimal_of(rule, "family_epsilon")},
    )
    if rule.delta:
        yield Text(
            "The bound may fail with a probability of at most {delta} in this round, {family} in all.",
            {"delta": decimal_of(rule, "delta"), "family": decimal_of(rule, "family_delta")},
        )
    yield Text(
        "This is proved, and holds against everybody: parties that work together, and one that adds or "
        "leaves out rows. Each figure is shown with the interval that holds the counted one 95 times of 100."
    )


def _attacked() -> Iterator[Text]:
    yield Text(
        "Before the matcher signs a release, it attacks it: as an outsider, as each party, as all but one "
        "together, with all earlier releases at hand. If an attack succeeds there is no release, and the "
        "parties are not told why."
    )


def _trust(rule: ReleaseRule) -> Iterator[Text]:
    yield Text(
        "All this rests on what no calculation can show, as agreed: “{trust}”. A party that adds or leaves "
        "out rows, to find out about one person, could succeed; against that, the method dp alone protects.",
        {"trust": rule.trust},
    )


def decimal_of(rule: ReleaseRule, key: str) -> Text | str:
    """A decimal number of the agreement, with the decimal sign of the reader's language."""
    whole, _, rest = str(rule.parameters[key]).partition(".")
    return Text("{whole}.{tenths}", {"whole": whole, "tenths": rest}) if rest else whole


def _times(epsilon: Fraction) -> Text | int | str:
    """How much likelier a bound lets something be; rounded up, as it is a promise."""
    times = math.exp(epsilon)
    if times >= _MANY:
        return Text("more than a million")
    return (
        decimal(math.ceil(times * 10) / 10) if times < 10 else f"{math.ceil(times):,}".replace(",", "\u202f")
    )


_HEADINGS = {
    "exact": Text("Release: exact figures"),
    "suppress": Text("Release: small figures are withheld"),
    "cellkey": Text("Release: every figure is moved a little"),
    "dp": Text("Release: figures with chance added, and a proven bound"),
}
_WORDS = {"exact": _exact, "suppress": _suppress, "cellkey": _cellkey, "dp": _dp}
