"""Whether a release could be made here at all: asked before anything is frozen, opened or paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.release.methods.dp import noise

if TYPE_CHECKING:
    from linkage.agreement.model import ReleaseRule


def check_ready(rule: ReleaseRule) -> None:
    """Raises NoSamplerError where the method is dp and OpenDP is not there."""
    if rule.method == "dp":
        noise.opendp()
