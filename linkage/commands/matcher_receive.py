"""Packages come in: checked without a key that opens, kept sealed, noted. All that are named, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from linkage import intake
from linkage.commands import leftovers
from linkage.commands.matcher_desk import Desk, utc_now
from linkage.commands.store import NotAFileError, open_sent, sha512
from linkage.errors import Error, PackageError, Text, UsageError
from linkage.ledger import Arrival, Received, Refusal, State
from linkage.ledger.errors import OlderError
from linkage.package import read


class RefusedError(PackageError):
    """A package is refused; check is the name of the error that says why."""

    check: str = ""


class TwiceError(PackageError):
    """Two packages of one party were named together."""

    hint: ClassVar[str] = "name one package of each party, the newest"


class NothingNamedError(UsageError):
    """No package was named."""

    hint: ClassVar[str] = "name the packages to receive"


@dataclass(frozen=True)
class ReceivedPackage:
    """One package of the call. already: its very bytes were received before, and nothing was done.

    counting: when the package that counts was received, where a newer one has taken this one's place.
    """

    party: str
    id: str
    sha512: str
    already: bool
    counting: dt.datetime | None = None

    def line(self) -> Text:
        """What was done with it, for a person."""
        if self.counting is not None:
            return Text(
                "this package of {party} was replaced; the one received {at:%Y-%m-%d %H:%M} counts",
                {"party": self.party, "at": self.counting.astimezone()},
            )
        return Text(
            "the package of {party} was here already: nothing changed"
            if self.already
            else "received the package of {party}, sealed as it came",
            {"party": self.party},
        )


@dataclass(frozen=True)
class ReceiveFacts:
    """What was received, and which parties are still missing. notes: what the matcher should look at."""

    round: str
    packages: tuple[ReceivedPackage, ...]
    missing: tuple[str, ...]
    agreement: Path
    store: Path
    state: State = State.OPEN
    notes: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The facts, for --json."""
        return {
            "round": self.round,
            "received": [
                {"party": p.party, "id": p.id, "sha512": p.sha512, "already": p.already}
                for p in self.packages
            ],
            "missing": list(self.missing),
        }

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        lines = [package.line() for package in self.packages]
        if not all(package.already for package in self.packages):
            lines.append(
                Text(
                    "a copy is kept in {folder}; the file that was delivered may be deleted",
                    {"folder": self.store},
                )
            )
        return lines

    def after(self) -> Text:
        """The next step."""
        if self.state is State.RELEASED:
            return Text(
                "nothing: the round {round} is matched, and its release stands", {"round": self.round}
            )
        if self.state in {State.FAILED, State.PURGED}:
            return Text("agree on a new round: linkage agreement next")
        if self.missing:
            return Text("wait for the packages of {parties}", {"parties": ", ".join(self.missing)})
        return Text("linkage match --agreement {agreement}", {"agreement": self.agreement})


def receive(
    packages: Sequence[Path], *, agreement: Path, ledger: str, store: Path, now: dt.datetime | None = None
) -> ReceiveFacts:
    """Check packages and keep them, all or none. A newer one takes the place of its party's older one.

    agreement: its file; the public keys lie beside it. ledger: a database URL. store: the folder of packages.
    Raises RefusedError and others of PackageError; each refused file becomes a line in the ledger.
    """
    if not packages:
        raise NothingNamedError("no package was named")
    desk = Desk.at(agreement, ledger, store, create=True)
    taken = take_in(desk, packages, now or utc_now())
    found = desk.ledger.round(desk.round_id)
    state = State.OPEN if found is None else found.state
    if found is not None and found.released is not None:
        state = State.RELEASED
    return ReceiveFacts(str(desk.round_id), taken, desk.missing(), agreement, store, state, desk.notes())


def take_in(desk: Desk, paths: Sequence[Path], now: dt.datetime) -> tuple[ReceivedPackage, ...]:
    """Receive packages at a desk, all or none."""
    desk.ledger.check_open(desk.terms, new=False)
    checked = _checked(desk, paths, now)
    new = [(path, package) for path, package in checked if not package.repeated]
    try:
        desk.ledger.check_open(desk.terms, new=bool(new))
        _keep(desk, new, now)
    except PackageError as error:
        desk.ledger.refuse(
            desk.round_id,
            [Refusal(now, type(error).__name__, package.sha512, package.party) for _, package in new],
        )
        raise
    _repair(desk, [(path, package) for path, package in checked if package.repeated])
    _tidy(desk)
    counting = desk.counting()
    return tuple(_told(package, counting[package.party]) for _, package in checked)


def _told(package: intake.Package, counting: Received) -> ReceivedPackage:
    newer = None if counting.sha512 == package.sha512 else counting.received
    return ReceivedPackage(package.party, package.id, package.sha512, package.repeated, newer)


