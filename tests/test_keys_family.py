"""The family key: known answers, a second way to the same record keys, and nothing of it anywhere else."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import UnknownVersionError
from keys.family import FamilyKey, NoiseKey
from keys.identity import DamagedKeyError
from keys.names import BadNameError
from tests.plain_aes import record_key

VALUE = bytes(range(32))
KEY = FamilyKey(VALUE, "example")
KNOWN = {  # seeds of docs/token.md → record keys
    "c99797e50394478113a62abe3569919d": "11931dcb",
    "d59f8fd90e2de7d1db8e779268d25e91": "4cdbb354",
    "9f94bacb05a0ccc4ab2acd4d50fa4c68": "9e8be827",
    "4b1fedad71fc5c59182e488c82afefc4": "d8be2118",
}
CHECK = "83de6fa6bdcb76a2"
NOISE_KEY = KEY.noise_key()


def rows(*seeds: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(b"".join(seeds), np.uint8).reshape(-1, 16)


def test_known_answers() -> None:
    found = KEY.record_keys(rows(*map(bytes.fromhex, KNOWN)))
    assert [f"{key:08x}" for key in found.tolist()] == list(KNOWN.values())
    assert found.dtype == np.uint32
    assert KEY.check() == CHECK


def test_the_check_value_is_hkdf_of_rfc_5869() -> None:
    salt = hashlib.sha256(b"linkage-family/1\nexample").digest()
    extracted = hmac.digest(salt, VALUE, "sha256")
    assert KEY.check() == hmac.digest(extracted, b"linkage/1/family-check\x01", "sha256")[:8].hex()
    assert FamilyKey(VALUE, "another").check() != CHECK
    assert FamilyKey(bytes(32), "example").check() != CHECK


@given(st.binary(max_size=80))
def test_noise_is_drawn_by_a_key_of_its_own(message: bytes) -> None:
    """HKDF of RFC 5869, then HMAC, by the standard library; other purposes and families draw otherwise."""
    salt = hashlib.sha256(b"linkage-family/1\nexample").digest()
    derived = hmac.digest(hmac.digest(salt, VALUE, "sha256"), b"linkage/1/noise\x01", "sha256")
    drawn = NOISE_KEY.draw(message)
    assert drawn == hmac.digest(derived, message, "sha256")
    assert drawn != hmac.digest(VALUE, message, "sha256")
    for other in (FamilyKey(VALUE, "another"), FamilyKey(bytes(32), "example")):
        assert other.noise_key().draw(message) != drawn


def test_an_noise_key_shows_nothing_and_is_not_copied() -> None:
    salt = hashlib.sha256(b"linkage-family/1\nexample").digest()
    derived = hmac.digest(hmac.digest(salt, VALUE, "sha256"), b"linkage/1/noise\x01", "sha256")
    told = repr([NOISE_KEY, NOISE_KEY.draw]) + str(NOISE_KEY)
    assert "hidden" in told
    assert not any(form in told for form in (derived.hex(), repr(derived), VALUE.hex(), repr(VALUE)))
    with pytest.raises(TypeError, match="holds a secret"):
        copy.copy(NOISE_KEY)
    with pytest.raises(ValueError, match="32 bytes"):
        NoiseKey(bytes(31))


@given(st.binary(min_size=32, max_size=32), st.lists(st.binary(min_size=16, max_size=16), max_size=3))
def test_a_record_key_is_what_plain_python_computes(value: bytes, seeds: list[bytes]) -> None:
    found = FamilyKey(value, "example").record_keys(rows(*seeds))
    assert found.tolist() == [record_key(value, seed) for seed in seeds]


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=40), st.randoms())
def test_a_seed_has_its_record_key_in_any_company(seeds: list[bytes], random: Any) -> None:
    alone = {seed: int(KEY.record_keys(rows(seed))[0]) for seed in seeds}
    shuffled = random.sample(seeds, len(seeds))
    assert KEY.record_keys(rows(*shuffled)).tolist() == [alone[seed] for seed in shuffled]


def test_rows_that_lie_apart_in_memory_are_read_as_they_stand() -> None:
    wide = np.random.default_rng(1).integers(0, 256, (50, 40), dtype=np.uint8)
    apart = wide[::3, 8:24]
    assert KEY.record_keys(apart).tolist() == KEY.record_keys(apart.copy()).tolist()


def test_another_family_has_other_record_keys() -> None:
    seeds = np.random.default_rng(2).integers(0, 256, (1000, 16), dtype=np.uint8)
    other = FamilyKey.generate("example")
    assert np.count_nonzero(KEY.record_keys(seeds) == other.record_keys(seeds)) < 3


@pytest.mark.parametrize("shape", [(3, 15), (16,), (2, 2, 16)])
def test_what_is_no_seed_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        KEY.record_keys(np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match="16 bytes"):
        KEY.record_keys(np.zeros((2, 16), np.uint16).view(np.int16))


def test_what_was_written_is_read() -> None:
    read = FamilyKey.from_bytes(KEY.to_bytes())
    assert (read.family, read.to_bytes(), read.check()) == ("example", KEY.to_bytes(), CHECK)
    made = FamilyKey.generate("malmo-sok")
    assert FamilyKey.from_bytes(made.to_bytes()).check() == made.check()
    assert made.check() != FamilyKey.generate("malmo-sok").check()


@given(st.integers(0, len(KEY.to_bytes()) - 1), st.integers(1, 255))
def test_a_changed_byte_never_gives_another_key(at: int, by: int) -> None:
    data = bytearray(KEY.to_bytes())
    data[at] ^= by
    with pytest.raises((DamagedKeyError, UnknownVersionError)):
        FamilyKey.from_bytes(bytes(data))


def test_another_version_is_named() -> None:
    document = json.loads(KEY.to_bytes()) | {"format": "linkage-family-key/2"}
    with pytest.raises(UnknownVersionError, match="linkage-family-key/2"):
        FamilyKey.from_bytes(json.dumps(document).encode())


def test_a_key_of_another_length_or_name_is_none() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        FamilyKey(bytes(31), "example")
    with pytest.raises(BadNameError):
        FamilyKey(VALUE, "Malmö")


@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda key: f"{[key]!r}"])
def test_it_shows_nothing(show: Callable[[FamilyKey], str]) -> None:
    assert "hidden" in show(KEY)
    assert not any(form in show(KEY) for form in (VALUE.hex(), repr(VALUE), CHECK))


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_neither_pickled_nor_copied(take: Callable[[FamilyKey], object]) -> None:
    with pytest.raises(TypeError, match="holds a secret"):
        take(KEY)


def test_an_error_holds_no_key() -> None:
    data = KEY.to_bytes().replace(b"example", b"exampel")
    with pytest.raises(DamagedKeyError) as caught:
        FamilyKey.from_bytes(data)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert json.loads(KEY.to_bytes())["key"] not in told
