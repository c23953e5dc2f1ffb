"""Drawn cells made to fit: whole, none negative, and in sum what they were. Of noisy numbers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from linkage.release.methods.dp.layout import Whole


def fitted(drawn: Whole) -> Whole:
    """The whole numbers, none negative, nearest to those drawn and with their sum; of the same shape.

    Zeros where the sum is not positive. All cells are lowered by one amount, those that would fall below
    nobody to nobody; what is lost by rounding goes to the largest fractions.
    """
    total = int(drawn.sum())
    if total <= 0:
        return np.zeros_like(drawn)
    flat = drawn.reshape(-1)
    ordered = np.sort(flat)[::-1]
    above = np.cumsum(ordered) - total  # what the first so many have too much
    many = np.arange(1, len(flat) + 1)
    last = int(np.flatnonzero(ordered * many > above)[-1])
    excess, among = int(above[last]), last + 1  # each of these is lowered by excess / among
    scaled = np.maximum(flat * among - excess, 0)
    found = scaled // among
    left = total - int(found.sum())
    order = np.lexsort((np.arange(len(flat)), -(scaled % among)))
    found[order[:left]] += 1
    return found.reshape(drawn.shape)


def clamped(drawn: Whole, most: Whole) -> Whole:
    """From 0 to the most that there can be."""
    found: Whole = np.clip(drawn, 0, most)
    return found