def _checked(desk: Desk, paths: Sequence[Path], now: dt.datetime) -> list[tuple[Path, intake.Package]]:
    """Every package named, each past intake. Raises RefusedError where one is not, TwiceError."""
    seen = desk.seen()
    passed: list[tuple[Path, intake.Package]] = []
    refused: list[tuple[Path, PackageError]] = []
    for path in paths:
        try:
            package = intake.check(lambda path=path: open_sent(path), desk.agreement, desk.keys, seen, now)  # type: ignore[misc] # mypy cannot infer a lambda's default
        except PackageError as error:
            refused.append((path, error))
            continue
        for other, earlier in passed:
            if earlier.party == package.party:
                raise TwiceError(
                    "two packages of {party}: {one} and {other}", party=package.party, one=other, other=path
                )
        passed.append((path, package))
        seen.append(intake.Seen(package.party, package.id, package.sequence, package.sha512, package.check))
    if refused:
        lines = [line for path, error in refused if (line := _line(desk, path, error, now)) is not None]
        desk.ledger.refuse(desk.round_id, lines)
        raise _refusal(refused)
    return passed


def _line(desk: Desk, path: Path, error: PackageError, now: dt.datetime) -> Refusal | None:
    """What the ledger keeps of a refused file. None where there was no file: nothing came in."""
    if isinstance(error, NotAFileError):
        return None
    try:
        return Refusal(now, type(error).__name__, sha512(path), _claimed(desk, path))
    except NotAFileError:
        return None


def _claimed(desk: Desk, path: Path) -> str | None:
    """The party that the file says it is from, where it is one: strangers write nothing in the ledger."""
    try:
        with open_sent(path) as stream:
            party = read.read(stream).header.party
    except PackageError:
        return None
    return party if party in {p.name for p in desk.agreement.parties} else None


def _refusal(refused: Sequence[tuple[Path, PackageError]]) -> RefusedError:
    """The first refusal as the error, with its own hint; the others below it."""
    (path, first), *others = refused
    error = RefusedError(
        "{path} is refused: {why}",
        path=path,
        why=first.message,
        details=tuple(
            Text("{path} is refused: {why}", {"path": other, "why": why.message}) for other, why in others
        ),
    )
    error.advice = first.advice
    error.check = type(first).__name__
    return error


def _keep(desk: Desk, new: Sequence[tuple[Path, intake.Package]], now: dt.datetime) -> None:
    """Copy, then note: at no moment does the ledger name a missing file."""
    arrivals = [_arrival(desk, package) for _, package in new]
    _check_names(desk, arrivals)
    try:
        for (path, _), arrival in zip(new, arrivals, strict=True):
            desk.store.keep(path, arrival.file, arrival.sha512)
        desk.ledger.receive(desk.terms, arrivals, now)
    except BaseException:
        _undo(desk, arrivals)
        raise


def _check_names(desk: Desk, arrivals: Sequence[Arrival]) -> None:
    """A party that gives an id twice would have its later package written over its earlier one."""
    taken = {package.file for package in desk.ledger.packages(desk.round_id)}
    for arrival in arrivals:
        if arrival.file in taken:
            raise OlderError("another package of {party} with the same id is here", party=arrival.party)


def _undo(desk: Desk, arrivals: Sequence[Arrival]) -> None:
    """Remove the copies that the ledger does not know: the commit may have succeeded before the error.

    Where the ledger cannot be asked, copies stay, sealed and unknown, until the round is purged.
    """
    try:
        known = {package.file for package in desk.ledger.packages(desk.round_id)}
    except Error:
        return
    for arrival in arrivals:
        if arrival.file not in known:
            desk.store.remove(arrival.file)


def _tidy(desk: Desk) -> None:
    """Remove what was replaced, now or before power was lost, and what lost copies left."""
    for package in desk.ledger.packages(desk.round_id):
        if package.counts:
            leftovers.clear(desk.store.path(package.file))
        else:
            desk.store.remove(package.file)


def _repair(desk: Desk, repeated: Sequence[tuple[Path, intake.Package]]) -> None:
    """The same bytes again: put back what was lost or altered in the store while the round goes on."""
    found = desk.ledger.round(desk.round_id)
    if found is None or found.state not in {State.OPEN, State.FROZEN} or found.purge_begun is not None:
        return
    counting = {here.sha512: here for here in desk.counting().values()}
    for path, package in repeated:
        here = counting.get(package.sha512)
        if here is not None and not desk.store.holds(here.file, here.sha512):
            desk.store.keep(path, here.file, here.sha512)


def _arrival(desk: Desk, package: intake.Package) -> Arrival:
    return Arrival(
        party=package.party,
        id=package.id,
        sequence=package.sequence,
        sha512=package.sha512,
        check=package.check,
        file=desk.store.name(desk.round_id, package.party, package.id),
    )
