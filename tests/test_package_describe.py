"""What a package says of itself without a key, and how roughly its size tells the number of people."""

from __future__ import annotations

import io
import json

import pytest

from linkage.package import errors
from linkage.package.describe import describe, people
from linkage.package.header import Header
from linkage.package.layout import Column
from linkage.package.read import STEP, Sealed
from tests.builders import OVERHEAD, header, scene

HERE = scene()


@pytest.mark.parametrize("n", [0, 1, 10, 900, 2730, 2731, 20_000, 87_381, 87_382, 100_000])
def test_the_true_number_lies_between_what_the_size_tells(n: int) -> None:
    said = describe(io.BytesIO(HERE.package("malmo", HERE.rows("malmo", n))))
    low, high = said["people"]["at_least"], said["people"]["at_most"]
    assert low <= n <= high
    # never finer than the rows of 64 KiB a part
    assert high - low >= (STEP // HERE.layout("malmo").row_bytes - 2) * said["ranges"]


def test_it_says_what_stands_in_the_header() -> None:
    data, told = HERE.written("malmo", HERE.rows("malmo", 10), package_id=bytes(range(16)))
    said = describe(io.BytesIO(data))
    assert said == header(HERE, "malmo", id=bytes(range(16)).hex()) | {
        "format": "linkage-package/1",
        "ranges": 1,
        "sha512": told.sha512,
        "bytes": len(data),
        "parts": 2,
        "part_bytes": STEP + OVERHEAD,
        "people": {"at_least": 0, "at_most": (STEP - 4) // 24},
    }
    assert json.loads(json.dumps(said)) == said


@pytest.mark.parametrize(
    ("plain", "ranges", "low", "high"),
    [
        # 100 bytes a row: 655 rows in 64 KiB, 656 need more
        (1, 0, 0, 655),
        (2, 0, 656, 1310),
        (32, 0, 20_317, 20_971),
        # a mean of 19 479.6 and six times its root, 139.57, make 20 317
        (32, 3, 155_836, 8 * 20_971),
    ],
)
def test_known_sizes(plain: int, ranges: int, low: int, high: int) -> None:
    facts = header(HERE, "malmo", ranges=ranges, columns=(Column("token", 16), Column("x", 84)))
    sealed = Sealed(Header(**facts), b"", plain * STEP + OVERHEAD, (), b"")
    assert people(sealed) == (low, high)


def test_a_damaged_package_is_not_described() -> None:
    data = bytearray(HERE.package("malmo", HERE.rows("malmo", 10)))
    data[-1000] ^= 1
    with pytest.raises(errors.DamagedPartError):
        describe(io.BytesIO(bytes(data)))
    with pytest.raises(errors.FormatError):
        describe(io.BytesIO(b"hello"))
