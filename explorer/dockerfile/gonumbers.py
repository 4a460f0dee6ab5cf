"""Numbers, truth values and durations as Go reads them."""

from __future__ import annotations

import re
from typing import Final

from explorer.dockerfile.gotext import quote, shorten

_TRUE: Final = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_MAX_DURATION: Final = (1 << 63) - 1
_TERM: Final = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)")
_DIGITS: Final = re.compile(r"[0-9]{1,40}")
_OCTAL: Final = re.compile(r"[0-7]{1,40}")
_SIZE: Final = re.compile(
    r"([0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300}) ?(?:([bkmgtp])(i?b)?)?", re.I
)
_POWERS: Final = "kmgtp"


def parse_bool(text: str) -> bool | None:
    """``strconv.ParseBool``; ``None`` where the text is no truth value."""
    return True if text in _TRUE else False if text in _FALSE else None


def parse_unsigned(text: str, base: int = 10) -> int | None:
    """A number of at most 32 bits without a sign; ``None`` where the text is none."""
    pattern = _OCTAL if base == 8 else _DIGITS
    if not pattern.fullmatch(text):
        return None
    number = int(text, base)
    return number if number < 1 << 32 else None


def parse_duration(text: str) -> int:
    """``time.ParseDuration``: ``1m30s`` in nanoseconds.

    Raises:
        ValueError: it is no duration; the message is Go's.
    """
    shown = quote(shorten(text))
    rest = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    if rest == "0":
        return 0
    if not rest:
        raise ValueError(f"time: invalid duration {shown}")
    total = 0
    while rest:
        found = _TERM.match(rest)
        if found is None or not (found[1] or found[2]) or len(found[1]) > 20:
            raise ValueError(f"time: invalid duration {shown}")
        whole, fraction, unit = found[1] or "0", (found[2] or "")[:18], found[3]
        if unit not in _UNITS:
            problem = f"unknown unit {quote(shorten(unit))}" if unit else "missing unit"
            raise ValueError(f"time: {problem} in duration {shown}")
        total += int(whole) * _UNITS[unit]
        total += int(fraction or "0") * _UNITS[unit] // 10 ** len(fraction)
        rest = rest[found.end() :]
    if total > _MAX_DURATION:
        raise ValueError(f"time: invalid duration {shown}")
    return -total if text.startswith("-") else total


def parse_size(text: str) -> int | None:
    """A size in bytes: ``64m``, ``1.5GiB``, ``100``; ``None`` where the text is none.

    docker/go-units, ``RAMInBytes``: units are powers of 1024, whatever their case.
    """
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    unit = (found[2] or "b").lower()
    if unit == "b":
        return None if found[3] else int(float(found[1]))
    return int(float(found[1]) * 1024 ** (_POWERS.index(unit) + 1))
