"""docs/package.md and docs/token.md say what the program does: checks and errors, sizes, known answers."""

from __future__ import annotations

import hashlib
import inspect
import re

import numpy as np
import pytest

from keys import primitives
from keys.family import FamilyKey
from keys.secret import Secret
from linkage.errors import PackageError
from linkage.package import errors
from linkage.package.describe import people
from linkage.package.header import Header
from linkage.package.layout import Column
from linkage.package.read import STEP, Sealed
from tests.builders import OVERHEAD, header, scene
from tests.needs import ROOT

PACKAGE = (ROOT / "docs" / "package.md").read_text(encoding="utf-8")
TOKEN = (ROOT / "docs" / "token.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| \((\d+)\) \|.*\| (.*) \|$", re.MULTILINE)


def told() -> dict[int, set[str]]:
    """Check → names of its errors, as the page tells."""
    return {int(number): set(re.findall(r"`(\w+Error)`", cell)) for number, cell in ROW.findall(PACKAGE)}


def test_the_checks_are_numbered_in_order() -> None:
    assert [int(number) for number, _ in ROW.findall(PACKAGE)] == list(range(1, 18))


def test_each_check_has_the_errors_that_the_page_names() -> None:
    of_class = {
        name: {int(n) for n in re.findall(r"\((\d+)\)", (inspect.getdoc(error) or "").partition(" T")[0])}
        for name, error in vars(errors).items()
        if inspect.isclass(error) and issubclass(error, PackageError) and error is not PackageError
    }
    del of_class["WriteError"]  # of the sender, before there is a package
    by_class = {name: {number for number, names in told().items() if name in names} for name in of_class}
    assert by_class == of_class


def test_each_check_is_cited_where_it_is_made() -> None:
    files = [ROOT / "linkage" / "intake.py", *(ROOT / "linkage" / "package").glob("*.py")]
    cited = {
        int(number)
        for file in files
        for comment in re.findall(r"#.*", file.read_text(encoding="utf-8"))
        for number in re.findall(r"\((\d+)\)", comment)
    }
    assert cited == set(told())


@pytest.mark.parametrize(
    ("ranges", "steps", "row"),
    [(0, 1, "| 900 | 1 |"), (0, 5, "| 10 000 | 1 |"), (3, 22, "| 400 000 | 8 |")],
)
def test_the_page_says_how_roughly_sizes_tell(ranges: int, steps: int, row: str) -> None:
    facts = header(scene(), "malmo", ranges=ranges, columns=(Column("all of it", 28),))
    low, high = people(Sealed(Header(**facts), b"", steps * STEP + OVERHEAD, (), b""))
    said = f"{row} {low:,} to {high:,} |".replace(",", " ")
    assert said in PACKAGE


def test_the_known_answers_are_the_programs() -> None:
    digest = hashlib.sha256(b"example").digest()
    secret = Secret(bytes(range(32)), "example", scene().matcher.public.fingerprint)
    token_key, seed_key = secret.token_key(digest).hmac_key, secret.seed_key().hmac_key
    for value in (digest.hex(), token_key.decode(), seed_key.decode(), secret.check(digest).hex()):
        assert f"| `{value}` |" in TOKEN
    rows = re.findall(r"^\| `(se:\d{12})` \| `(\w+)` \| `(\w+)` \|$", TOKEN, re.MULTILINE)
    assert len(rows) == 4
    for message, token, seed in rows:
        assert primitives.hmac_sha256(token_key, message.encode())[:16].hex() == token
        assert primitives.hmac_sha256(seed_key, message.encode())[:16].hex() == seed
    made = dict(re.findall(r"^\| `(\w{32})` \| `(\w{8})` \|$", TOKEN, re.MULTILINE))
    assert list(made) == [seed for _, _, seed in rows]
    family_key = FamilyKey(bytes(range(32)), "example")
    keys = family_key.record_keys(np.frombuffer(bytes.fromhex("".join(made)), np.uint8).reshape(-1, 16))
    assert [f"{key:08x}" for key in keys.tolist()] == list(made.values())
    assert f"`{family_key.check()}`" in TOKEN
