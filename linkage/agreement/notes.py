"""What to know of how a measure counts, which is no mistake: told by `check` as a note, and by `show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.agreement.estimate import known
from linkage.agreement.names import listed
from linkage.measures.model import Flow, Places, Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.model import Agreement
    from linkage.measures.model import Measure


def notes(agreement: Agreement) -> Iterator[Text]:
    """The notes on all measures, each once, with the names of its measures."""
    found: dict[str, tuple[Text, list[str]]] = {}
    for measure in agreement.measures:
        for what in of_measure(measure, agreement):
            found.setdefault(str(what), (what, []))[1].append(measure.name)
    for what, names in found.values():
        yield Text("measure.{name}: {what}", {"name": listed(names), "what": what})


def of_measure(measure: Measure, agreement: Agreement) -> Iterator[Text]:
    """The notes on one measure."""
    if isinstance(measure, Flow):
        departures = known(measure, len(agreement.window)).bit_count()
        if (times := min(measure.every, departures)) > 1:
            yield Text(
                "{every} periods ahead from every period: over time one lasting step counts up to {times} "
                "times",
                {"every": measure.every, "times": times},
            )
    if isinstance(measure, Share) and isinstance(measure.of, Places) and agreement.counting == "any-day":
        yield Text(
            'counting = "any-day": two people who follow each other in a period take two places of it, so '
            'the per cent is rather too high; "last-day" counts the places that are taken at one time'
        )
    if measure.against:
        yield from _cut(measure, agreement)


def _cut(measure: Measure, agreement: Agreement) -> Iterator[Text]:
    """Spans of which only a part is known at the edge of the window, and which are compared all the same."""
    window = agreement.window
    if not all(expression.dated for expression in measure.expressions):
        return  # no span of it has an answer
    for span in window.spans:
        whole = window.span_bits(span)
        bits = known(measure, len(window)) & whole
        words: dict[str, object] = {"span": span, "count": bits.bit_count(), "all": whole.bit_count()}
        if not bits:
            yield Text("{span!r} is compared, and known in none of its periods", words)
        elif bits != whole:
            labels = [label for p, label in enumerate(window.labels) if bits >> p & 1]
            yield Text(
                "{span!r} is compared, and known in {count} of its {all} periods alone, {first} to {last}",
                words | {"first": labels[0], "last": labels[-1]},
            )
