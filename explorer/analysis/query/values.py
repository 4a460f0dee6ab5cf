"""The values of terms: sizes, numbers, dates, and ranges of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from explorer.analysis.query.lexer import Token
from explorer.analysis.query.problem import fail
from explorer.filesystem.index import Array

_SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)\s?([kKmMgGtT]?)(i?)([bB]?)")
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:[Tt ](\d\d):(\d\d)(?::(\d\d))?(?:[Zz]|\+00:00)?)?"
)
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Span:
    """What one value stands for: from ``low`` up to, not with, ``high``. A day is all it has."""

    low: int
    high: int
    text: str


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from ``low`` up to, not with, ``high``; ``words`` say it: ``more than 1 MB``."""

    low: int
    high: int
    words: str

    def holds(self, column: Array) -> Array:
        """Which numbers of a column lie in it, as a mask."""
        mask = np.ones(len(column), bool)
        if self.low > -_LARGEST:
            mask &= column >= self.low
        if self.high <= _LARGEST:
            mask &= column < self.high
        return mask

    @classmethod
    def parse(cls, token: Token, value: Callable[[str], Span], example: str) -> Range:
        """The range a term means: ``>1M``, ``1M``, ``1M..5M``, ``..5M``.

        ``value`` reads one value and raises ``ValueError`` where it is none.
        """
        text, operator = str(token.value), token.operator.lstrip(":") or "="
        position = token.value_position
        if not text:
            name = token.key
            raise fail(position, f"{name} needs a value, such as {example}", hint=f"Try {example}")
        if operator in ("=", "!=") and ".." in text:
            first, _, last = text.partition("..")
            return cls._between(
                _read(first, value, position, example) if first else None,
                _read(last, value, position, example) if last else None,
                position,
            )
        span = _read(text, value, position, example)
        match operator:
            case ">":
                return cls(span.high, _LARGEST + 1, f"more than {span.text}")
            case ">=":
                return cls(span.low, _LARGEST + 1, f"at least {span.text}")
            case "<":
                return cls(-_LARGEST, span.low, f"less than {span.text}")
            case "<=":
                return cls(-_LARGEST, span.high, f"at most {span.text}")
            case _:
                return cls(span.low, span.high, span.text)

    @classmethod
    def _between(cls, first: Span | None, last: Span | None, position: int) -> Range:
        if first is None and last is None:
            raise fail(position, "a range needs at least one end", 2)
        if first is None:
            assert last is not None
            return cls(-_LARGEST, last.high, f"at most {last.text}")
        if last is None:
            return cls(first.low, _LARGEST + 1, f"at least {first.text}")
        if first.low >= last.high:
            raise fail(position, "the range ends before it begins", 2)
        return cls(first.low, last.high, f"between {first.text} and {last.text}")


def _read(text: str, value: Callable[[str], Span], position: int, example: str) -> Span:
    try:
        return value(text)
    except (ValueError, OverflowError) as error:
        reason = str(error) or f"“{text}” is no value for it, such as {example}"
        raise fail(position, reason, max(len(text), 1), hint=f"Try {example}") from error


def size(text: str) -> Span:
    """A number of bytes: ``512``, ``10k``, ``1.5M`` (thousands), ``1Mi`` (of 1024)."""
    match = _SIZE.fullmatch(text)
    if match is None or (match[3] and not match[2]):
        raise ValueError(f"“{text}” is no size; sizes are written 512, 10k, 1.5M or 1Mi")
    power = " kmgt".index(match[2].lower() or " ")
    exact = Decimal(match[1]) * (1024 if match[3] else 1000) ** power
    number = min(int(exact), _LARGEST)
    unit = match[2].upper() if match[3] or match[2] not in "kK" else match[2].lower()
    shown = f"{match[1]} {unit}{match[3]}B" if unit else f"{match[1]} bytes"
    return Span(number, number + 1, shown)


def number(text: str) -> Span:
    """A whole number."""
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise ValueError(f"“{text}” is no whole number")
    return Span(int(text), int(text) + 1, text)


def moment(text: str) -> Span:
    """A stretch of time in UTC: ``2024``, ``2024-03``, ``2024-03-01``, ``2024-03-01T12:30``."""
    match = _DATE.fullmatch(text)
    if match is None or (match[4] and not match[3]):
        raise ValueError(f"“{text}” is no date; dates are written 2024-03-01 or 2024-03-01T12:30")
    parts = [int(part) if part else None for part in match.groups()]
    year, month, day, hour, minute, second = parts
    try:
        start = datetime(
            year or 0,
            1 if month is None else month,
            1 if day is None else day,
            *(hour or 0, minute or 0, second or 0),
            tzinfo=UTC,
        )
    except ValueError:
        raise ValueError(f"“{text}” is a date that never was") from None
    if second is not None:
        length = timedelta(seconds=1)
    elif minute is not None:
        length = timedelta(minutes=1)
    elif day is not None:
        length = timedelta(days=1)
    elif month is not None:
        length = timedelta(days=_days(start.year, start.month))
    else:
        length = timedelta(days=366 if _days(start.year, 2) == 29 else 365)
    return Span(_nanoseconds(start), _nanoseconds(start, length), text)


def _days(year: int, month: int) -> int:
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) if year < 9999 else None
    return (following - datetime(year, month, 1, tzinfo=UTC)).days if following else 31


def _nanoseconds(when: datetime, more: timedelta = timedelta()) -> int:
    since = when - datetime(1970, 1, 1, tzinfo=UTC) + more
    return max(-_LARGEST, min(since // timedelta(microseconds=1) * 1000, _LARGEST))
