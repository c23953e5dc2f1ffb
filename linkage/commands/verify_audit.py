"""The outsider's attack on releases, for whoever holds them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from linkage.commands import release as releases
from linkage.commands.agreement_files import load_ready
from linkage.errors import ReleaseError, Text
from linkage.release.outsider.attack import Found
from linkage.release.outsider.seen import seen
from linkage.release.outsider.several import look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from linkage.commands.release import VerifyFacts
    from linkage.release.outsider.seen import Number, Seen
    from linkage.release.outsider.several import Changed, Looked, Outside


class NarrowError(ReleaseError):
    """Anybody who reads the releases can work out what they must not tell."""

    hint: ClassVar[str] = "tell the matcher, and do not pass the release on"


class NotKnownError(ReleaseError):
    """The attack did not end, or could not be made whole: that says neither that it passes nor that not."""

    hint: ClassVar[str] = "try again on a faster machine; or ask for less in the next round"


@dataclass(frozen=True)
class AuditFacts:
    """Releases that passed every check, and what somebody outside can work out of their hidden numbers.

    Places are told, here and with --json: whoever reads the release finds them as easily. How narrow a number
    is, or what it could be, is never told.
    """

    verified: tuple[VerifyFacts, ...]
    outside: Outside

    def as_json(self) -> dict[str, object]:
        """The facts, for --json. passed: null where it is not known."""
        return {
            "passed": False if self._narrow else None if self._unknown else True,
            "releases": [{**facts.as_json(), "outsider": self._of(facts)} for facts in self.verified],
            "changes": [_change(change) for change in self.outside.changes],
        }

    def _of(self, facts: VerifyFacts) -> dict[str, object] | None:
        """What was found of one release; None where nothing is attacked."""
        looked = self._looked(facts)
        if looked is None:
            return None
        if looked.result is None:
            return {"known": False}
        found = {kind.value: [*map(looked.seen.place, looked.result.of(kind))] for kind in _TOLD}
        return {
            "known": not looked.result.of(Found.UNKNOWN),
            "hidden": len(looked.result.found),
            "width": looked.seen.release.audit and looked.seen.release.audit.width,
            **found,
        }

    def _looked(self, facts: VerifyFacts) -> Looked | None:
        mine = facts.verified.release
        return next((each for each in self.outside.looked if each.seen.release is mine), None)

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        return [line for facts in self.verified for line in (*facts.lines(), *self._lines(facts))] + [
            line for change in self.outside.changes for line in _of_change(change)
        ]

    def _lines(self, facts: VerifyFacts) -> Iterator[Text]:
        release, looked = facts.verified.release, self._looked(facts)
        name = release.agreement.slug
        if release.exact:
            yield Text("{release}: told exactly as counted: there is nothing to attack", {"release": name})
        if release.drawn:
            epsilon = release.method["epsilon"]
            yield Text(
                "{release}: its promise is an account, not an audit, and it adds up to ε = {epsilon}",
                {"release": name, "epsilon": epsilon},
            )
        if looked is not None:
            yield from _of_attack(name, looked)

    @property
    def _narrow(self) -> int:
        found = sum(len(each.result.of(Found.NARROW)) for each in self.outside.looked if each.result)
        return found + sum(len(change.few) for change in self.outside.changes)

    @property
    def _unknown(self) -> list[str]:
        return [
            each.seen.release.agreement.slug
            for each in self.outside.looked
            if each.result is None or each.result.of(Found.UNKNOWN)
        ]

    def refuse(self) -> None:
        """Raises NarrowError where something could be narrowed, NotKnownError where that is not known."""
        if self._narrow:
            raise NarrowError(
                "{count:# number|# numbers} could be narrowed by anybody who reads this", count=self._narrow
            )
        if self._unknown:
            raise NotKnownError(
                "it is not known what could be worked out of {releases}", releases=", ".join(self._unknown)
            )


_TOLD = (Found.NARROW, Found.UNCLEAR, Found.OPEN, Found.UNKNOWN)


def _of_attack(name: str, looked: Looked) -> Iterator[Text]:
    result, release = looked.result, looked.seen.release
    if result is None:
        yield Text("{release}: the attack did not come to an end: nothing is known", {"release": name})
        return
    yield Text(
        "{release}: {hidden:# hidden number|# hidden numbers} attacked as somebody outside; "
        "{apart} kept apart as promised",
        {"release": name, "hidden": len(result.found), "apart": len(result.of(Found.APART))},
    )
    for number in result.of(Found.NARROW):
        yield Text("could be narrowed: {place}", {"place": _place(looked.seen, number)})
    if several := len(result.of(Found.OPEN)):
        yield Text(
            "{count:# more is|# more are} nearly known and of {threshold} people or more, or of nobody in "
            "one register: not what the method hides",
            {"count": several, "threshold": release.rule.threshold},
        )
    if several := len(result.of(Found.UNCLEAR)):
        yield Text(
            "{count:# more is|# more are} nearly known; whether of few people, nobody outside can tell",
            {"count": several},
        )
    if several := len(result.of(Found.UNKNOWN)):
        yield Text(
            "of {count} more it is not known: people were drawn, as there are too many kinds of them",
            {"count": several},
        )


def _of_change(change: Changed) -> Iterator[Text]:
    values = {
        "first": change.first.release.agreement.slug,
        "second": change.second.release.agreement.slug,
        "shared": change.shared,
        "changed": len(change.changed),
    }
    if change.changed:
        yield Text(
            "{first} and {second}: {changed} of {shared} numbers that both tell are of other people now; "
            "each was attacked by itself",
            values,
        )
    elif change.together:
        yield Text(
            "{first} and {second}: {shared:# number|# numbers} of the same people; attacked together",
            values,
        )
    else:
        yield Text(
            "{first} and {second} cannot both be true of the same people; each was attacked by itself", values
        )
    for number in change.few:
        place = _place(change.first, number)
        yield Text("somebody came or went, and few did: {place}", {"place": place})


def _place(seen: Seen, number: Number) -> str:
    """The table and the labels of a row, as the release has them."""
    table, *labels = seen.place(number).items()
    return ", ".join([table[1], *(f"{name} {label}" for name, label in labels)])


def _change(change: Changed) -> dict[str, object]:
    return {
        "releases": [s.release.agreement.slug for s in (change.first, change.second)],
        "shared": change.shared,
        "changed": len(change.changed),
        "together": change.together,
        "by_few": [change.first.place(number) for number in change.few],
    }


def audit(files: Sequence[Path], agreements: Sequence[Path], matcher: Path | None = None) -> AuditFacts:
    """Check releases of one history, then attack them as somebody outside would.

    agreements: those that the releases should answer, in any order; matcher: as for `verify`. Raises what
    `verify` raises, MeaningError, UnrealReleaseError.
    """
    by_digest = {(load_ready(path).digest or b"").hex(): path for path in agreements}
    verified, several = [], []
    for file in files:
        path = by_digest.get(_digest(file), agreements[0] if agreements else None)
        facts = releases.verify(file, path, matcher)
        verified.append(facts)
        if not facts.verified.release.drawn:
            several.append(seen(facts.verified.release, None if path is None else load_ready(path)))
    return AuditFacts(tuple(verified), look(several))


def _digest(file: Path) -> str:
    """The digest that a release names; empty where it is none, which `verify` says better."""
    try:
        found: Mapping[str, Mapping[str, object]] = json.loads(releases.read(file))
        return str(found["agreement"]["digest"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return ""
