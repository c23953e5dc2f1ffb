"""What a new round may have left as it was: told after `next`, for a person to look at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keys.errors import Text
from linkage.measures.model import Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.agreement.model import Agreement


def stale(old: Agreement, new: Agreement) -> tuple[Text, ...]:
    """What in `new`, the round that follows `old`, may still speak of the old one's time."""
    return tuple(_stale(old, new))


def _stale(old: Agreement, new: Agreement) -> Iterator[Text]:
    if new.dimensions.age:
        yield Text("ages are still those on {day}: dimensions.age.on", {"day": new.dimensions.age.on})
    for name, (first, last) in new.window.spans.items():
        yield Text(
            "span {name!r} is now {first} to {last}: does its name still fit?",
            {"name": name, "first": new.window.labels[first], "last": new.window.labels[last]},
        )
    for measure in new.measures:
        if isinstance(measure, Share) and isinstance(measure.of, int):
            yield Text(
                "measure {name}: still divided by {mean} ({source})",
                {"name": measure.name, "mean": measure.of, "source": measure.source},
            )
    for series in new.series:
        if series.places is not None:
            yield Text(
                "series {series}: still {places} places", {"series": series.key, "places": series.places}
            )
    gone = {label[:4] for label in old.window.labels} - {label[:4] for label in new.window.labels}
    for place, words in _texts(new):
        if years := sorted(gone & set(re.findall(r"[0-9]{4}", words))):
            yield Text("{place} still says {years}", {"place": place, "years": ", ".join(years)})


def _texts(agreement: Agreement) -> Iterator[tuple[str, str]]:
    """Texts that a person wrote, each with its place; those that are told otherwise are left out."""
    yield from (("title", agreement.title), ("purpose", agreement.purpose), ("basis", agreement.basis))
    for party in agreement.parties:
        yield from ((f"party.{party.name}.series.{s.name}.title", s.title) for s in party.series)
    yield from ((f"group.{group.name}.title", group.title) for group in agreement.groups)
    yield from ((f"measure.{measure.name}.title", measure.title) for measure in agreement.measures)
    yield from ((f"release.{key}", str(value)) for key, value in agreement.release.parameters.items())
    yield "retention.basis", agreement.retention.basis
