"""The method that withholds small numbers, and as many more as it takes that nobody can work them out.

What must be withheld is the matrix's to say (linkage.release.matrix.sensitive). What else is withheld is
found by programs: the cheapest pattern that no reader can break, by attacks that teach rules (`search`).
Whatever is found is attacked as a release is, before anybody gets it (`choose`). See docs/release.md and
docs/decisions/suppression.md.
"""

from linkage.release.methods.suppress.choose import SuppressionError
from linkage.release.methods.suppress.protect import protect

__all__ = ["SuppressionError", "protect"]
