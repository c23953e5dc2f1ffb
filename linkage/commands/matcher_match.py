"""The match: packages in, a signed release out, once.

In this order, so that it can be killed anywhere and run again: receive; freeze (ledger); open and count, in
memory; control and sign; keep the signed bytes (ledger); write files. What was not kept was never told, and
what was kept is given back and never made anew.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from keys.identity import RELEASE
from linkage.commands import ledger_head
from linkage.commands.matcher_desk import Desk, utc_now
from linkage.commands.matcher_receive import take_in
from linkage.commands.release import FILE, check_folder, write_all
from linkage.errors import PackageError, Text, UsageError
from linkage.ledger import Received, Released, State
from linkage.match import CoverageError, check_memory, count
from linkage.package.errors import (
    DamagedPartError,
    DimensionError,
    FormatError,
    PartError,
    PartSealError,
    PresenceError,
    SummaryError,
    TokenOrderError,
)
from linkage.release import PackageFact, control
from linkage.release import verify as releases
from linkage.release.ready import check_ready
from linkage.texts import Lang

if TYPE_CHECKING:
    from keys.family import FamilyKey
    from keys.identity import Identity, RoundKey
    from linkage.intake import Package
    from linkage.match import Counted
    from linkage.package.layout import Layout
    from linkage.package.pairs import Pairs
    from linkage.package.rows import Rows
    from linkage.release.audit.verdict import Verdict

Ask = Callable[[], str]
Progress = Callable[[int, int], None]

ENGINES_LATER = ("distributed", "spark")
WRONG_INSIDE = (PartSealError, PartError, TokenOrderError, DimensionError, PresenceError, SummaryError)
"""Checks (11) to (16) of docs/package.md: the bytes that the sender signed are at fault, and no others."""
_TIES: Final = 32
"""Bytes of chance, by which withholding decides between patterns that cost the same."""
_MEMORY = re.compile(r"([1-9][0-9]{0,14})([kmg]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


class EngineError(UsageError):
    """An engine that this version does not have."""

    hint: ClassVar[str] = "leave --engine out, or say local"


class AmountError(UsageError):
    """What was written for --memory is no amount."""

    hint: ClassVar[str] = "write it such as 500M or 2G"


class MissingPackageError(PackageError):
    """A party without a package."""

    hint: ClassVar[str] = "receive the package of every party of the agreement, then match"


class NotCountedError(PackageError):
    """A package was named that is not the one that counts."""

    hint: ClassVar[str] = "the newest export of a party counts: name that one, or none"


class EndedError(PackageError):
    """The round has ended without a release."""

    hint: ClassVar[str] = "what was frozen cannot be changed: agree on a new round (linkage agreement next)"


class OpenedError(PackageError):
    """A package that was well sealed is wrong inside."""

    hint: ClassVar[str] = "what was frozen cannot be changed: agree on a new round (linkage agreement next)"


@dataclass(frozen=True)
class MatchFacts:
    """Where the release lies. already: it was made before, and given back as it was signed.

    notes: what the matcher should look at.
    """

    round: str
    release: Path
    files: tuple[Path, ...]
    tables: int
    already: bool
    agreement: Path
    notes: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The facts, for --json. No count of people."""
        return {
            "round": self.round,
            "release": str(self.release),
            "tables": self.tables,
            "files": [str(file) for file in self.files],
            "already": self.already,
        }

    def lines(self) -> list[Text]:
        """The facts, for a person."""
        return [
            Text(
                "the round {round} was matched before: the same signed release is given back"
                if self.already
                else "the round {round} is matched, and its packages count for nothing else",
                {"round": self.round},
            ),
            Text(
                "{path}: signed, its reports beside it; tables: {tables}",
                {"path": self.release, "tables": self.tables},
            ),
        ]

    def after(self) -> Text:
        """The next step."""
        return Text(
            "linkage verify {release} --agreement {agreement}, then hand the analyst the folder "
            "(release.json.sig is in it), and the agreement with its *.pub files",
            {"release": self.release, "agreement": self.agreement},
        )


class Keys(NamedTuple):
    """What signs, what opens, and what makes record keys where the method asks for them."""

    identity: Identity
    round: RoundKey
    family: FamilyKey | None


