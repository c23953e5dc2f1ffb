"""The agreement: parse, check, digest."""

from linkage.agreement.document import parse

__all__ = ["parse"]
