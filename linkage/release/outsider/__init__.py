"""The attack of somebody outside, repeated from the bytes of releases: no truth, no atoms, no register.

What the matcher's audit promises of a reader who knows nothing else, anybody who holds the releases can look
at again (docs/release.md, "The outsider's attack").
"""
