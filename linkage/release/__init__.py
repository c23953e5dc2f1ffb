"""The one gate from true figures to answers that may be told, and the file that holds them."""

from linkage.release.document import Release, parse
from linkage.release.gate import PackageFact, control

__all__ = ["PackageFact", "Release", "control", "parse"]
