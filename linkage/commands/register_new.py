"""The head of a register → a first map, with everything that the program is not sure of said in comments."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from keys.atomic import whole_file
from keys.errors import KeysError
from keys.identity import PublicIdentity
from linkage.commands.agreement_files import load
from linkage.commands.agreement_keys import public_keys
from linkage.commands.identities import read_identity
from linkage.commands.register_new_facts import NewMap
from linkage.commands.secret import own_party
from linkage.errors import FileError, UsageError
from linkage.identifiers import scheme
from linkage.register.draft import Looked, draft
from linkage.register.errors import HeaderError
from linkage.register.guess import TEXT, look
from linkage.register.roles import roles
from linkage.register.sources import Columns, Origin, open_reader

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement, Party, Series
    from linkage.identifiers import Scheme

LOOKED_AT = 100_000  # rows of a file
_PIPE = "-"


class MapExistsError(FileError):
    """There is a map already."""

    hint = "name another file with --out, or add a [[source]] to the map that is there"


class WhichPartyError(UsageError):
    """Nobody knows which party this is."""

    hint = "name it: --party NAME"


def new(
    registers: Sequence[Path],
    *,
    agreement: Path,
    party: str | None,
    identity: Path,
    origin: Origin,
    out: Path,
    ask: Callable[[], str] | None,
) -> NewMap:
    """Look at the head of each register and write a map. Without an agreement it says nothing of series.

    Which party it is, its name tells, or the one NAME.pub here, or the identity. Nothing is replaced.
    Raises MapExistsError, WhichPartyError, RegisterError, FileError, AgreementError, KeysError.
    """
    if out.exists():
        raise MapExistsError("there is a register map already: {path}", path=out)
    agreed = load(agreement) if agreement.exists() else None
    mine = None if agreed is None else _party(agreed, party, identity, ask)
    own = () if mine is None else mine.series
    reads = scheme(agreed.scheme, agreed.pattern) if agreed else scheme("se")
    last = agreed.last_day if agreed else dt.datetime.now(dt.UTC).date()
    looked = tuple(_look(path, out, origin, reads, last, own) for path in registers)
    fed = {s for each in looked for s in (*each.roles.values.values(), each.roles.series)}
    unfed = tuple(series.name for series in own if series.name not in fed)
    taken = max(path.stat().st_mtime for path in registers)
    text = draft(looked, own, dt.datetime.fromtimestamp(taken, dt.UTC).date().isoformat(), unfed)
    try:
        with whole_file(out) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise FileError("cannot be written ({reason}): {path}", reason=error.strerror, path=out) from None
    return NewMap(out, agreement, None if mine is None else mine.name, looked, unfed)


def _party(agreed: Agreement, name: str | None, identity: Path, ask: Callable[[], str] | None) -> Party:
    """The party that this is."""
    parties = {party.name: party for party in agreed.parties}
    if name is not None and name not in parties:
        raise WhichPartyError(
            "no party {name!r} in the agreement: {parties}", name=name, parties=", ".join(parties)
        )
    if name is not None:
        return parties[name]
    here = {
        key.name: fingerprint
        for fingerprint, key in public_keys(identity.parent).items()
        if isinstance(key, PublicIdentity)
    }
    found = [
        party
        for party in agreed.parties
        if party.identity in here.values() or (party.identity is None and party.name in here)
    ]
    if len(found) == 1:
        return found[0]
    if not identity.exists():
        raise WhichPartyError("which party is this: {parties}", parties=", ".join(parties))
    me = read_identity(identity, ask)
    drafted = {party.name: party for party in agreed.parties if party.identity is None}
    try:
        return drafted.get(me.name) or parties[own_party(agreed, me)]
    except KeysError:
        raise WhichPartyError("which party is this: {parties}", parties=", ".join(parties)) from None


def _look(
    path: Path, out: Path, origin: Origin, reads: Scheme, last: dt.date, own: Sequence[Series]
) -> Looked:
    """Look at the first rows of a register."""
    if str(path) == _PIPE:
        raise UsageError(
            "a first map needs a file, not the standard input",
            hint="save the register in a file, and name it",
        )
    reader = open_reader(str(path), Path(), origin)
    names = [name for name in reader.head.names if name]
    if reads.name != TEXT and any(
        reads.read(pa.array(names, pa.string()), last).kind != len(reads.kinds) - 1
    ):
        raise HeaderError("the first line names no columns: {file}", file=path)
    parts: dict[str, list[pa.StringArray]] = {name: [] for name in names}
    rows, whole = 0, True
    for batch in reader.batches(Columns(tuple(names)), lambda _: None):
        for name in names:
            parts[name].append(batch.texts[name][: LOOKED_AT - rows])
        rows = min(rows + len(batch), LOOKED_AT)
        if rows == LOOKED_AT:
            whole = False
            break
    units = ("kr", *(series.value.unit for series in own if series.value))
    columns = tuple(
        look(name, pa.concat_arrays([part.cast(pa.string()) for part in parts[name]]), reads, last, units)
        for name in names
    )
    return Looked(_named(path, out), reader.head, rows, whole, columns, roles(columns, own))


def _named(path: Path, out: Path) -> str:
    """The file as the map names it: beside the map where it can be, with slashes that TOML understands."""
    try:
        return Path(os.path.relpath(path.resolve(), out.resolve().parent)).as_posix()
    except ValueError:  # another drive of Windows
        return path.resolve().as_posix()
