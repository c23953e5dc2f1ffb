"""Noise with a proven bound: what anybody can learn of one person from all figures of a round."""

from linkage.release.methods.dp.drawing import cost, protect

__all__ = ["cost", "protect"]