def match(
    packages: Sequence[Path],
    *,
    agreement: Path,
    identity: Path,
    round_key: Path,
    family_key: Path = Path("family.key"),
    ledger: str,
    store: Path,
    out: Path,
    memory: str | None = None,
    workers: int = 1,
    engine: str = "local",
    ask: Ask | None = None,
    ask_round: Ask | None = None,
    ask_family: Ask | None = None,
    progress: Progress | None = None,
    languages: Sequence[Lang] = (Lang.SV, Lang.EN),
    now: dt.datetime | None = None,
) -> MatchFacts:
    """Receive what is named, freeze the set, count it in memory, release it; or give the release back.

    packages: none for those received before. family_key: read where the method is cellkey. memory: most of it
    for counting, such as "500M". workers: threads. ask, ask_round, ask_family: for the passphrases of
    identity, round key and family key, called only where files need them.
    Raises PackageError (exit 11) where packages do not make a round; ReleaseError; KeysError; LedgerError.
    """
    budget = _checked_options(engine, memory)
    now = now or utc_now()
    desk = Desk.at(agreement, ledger, store, create=bool(packages))
    named = take_in(desk, packages, now) if packages else ()
    desk.ledger.check_open(desk.terms, new=False)
    _check_counted(desk, [package.sha512 for package in named])
    released = desk.ledger.released(desk.round_id)
    check_folder(out, desk.round_id, released)
    ledger_head.check(desk.store.folder, desk.ledger)
    already, notes = released is not None, desk.notes()
    if released is None:
        _check_going_on(desk)
        check_ready(desk.agreement.release)
        desk.ledger.check_history(desk.round_id, desk.scope, desk.spending(now), desk.unnoted())
        keys = Keys(
            desk.identity(identity, ask),
            desk.round_key(round_key, ask_round),
            desk.family_key(family_key, ask_family),
        )
        options = {"memory": budget, "workers": workers, "progress": progress}
        released, more = _release(desk, keys, now, options)
        notes += more
    ledger_head.write(desk.store.folder, desk.ledger)  # before anybody can have seen the release
    files, tables = write_all(released.release, released.signature, out, languages)
    return MatchFacts(str(desk.round_id), out / FILE, files, tables, already, agreement, notes)


def _checked_options(engine: str, memory: str | None) -> int | None:
    """Bytes of memory. Raises UsageError."""
    if engine in ENGINES_LATER:
        raise EngineError("the engine {engine} is not there yet", engine=engine)
    if engine != "local":
        raise EngineError("no engine {engine}", engine=engine)
    if memory is None:
        return None
    found = _MEMORY.fullmatch(memory.strip())
    if found is None:
        raise AmountError("{memory!r} is no amount of memory", memory=memory)
    return int(found[1]) * _UNITS[found[2].lower()]


def _check_counted(desk: Desk, named: Sequence[str]) -> None:
    """What was named is what will be counted: an older package of a party was not meant to be passed over."""
    counting = {package.sha512 for package in desk.counting().values()}
    for package in desk.ledger.packages(desk.round_id):
        if package.sha512 in named and package.sha512 not in counting:
            raise NotCountedError("a newer package of {party} is here", party=package.party)


def _check_going_on(desk: Desk) -> None:
    """Raises EndedError where the round has ended without a release, MissingPackageError."""
    found = desk.ledger.round(desk.round_id)
    if found is not None and found.state in {State.FAILED, State.PURGED}:
        raise _ended(desk, Text(found.failure or ""))
    if missing := desk.missing():
        raise MissingPackageError(
            "no package of {parties} for the round {round}",
            parties=", ".join(missing),
            round=desk.round_id,
        )


def _ended(desk: Desk, why: Text) -> EndedError:
    return EndedError("the round {round} has ended without a release: {why}", round=desk.round_id, why=why)


