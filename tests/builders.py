"""A small round that is ready for tests: agreement, identities, round key, secret, random people."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from keys.identity import PACKAGE, Identity, PublicIdentity, PublicRoundKey, RoundKey
from keys.secret import Secret
from linkage import canonical
from linkage.agreement.model import Agreement, Known, Matcher, Party, ReleaseRule, Retention, Series, Value
from linkage.dimensions import Ages, Band, Dimensions
from linkage.package.layout import Layout
from linkage.package.rows import Rows
from linkage.package.write import Written, write
from linkage.window import Unit, Window, label, ordinal

NOW = dt.datetime(2026, 11, 21, 20, 0, 0, 123000, dt.UTC)
SUMMARY: Mapping[str, Any] = {"rows_read": 12, "refused": {"no end": 1}, "people_counted": 10}
STEP = 1 << 16
OVERHEAD = 1136
AGES = Ages(
    dt.date(2020, 12, 31), (Band("16-29", 16, 29), Band("30-64", 30, 64)), also=(Band("18-29", 18, 29),)
)
TWO_PARTIES: Mapping[str, tuple[str, ...]] = {"malmo": ("krami", "avanti", "lista!"), "af": ("etablering",)}
"""Series of each party; one that ends in "!" is known for the window only, one that ends in "#"
holds amounts of at most MOST."""
MOST = 60_000


def window(periods: int) -> Window:
    """So many months from January 2020."""
    start = ordinal(Unit.MONTH, "2020-01")
    return Window(Unit.MONTH, "2020-01", label(Unit.MONTH, start + periods - 1))


@dataclass(frozen=True)
class Scene:
    """An agreement, and all keys of everybody in it."""

    agreement: Agreement
    parties: Mapping[str, Identity]
    matcher: Identity
    round_key: RoundKey
    secret: Secret

    @property
    def keys(self) -> dict[str, PublicIdentity | PublicRoundKey]:
        people = [*self.parties.values(), self.matcher]
        return {p.public.fingerprint: p.public for p in people} | {
            self.round_key.public.fingerprint: self.round_key.public
        }

    @property
    def check(self) -> bytes:
        assert self.agreement.digest is not None
        return self.secret.check(self.agreement.digest)

    def layout(self, party: str) -> Layout:
        return Layout.of(self.agreement, party)

    def rows(self, party: str, n: int, seed: int = 1) -> Rows:
        return random_rows(self.layout(party), n, seed)

    def package(self, party: str, rows: Rows, **options: Any) -> bytes:
        """The bytes of a package; options replace what `write` is given."""
        return self.written(party, rows, **options)[0]

    def written(self, party: str, rows: Rows, **options: Any) -> tuple[bytes, Written]:
        stream = io.BytesIO()
        given: dict[str, Any] = {
            "agreement": self.agreement,
            "rows": rows,
            "summary_json": SUMMARY,
            "check": self.check,
            "sender": self.parties[party],
            "round_key": self.round_key.public,
            "now": NOW,
        }
        told = write(stream, **(given | options))
        return stream.getvalue(), told


@cache
def scene(
    *,
    periods: int = 12,
    sex: bool = True,
    age: bool = True,
    method: str = "exact",
    name: str = "malmo-sok",
    round_number: int = 1,
    parties: tuple[tuple[str, tuple[str, ...]], ...] = tuple(TWO_PARTIES.items()),
) -> Scene:
    """A ready round. The same arguments give the same scene."""
    identities = {party: Identity.generate(party) for party, _ in parties}
    matcher = Identity.generate("matcher")
    round_key = RoundKey.generate("matcher", name, round_number, matcher)
    agreement = Agreement(
        name=name,
        round=round_number,
        title="Samverkansvolym 2020",
        purpose="count",
        basis="decided",
        window=window(periods),
        counting="any-day",
        scheme="se",
        accept=("personnummer", "samordningsnummer"),
        pattern="",
        dimensions=Dimensions(sex=sex, age=AGES if age else None),
        parties=tuple(_party(party, series, identities[party]) for party, series in parties),
        matcher=Matcher(
            "matcher", "The third party", matcher.public.fingerprint, round_key.public.fingerprint
        ),
        groups=(),
        measures=(),
        release=ReleaseRule(method, {"agreed": "the board, 2020-01-01"}),
        retention=Retention(30, "the archive's decision"),
        digest=hashlib.sha256(f"{name} {round_number} {periods}".encode()).digest(),
        missing=(),
    )
    first = next(iter(identities.values()))
    return Scene(agreement, identities, matcher, round_key, Secret.create(name, first.public.fingerprint))


def _party(name: str, series: Sequence[str], identity: Identity) -> Party:
    return Party(
        name,
        name.title(),
        identity.public.fingerprint,
        tuple(
            Series(
                name,
                s.rstrip("!#"),
                s.title(),
                Known.WINDOW if s.endswith("!") else Known.DATES,
                Value("kr", MOST) if s.endswith("#") else None,
            )
            for s in series
        ),
    )


def random_rows(layout: Layout, n: int, seed: int = 1) -> Rows:
    """n people that a package of this layout accepts, in random order: nobody twice, nobody nowhere."""
    draw = np.random.default_rng(seed)
    full = layout.window.full

    def presence(key: str) -> Any:
        if key in layout.undated:
            return np.where(draw.integers(0, 2, n) == 1, full, 0).astype(layout.bits)
        # sparse: most people are in few series
        bits = draw.integers(0, full, n, dtype=np.uint64, endpoint=True)
        return np.where(draw.integers(0, 3, n) == 0, bits, 0).astype(layout.bits)

    every = {key: presence(key) for key in layout.presence}
    if every:
        first = every[layout.presence[0]]
        first[np.bitwise_or.reduce(list(every.values())) == 0] = full
    periods = len(layout.window)
    amounts = {
        key: draw.integers(0, most, (n, periods), dtype=np.uint32, endpoint=True)
        for key, most in layout.amounts.items()
    }
    for values in () if every else amounts.values():
        values[:, -1] = np.maximum(values[:, -1], 1)
    return Rows(
        tokens=draw.integers(0, 256, (n, 16), dtype=np.uint8),
        presence=every,
        seeds=draw.integers(0, 256, (n, 16), dtype=np.uint8) if layout.seed else None,
        sex=draw.integers(0, 3, n, dtype=np.uint8) if layout.sex else None,
        age=None if layout.ages is None else draw.integers(0, layout.ages + 1, n).astype(np.uint8),
        amounts=amounts,
    )


def in_order(rows: Rows) -> Rows:
    """The rows sorted by token, by Python's own order of bytes."""
    index = sorted(range(len(rows)), key=lambda i: rows.tokens[i].tobytes())
    return rows.take(np.array(index, dtype=np.intp))


