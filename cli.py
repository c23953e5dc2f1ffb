"""The program `link`: arguments in, one call, exit code out."""
