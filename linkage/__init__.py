"""Count unique people across registers that may not be merged."""

__version__ = "0.1.0"
