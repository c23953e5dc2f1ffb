"""Ways to protect figures. Each turns true cells into released counts, all measures together."""