def plain_part(layout: Layout, rows: Rows) -> bytes:
    """The plaintext of a part as docs/package.md says it, one value at a time. Not padded."""
    out = [struct.pack("<I", len(rows))]
    for column in layout.columns:
        for i in range(len(rows)):
            match column.name:
                case "token":
                    out.append(rows.tokens[i].tobytes())
                case "seed" if rows.seeds is not None:
                    out.append(rows.seeds[i].tobytes())
                case "sex" if rows.sex is not None:
                    out.append(bytes([rows.sex[i]]))
                case "age" if rows.age is not None:
                    out.append(bytes([rows.age[i]]))
                case name if " " in name:
                    key, period = name.split(" ")
                    amount = int(rows.amounts[key][i, layout.window.labels.index(period)])
                    out.append(amount.to_bytes(4, "little"))
                case key:
                    out.append(int(rows.presence[key][i]).to_bytes(column.width, "little"))
    return b"".join(out)


def plain_summary(facts: Mapping[str, Any] | bytes) -> bytes:
    """The plaintext of the summary part. Not padded."""
    data = facts if isinstance(facts, bytes) else canonical.encode(facts)
    return struct.pack("<I", len(data)) + data


def header(scene: Scene, party: str, /, **changes: Any) -> dict[str, Any]:
    """The facts of a package's header, with changes."""
    agreement = scene.agreement
    made = dt.timedelta(milliseconds=changes.get("sequence", int(NOW.timestamp() * 1000)))
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    try:
        created = f"{epoch + made:%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        created = "9999-12-31T23:59:59Z"
    return {
        "agreement": agreement.name,
        "round": agreement.round,
        "digest": agreement.digest.hex() if agreement.digest else "",
        "party": party,
        "sequence": int(NOW.timestamp() * 1000),
        "sender": scene.parties[party].public.fingerprint,
        "matcher": agreement.matcher.identity,
        "round_key": agreement.matcher.round_key,
        "check": scene.check.hex(),
        "id": "00112233445566778899aabbccddeeff",
        "created": created,
        "columns": scene.layout(party).to_json(),
        "ranges": 0,
        "pairs": 0,
    } | changes


@dataclass(frozen=True)
class Part:
    """A part to be: kind 0 pairs, 1 rows, 2 summary; position: the place it is sealed for, if not its own."""

    kind: int
    plaintext: bytes
    position: int | None = None


def assemble(
    facts: Mapping[str, Any] | bytes,
    parts: Sequence[Part],
    sender: Identity,
    seal: Callable[[bytes, bytes], bytes],
    *,
    size: int = STEP,
) -> bytes:
    """A package, also a wrong one, straight from docs/package.md, apart from the program's own writer."""
    head = facts if isinstance(facts, bytes) else canonical.encode(facts)
    sealed = []
    for position, part in enumerate(parts):
        place = position if part.position is None else part.position
        info = (
            b"linkage-package/1 part\n" + hashlib.sha256(head).digest() + struct.pack(">IB", place, part.kind)
        )
        sealed.append(seal(part.plaintext.ljust(size, b"\0"), info))
    return frame(head, sealed, sender)


def frame(head: bytes, sealed: Sequence[bytes], sender: Identity) -> bytes:
    """Header and sealed parts to a signed file."""
    framed = struct.pack(">I", len(head)) + head
    digests = [hashlib.sha256(s).digest() for s in sealed]
    trailer = struct.pack(">I", len(digests)) + b"".join(digests)
    body = b"".join(struct.pack(">I", len(s)) + s for s in sealed)
    signature = sender.sign(PACKAGE, framed + trailer)
    return b"linkage-package/1\n" + framed + body + bytes(4) + trailer + signature


def with_agreement(scene: Scene, **changes: Any) -> Scene:
    """The same keys under a changed agreement."""
    return replace(scene, agreement=replace(scene.agreement, **changes))
