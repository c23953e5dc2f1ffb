"""Writing packages: what comes back, what is reproducible, what the size tells, what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import struct
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.identity import Identity, RoundKey
from linkage import intake
from linkage.errors import PackageError
from linkage.package.errors import DimensionError, PresenceError, TokenOrderError, WriteError
from linkage.package.rows import Rows
from linkage.package.write import write
from linkage.tokens import order, words
from tests.builders import (
    NOW,
    OVERHEAD,
    STEP,
    SUMMARY,
    Part,
    Scene,
    assemble,
    header,
    in_order,
    plain_part,
    plain_summary,
    random_rows,
    scene,
)
from tests.test_package_rows import same


def taken(here: Scene, data: bytes) -> intake.Package:
    """The package of these bytes, as the matcher takes it."""
    return intake.check(lambda: io.BytesIO(data), here.agreement, here.keys)


def opened(here: Scene, data: bytes) -> list[Rows]:
    """The rows of every range."""
    package = taken(here, data)
    return [package.open_range(i, here.round_key) for i in range(1 << package.ranges)]


def joined(parts: list[Rows]) -> Rows:
    """Rows of several ranges as one."""
    first = parts[0]

    def column(name: str) -> Any:
        return None if getattr(first, name) is None else np.concatenate([getattr(p, name) for p in parts])

    presence = {key: np.concatenate([p.presence[key] for p in parts]) for key in first.presence}
    return Rows(column("tokens"), presence, column("seeds"), column("sex"), column("age"))


@settings(deadline=None, max_examples=60)
@given(
    periods=st.sampled_from([1, 12, 60]),
    sex=st.booleans(),
    age=st.booleans(),
    method=st.sampled_from(["exact", "cellkey"]),
    n=st.integers(0, 120),
    seed=st.integers(0, 2**32),
    most=st.integers(3, 200),
)
def test_what_is_written_comes_back_sorted(
    periods: int, sex: bool, age: bool, method: str, n: int, seed: int, most: int
) -> None:
    here = scene(periods=periods, sex=sex, age=age, method=method)
    layout = here.layout("malmo")
    rows = random_rows(layout, n, seed)
    data, told = here.written("malmo", rows, target=layout.size_of(most))
    parts = opened(here, data)
    assert same(joined(parts), in_order(rows))
    assert max(len(p) for p in parts) <= most
    assert [len(p) for p in parts] == [
        sum(1 for t in rows.tokens if int.from_bytes(t[:8]) * len(parts) >> 64 == i)
        for i in range(len(parts))
    ]
    assert told.ranges == taken(here, data).ranges
    assert told.parts == (1 << told.ranges) + 1
    assert told.bytes == len(data)
    assert told.sha512 == hashlib.sha512(data).hexdigest() == taken(here, data).sha512


def test_the_fewest_ranges_are_taken_that_keep_to_the_target() -> None:
    here = scene()
    layout = here.layout("malmo")
    rows = here.rows("malmo", 1000)
    for most in (1000, 999, 600, 300, 100, 20):
        ranges = here.written("malmo", rows, target=layout.size_of(most))[1].ranges
        sizes = [
            np.bincount(words(rows.tokens)[0] >> np.uint64(64 - r) if r else np.zeros(1000, np.int64)).max()
            for r in range(ranges + 1)
        ]
        assert sizes[-1] <= most
        assert all(size > most for size in sizes[:-1])


def test_the_summary_comes_back() -> None:
    here = scene()
    package = taken(here, here.package("malmo", here.rows("malmo", 10)))
    assert package.summary(here.round_key) == SUMMARY


def test_an_empty_register_makes_a_package_too() -> None:
    here = scene()
    parts = opened(here, here.package("malmo", here.rows("malmo", 0)))
    assert [len(p) for p in parts] == [0]


def test_a_part_in_which_nobody_falls_is_there() -> None:
    here = scene()
    rows = here.rows("malmo", 20)
    rows.tokens[:, 0] |= 0x80  # nobody in the lower half
    parts = opened(here, here.package("malmo", rows, target=here.layout("malmo").size_of(15)))
    assert [len(p) for p in parts[: len(parts) // 2]] == [0] * (len(parts) // 2)
    assert same(joined(parts), in_order(rows))


def _lines(data: bytes) -> tuple[dict[str, Any], int]:
    length = int(struct.unpack_from(">I", data, 18)[0])
    return json.loads(data[22 : 22 + length]), length


def test_ten_people_and_nine_hundred_show_the_same_size() -> None:
    here = scene()
    few, many = (here.package("malmo", here.rows("malmo", n)) for n in (10, 900))
    assert len(few) == len(many) == 22 + _lines(few)[1] + 2 * (4 + STEP + OVERHEAD) + 4 + 4 + 2 * 32 + 64


def test_only_what_must_be_random_is() -> None:
    here = scene()
    layout = here.layout("malmo")
    rows = here.rows("malmo", 300)
    options: dict[str, Any] = {"package_id": bytes(16), "target": layout.size_of(100)}
    facts, plain = set(), set()
    for shuffle in range(4):
        order = np.random.default_rng(shuffle).permutation(300)
        data = here.package("malmo", rows.take(order), **options)
        length = _lines(data)[1]
        facts.add(data[: 22 + length])
        parts = opened(here, data)
        plain.add(b"".join(p.encode(layout) for p in parts))
    assert len(facts) == len(plain) == 1
    assert len(parts) > 2
    another = here.package("malmo", rows, now=NOW + dt.timedelta(days=1))
    once, twice = _lines(data)[0], _lines(another)[0]
    assert {k for k in once if once[k] != twice[k]} == {"id", "created", "sequence", "ranges"}


def test_the_header_says_when_and_for_whom() -> None:
    here = scene()
    facts = _lines(here.package("malmo", here.rows("malmo", 1), package_id=bytes(range(16))))[0]
    assert facts == header(here, "malmo", id=bytes(range(16)).hex())
    assert facts["sequence"] == 1795291200123
    assert facts["created"] == "2026-11-21T20:00:00Z"


def test_the_clock_of_the_export_may_stand_in_any_zone() -> None:
    here = scene()
    east = NOW.astimezone(dt.timezone(dt.timedelta(hours=9)))
    assert (
        _lines(here.package("malmo", here.rows("malmo", 1), now=east))[0]["created"] == "2026-11-21T20:00:00Z"
    )
    with pytest.raises(TypeError):
        here.package("malmo", here.rows("malmo", 1), now=NOW.replace(tzinfo=None))


def test_a_plain_writer_makes_a_package_that_is_taken() -> None:
    here = scene()
    layout = here.layout("af")
    rows = in_order(here.rows("af", 50))
    parts = [Part(1, plain_part(layout, rows)), Part(2, plain_summary(SUMMARY))]
    data = assemble(header(here, "af"), parts, here.parties["af"], here.round_key.public.seal)
    assert same(joined(opened(here, data)), rows)


def test_a_plain_reader_reads_what_was_written() -> None:
    here = scene()
    layout = here.layout("malmo")
    rows = here.rows("malmo", 90)
    data = here.package("malmo", rows, target=layout.size_of(50))
    facts, length = _lines(data)
    head = data[22 : 22 + length]
    at = 22 + length
    plain: list[bytes] = []
    while sealed := struct.unpack_from(">I", data, at)[0]:
        place = len(plain)
        kind = 2 if place == 1 << facts["ranges"] else 1
        info = b"linkage-package/1 part\n" + hashlib.sha256(head).digest() + struct.pack(">IB", place, kind)
        plain.append(here.round_key.unseal(data[at + 4 : at + 4 + sealed], info))
        at += 4 + sealed
    assert struct.unpack_from(">I", data, at + 4)[0] == len(plain) == (1 << facts["ranges"]) + 1
    ascending = in_order(rows)
    start = 0
    for part in plain[:-1]:
        count = struct.unpack_from("<I", part)[0]
        assert part == plain_part(layout, ascending.slice(start, start + count)).ljust(STEP, b"\0")
        start += count
    assert start == 90
    assert plain[-1] == plain_summary(SUMMARY).ljust(STEP, b"\0")


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=30), st.integers(0, 16))
def test_tokens_sort_by_their_bytes(values: list[bytes], shared: int) -> None:
    values = [bytes(shared) + v[shared:] for v in values]
    tokens = np.frombuffer(b"".join(values), np.uint8).reshape(-1, 16)
    assert [tokens[i].tobytes() for i in order(tokens)] == sorted(values)
    high, low = words(tokens)
    assert [(int(a) << 64) + int(b) for a, b in zip(high, low, strict=True)] == [
        int.from_bytes(v) for v in values
    ]


def test_tokens_that_share_their_first_half_are_ordered_by_the_second() -> None:
    here = scene()
    rows = here.rows("malmo", 40)
    rows.tokens[:30, :8] = 7
    assert same(joined(opened(here, here.package("malmo", rows))), in_order(rows))


def _with(**changes: Any) -> Rows:
    rows = scene().rows("malmo", 5)
    for name, value in changes.items():
        (rows.presence[f"malmo.{name}"] if name in ("krami", "lista") else getattr(rows, name))[2] = value
    return rows


def _nowhere() -> Rows:
    rows = scene().rows("malmo", 5)
    for bits in rows.presence.values():
        bits[2] = 0
    return rows


def _twice() -> Rows:
    rows = scene().rows("malmo", 5)
    rows.tokens[2] = rows.tokens[4]
    return rows


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (_twice(), TokenOrderError),
        (_with(sex=3), DimensionError),
        (_with(age=4), DimensionError),
        (_with(krami=1 << 12), PresenceError),
        (_with(lista=1), PresenceError),
        (_nowhere(), PresenceError),
        (scene().rows("af", 5), WriteError),
    ],
)
def test_rows_that_would_be_refused_are_not_written(rows: Rows, error: type[PackageError]) -> None:
    with pytest.raises(error):
        scene().package("malmo", rows)


def test_what_does_not_belong_together_is_not_written() -> None:
    here = scene()
    rows = here.rows("malmo", 5)
    draft = replace(here.agreement, digest=None)
    other_key = RoundKey.generate("matcher", "malmo-sok", 1, here.matcher).public
    faults: dict[str, dict[str, Any]] = {
        "draft": {"agreement": draft},
        "round key": {"round_key": other_key},
        "no party": {"sender": Identity.generate("malmo")},
        "summary is too long": {"summary_json": {"a": "x" * STEP}},
        "check": {"check": bytes(7)},
        "id": {"package_id": b""},
    }
    for words_of_it, options in faults.items():
        with pytest.raises(PackageError, match=words_of_it):
            here.package("malmo", rows, **options)


def test_more_people_than_the_finest_ranges_hold_are_refused() -> None:
    here = scene()
    rows = here.rows("malmo", 5)
    rows.tokens[:, :2] = 7
    with pytest.raises(WriteError, match="too many"):
        here.package("malmo", rows, target=here.layout("malmo").size_of(4))


class Full(io.BytesIO):
    """A disk without space for a second part."""

    def write(self, data: Any, /) -> int:
        if self.tell() > STEP:
            raise OSError(28, "no space left on device")
        return super().write(data)


def test_a_full_disk_fails_the_writing() -> None:
    here = scene()
    with pytest.raises(OSError, match="no space"):
        write(
            Full(),
            agreement=here.agreement,
            rows=here.rows("malmo", 5),
            summary_json=SUMMARY,
            check=here.check,
            sender=here.parties["malmo"],
            round_key=here.round_key.public,
            now=NOW,
        )
