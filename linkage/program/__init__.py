"""The words of the program: one module of click declarations per role. Called by `cli` alone."""
