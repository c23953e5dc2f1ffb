"""AES-256 of one block in plain Python, from FIPS 197 alone: slow, and a second way to the same bytes."""

from __future__ import annotations

from functools import cache
from itertools import chain

ROUNDS, WORDS = 14, 8


def times(a: int, b: int) -> int:
    """The product in GF(2**8) modulo x**8 + x**4 + x**3 + x + 1 (section 4.2)."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


@cache
def box(byte: int) -> int:
    """S-box (section 5.1.1): the inverse, then the affine transformation."""
    inverse = next((x for x in range(256) if times(byte, x) == 1), 0)
    turned = [(inverse << n | inverse >> 8 - n) & 0xFF for n in range(5)]
    return turned[0] ^ turned[1] ^ turned[2] ^ turned[3] ^ turned[4] ^ 0x63


def schedule(key: bytes) -> list[list[int]]:
    """The round keys as words of four bytes (section 5.2)."""
    words = [list(key[at : at + 4]) for at in range(0, 32, 4)]
    constant = 1
    for n in range(WORDS, 4 * (ROUNDS + 1)):
        last = words[-1]
        if n % WORDS == 0:
            last = [box(byte) for byte in (*last[1:], last[0])]
            last[0] ^= constant
            constant = times(constant, 2)
        elif n % WORDS == 4:
            last = [box(byte) for byte in last]
        words.append([a ^ b for a, b in zip(words[n - WORDS], last, strict=True)])
    return words


def mixed(column: list[int]) -> list[int]:
    """MixColumns of one column (section 5.1.3)."""
    return [
        times(column[n], 2) ^ times(column[(n + 1) % 4], 3) ^ column[(n + 2) % 4] ^ column[(n + 3) % 4]
        for n in range(4)
    ]


def aes256(key: bytes, block: bytes) -> bytes:
    """The cipher (section 5.1)."""
    words = schedule(key)
    state = list(block)
    for step in range(ROUNDS + 1):
        if step:
            state = [box(byte) for byte in state]
            state = [state[(at + 4 * (at % 4)) % 16] for at in range(16)]  # rows shifted
        if 0 < step < ROUNDS:
            state = list(chain.from_iterable(mixed(state[at : at + 4]) for at in range(0, 16, 4)))
        own = chain.from_iterable(words[4 * step : 4 * step + 4])
        state = [a ^ b for a, b in zip(state, own, strict=True)]
    return bytes(state)


def record_key(key: bytes, seed: bytes) -> int:
    """The first four bytes of the seed's block, big-endian (docs/token.md)."""
    return int.from_bytes(aes256(key, seed)[:4], "big")
