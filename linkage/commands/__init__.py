"""The edge: one module per role, paths and open files in, stages called in order, facts out for `cli` to print."""
