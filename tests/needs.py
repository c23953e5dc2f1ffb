"""What a test needs and a fresh machine may lack: skipped there with a clear reason, a failure in CI."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent


def missing(what: str) -> NoReturn:
    """Skip this test because `what` is missing; fail instead where LINKAGE_REQUIRE=all."""
    if os.environ.get("LINKAGE_REQUIRE") == "all":
        pytest.fail(f"LINKAGE_REQUIRE=all, and missing: {what}")
    pytest.skip(f"missing: {what}")


def reference(name: str) -> Path:
    """A file of published reference data, by its path inside the reference folder."""
    folder = Path(os.environ.get("LINKAGE_REFERENCE", ROOT.parent / "shared" / "reference"))
    if not folder.is_dir():
        pytest.skip(f"missing: the folder of published reference data ({folder.name}); set LINKAGE_REFERENCE")
    return folder / name


@pytest.fixture(scope="session")
def opendp() -> None:
    """What method dp draws with: an extra that need not be installed."""
    if importlib.util.find_spec("opendp") is None:
        missing("opendp, which the extra dp installs")
