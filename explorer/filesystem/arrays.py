"""What numpy has, but not at this speed."""

from __future__ import annotations

import numpy as np

from explorer.filesystem.index import Array


def distinct(values: Array) -> Array:
    """The values, rising, each once.

    ``np.unique`` (of numpy 2.4) hashes integers one by one: a million take up to a second, in which
    no other thread runs, not even that of the window. Sorting takes some milliseconds, and lets
    others run. It would also import all of masked arrays first.
    """
    ordered = np.sort(values)
    fresh = np.ones(len(ordered), bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


def is_in(values: Array, wanted: Array) -> Array:
    """Which of the values are among the wanted, as a mask.

    As ``np.isin``, which falls back on ``np.unique`` where the wanted lie far apart.
    """
    among = distinct(wanted)
    if not len(among):
        return np.zeros(len(values), bool)
    places = np.minimum(np.searchsorted(among, values), len(among) - 1)
    found: Array = among[places] == values
    return found
