"""Memory that is free, but that the system does not know of."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


def give_back() -> None:
    """Give memory that was freed back to the system, where the C library keeps it.

    glibc keeps for each thread what that thread freed: after layers were indexed by several, tens
    of megabytes that no other thread can use. Worth some milliseconds after large work; elsewhere
    than with glibc nothing happens.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library
        return None
