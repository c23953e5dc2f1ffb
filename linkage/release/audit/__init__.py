"""The audit: what a release, as it is about to be published, would let a reader work out.

Whole-number tables that agree with every published number are *worlds*: a reader cannot tell which of them is
true. Where two worlds differ enough in a cell, that cell is safe, whatever any solver says (docs/release.md).
"""
