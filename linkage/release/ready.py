"""Whether a release could be made here at all: asked before anything is frozen, opened or paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.release.gate import LaterMethodError
from linkage.release.methods.dp import noise
from linkage.release.reading_method import METHODS_LATER

if TYPE_CHECKING:
    from linkage.agreement.model import ReleaseRule


def check_ready(rule: ReleaseRule) -> None:
    """Raises LaterMethodError for a method that this version lacks, NoSamplerError where dp lacks OpenDP."""
    if rule.method in METHODS_LATER:
        raise LaterMethodError("the release method {method} is not there yet", method=rule.method)
    if rule.method == "dp":
        noise.opendp()
