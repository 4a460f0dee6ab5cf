"""The exec form: a JSON array of strings, ``["nginx", "-g", "daemon off;"]``."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from explorer.dockerfile.gotext import NOT_UTF8, SPACE
from explorer.dockerfile.words import Word

_ITEM: Final = re.compile(
    r'[ \t\r\n]*("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")[ \t\r\n]*'
)
_EMPTY: Final = re.compile(r"\[[ \t\r\n]*\][ \t\r\n]*\Z")


class NotStringsError(Exception):
    """A JSON array that holds other things than strings."""


def json_words(text: str, base: int) -> tuple[Word, ...] | None:
    """The strings of an array; ``None`` where the text is no JSON array.

    A word spans its string with the quotes.

    Raises:
        NotStringsError: an array, but not of strings alone.
    """
    start = len(text) - len(text.lstrip(SPACE))
    if not text.startswith("[", start):
        return None
    words = _strings(text, start, base)
    if words is None and _is_array(text[start:]):
        raise NotStringsError
    return words


def _strings(text: str, start: int, base: int) -> tuple[Word, ...] | None:
    if _EMPTY.match(text, start):
        return ()
    words: list[Word] = []
    at = start + 1
    while found := _ITEM.match(text, at):
        value = NOT_UTF8.sub("\ufffd", json.loads(found[1]))
        words.append(Word(value, base + found.start(1), base + found.end(1)))
        at = found.end() + 1
        if not text.startswith(",", at - 1):
            break
    closed = words and text.startswith("]", at - 1) and not text[at:].strip(" \t\r\n")
    return tuple(words) if closed else None


def _is_array(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return False
    return True


def _finite(number: str) -> float:
    value = float(number)
    return _refuse(number) if value in (float("inf"), float("-inf")) else value


def _refuse(constant: str) -> Any:
    """Go's JSON has no ``NaN`` and no ``Infinity``, and no numbers too large for a float."""
    raise ValueError(constant)
