"""Every number of a release as a row over atoms, and what its bytes let each be (docs/release.md)."""
