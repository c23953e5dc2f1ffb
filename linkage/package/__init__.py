"""Packages: rows of people to sealed, signed bytes and back (docs/package.md)."""
