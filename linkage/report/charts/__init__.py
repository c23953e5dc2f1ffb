"""Charts as specifications, and their drawing as SVG on this machine."""
