"""Noise with a proven bound: what anybody can learn of one person from all figures of a round."""

from linkage.release.methods.dp.protect import cost, protect

__all__ = ["cost", "protect"]