def _release(
    desk: Desk, keys: Keys, now: dt.datetime, options: Mapping[str, Any]
) -> tuple[Released, tuple[Text, ...]]:
    """Freeze, open, count, control, sign, keep; and what the matcher alone should know of it.

    Of several at once, the first to keep its release wins.
    """
    parties = [desk.counting()[party.name] for party in desk.agreement.parties]
    sealed = [Opened(desk, package, desk.sealed(package)) for package in parties]
    check_memory(sealed, desk.agreement, memory=options["memory"], workers=options["workers"])
    if keys.family is not None:  # before anything is frozen: another key than the family's is refused
        desk.ledger.note_family(keys.family.family, keys.family.check(), now)
    frozen = desk.ledger.freeze(desk.round_id, [package.sha512 for package in parties], now, desk.scope)
    if frozen.state is not State.FROZEN:
        return _meanwhile(desk), ()
    counted = _counted(desk, sealed, keys, options)
    facts = [PackageFact(p.party, p.id, p.sha512, counted.coverage[p.party]) for p in parties]
    _spend(desk, now)
    made = desk.ledger.releases()
    audits: list[Verdict] = []
    data = control(
        counted.figures,
        desk.agreement,
        facts,
        now,
        desk.history(made),
        atoms=counted.atoms,
        on_audit=audits.append,
        key=os.urandom(_TIES),
        noise=None if keys.family is None else keys.family.noise_key().draw,
    ).to_bytes()
    signature = keys.identity.sign(RELEASE, data)
    releases.check(
        data, signature, keys.identity.public, desk.agreement
    )  # never sign what verify would refuse
    kept = desk.ledger.release(desk.round_id, data, signature, now, audited=len(made))
    return kept, tuple(_notes(counted, audits))


def _notes(counted: Counted, audits: Sequence[Verdict]) -> Iterator[Text]:
    """For the matcher alone: what tells of rows of several packages together."""
    if counted.joined:
        yield Text("people joined who stood under several numbers: {joined}", {"joined": counted.joined})
    for audit in audits:
        yield Text(
            "audited for {views} readers: {cells} numbers of few people or about several registers, "
            "{worlds} worlds, {solves} programs solved",
            {
                "views": len(audit.views),
                "cells": audit.cells,
                "worlds": audit.worlds,
                "solves": audit.solves,
            },
        )


def _spend(desk: Desk, now: dt.datetime) -> None:
    """Take what the release costs before anything of it is drawn: a crash can lose a release, no spending."""
    if (spending := desk.spending(now)) is not None:
        desk.ledger.spend(desk.round_id, spending)
        ledger_head.write(desk.store.folder, desk.ledger)


def _meanwhile(desk: Desk) -> Released:
    """Another program ended the round while this one looked at it: its release, or its failure."""
    _check_going_on(desk)
    released = desk.ledger.released(desk.round_id)
    if released is None:
        raise ValueError("a round that is neither going on nor ended")
    return released


def _counted(desk: Desk, sealed: Sequence[Opened], keys: Keys, options: Mapping[str, Any]) -> Counted:
    """The figures. A package that is wrong inside ends the round; a store that cannot be read does not."""
    try:
        return count(sealed, desk.agreement, keys.round, keys.family, **options)
    except (OpenedError, CoverageError) as error:
        desk.ledger.fail(desk.round_id, str(error), utc_now())
        raise _ended(desk, error.message) from None


@dataclass(frozen=True)
class Opened:
    """A package as the match asks for it: what is wrong inside is told apart from a copy that is at fault."""

    desk: Desk
    received: Received
    package: Package

    @property
    def party(self) -> str:
        """The sender."""
        return self.package.party

    @property
    def layout(self) -> Layout:
        """Its columns."""
        return self.package.layout

    @property
    def size(self) -> int:
        """Bytes of the whole package."""
        return self.package.size

    @property
    def ranges(self) -> int:
        """log2 of the number of token ranges."""
        return self.package.ranges

    @property
    def pairs(self) -> int:
        """Number of parts with pairs."""
        return self.package.pairs

    def open_pairs(self, round_key: RoundKey) -> Pairs:
        """The pairs that the party knows. Raises OpenedError, LostPackageError."""
        with self._told_apart():
            return self.package.open_pairs(round_key)

    def open_range(self, index: int, round_key: RoundKey) -> Rows:
        """The rows of a token range. Raises OpenedError, LostPackageError."""
        with self._told_apart():
            return self.package.open_range(index, round_key)

    def summary(self, round_key: RoundKey) -> Mapping[str, Any]:
        """The party's own counts. Raises OpenedError, LostPackageError."""
        with self._told_apart():
            return self.package.summary(round_key)

    @contextlib.contextmanager
    def _told_apart(self) -> Iterator[None]:
        """(10) fails where the copy is not what was received; (11) to (16) where it is, and is wrong."""
        try:
            yield
        except WRONG_INSIDE as error:
            raise OpenedError(
                "the package of {party} is wrong inside: {why}", party=self.party, why=error.message
            ) from None
        except (DamagedPartError, FormatError):
            raise self.desk.altered(self.received) from None
