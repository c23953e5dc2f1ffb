"""The agreement: parse, check, digest."""
