"""The matcher's key for a family: from a person's seed to its record key. Derivations: docs/token.md.

The parties never have it: with it and the secret, the noise of any set of people could be computed.
"""

from __future__ import annotations

import hashlib
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from keys import encoding, primitives
from keys.hidden import Hidden
from keys.identity import DamagedKeyError, private_document
from keys.names import BadNameError, check_name

FORMAT = "linkage-family-key/1"
SIZE = primitives.AES256_KEY
NOISE_SIZE = 32
CHECK_SIZE = 8
SEED = primitives.AES_BLOCK

_CHECK_INFO = b"linkage/1/family-check"
_NOISE_INFO = b"linkage/1/noise"

Seeds: TypeAlias = npt.NDArray[np.uint8]
RecordKeys: TypeAlias = npt.NDArray[np.uint32]


class NoiseKey(Hidden):
    """Draws the noise of counts and amounts, the same in all rounds of a family."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        """Value: 32 bytes, else ValueError. Use FamilyKey.noise_key()."""
        if len(value) != NOISE_SIZE:
            raise ValueError("a noise key has 32 bytes")
        self._value = value

    def draw(self, message: bytes) -> bytes:
        """HMAC-SHA256 of the message: 32 bytes, which without the key nobody can tell from chance."""
        return primitives.hmac_sha256(self._value, message)


class FamilyKey(Hidden):
    """32 random bytes of the matcher's for one family. family: the agreement's name."""

    __slots__ = ("_value", "family")

    def __init__(self, value: bytes, family: str) -> None:
        """Value: 32 bytes, else ValueError. Raises BadNameError. Use generate() or from_bytes()."""
        if len(value) != SIZE:
            raise ValueError("a family key has 32 bytes")
        self._value = value
        self.family = check_name(family)

    def __repr__(self) -> str:
        return f"<FamilyKey of {self.family}: hidden>"

    @classmethod
    def generate(cls, family: str) -> FamilyKey:
        """A new key from the system's generator. Raises BadNameError."""
        return cls(primitives.random(SIZE), family)

    def record_keys(self, seeds: Seeds) -> RecordKeys:
        """The record key of each seed: the first four bytes, big-endian, of its AES-256 block.

        seeds: shape (n, 16), else ValueError. Returns shape (n,), same order. Safe to call from threads.
        """
        if seeds.dtype != np.uint8 or seeds.shape != (len(seeds), SEED):
            raise ValueError("seeds are rows of 16 bytes")
        blocks = primitives.aes256_blocks(self._value, np.ascontiguousarray(seeds).data)
        return np.frombuffer(blocks, ">u4")[:: SEED // 4].astype(np.uint32)

    def noise_key(self) -> NoiseKey:
        """The key by which numbers are moved. It says nothing of the family key, nor of record keys."""
        return NoiseKey(self._derive(_NOISE_INFO, NOISE_SIZE))

    def check(self) -> str:
        """16 hex characters by which the key is known again. Says nothing of it; finds mistakes."""
        return self._derive(_CHECK_INFO, CHECK_SIZE).hex()

    def to_bytes(self) -> bytes:
        """The key, for keys.files."""
        return encoding.checked({"format": FORMAT, "family": self.family, "key": encoding.b64(self._value)})

    @classmethod
    def from_bytes(cls, data: bytes) -> FamilyKey:
        """The key that to_bytes() wrote. Raises UnknownVersionError, DamagedKeyError."""
        document = private_document(data, FORMAT)
        try:
            encoding.members(document, {"format", "family", "key"})
            value = encoding.unb64(encoding.string(document, "key"), SIZE)
            return cls(value, encoding.string(document, "family"))
        except (ValueError, BadNameError):
            raise DamagedKeyError("the private key is damaged") from None

    def _derive(self, info: bytes, length: int) -> bytes:
        salt = hashlib.sha256(f"linkage-family/1\n{self.family}".encode()).digest()
        return primitives.hkdf_sha256(self._value, salt, info, length)
