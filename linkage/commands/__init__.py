"""The edge: one module per role. Paths in, stages called in order, facts out for `cli` to print."""
