"""The entries of a table of contents, one at a time: its JSON is never whole in memory as values.

eStargz and zstd:chunked write the same object: ``{"version": 1, "entries": [{...}, ...]}``.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, Final

from explorer.errors import DamagedImage, LimitExceeded

LONGEST: Final = 4 << 20
"""Characters of one entry."""
_WINDOW: Final = 1 << 20
_SPACE: Final = " \t\r\n"
_DECODER: Final = json.JSONDecoder()


def entries_of(table: bytes) -> Iterator[dict[str, Any]]:
    """The objects below ``entries``; raises :class:`DamagedImage` where it is no such table."""
    return _Reader(table).entries()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0
        # What is no UTF-8 stays the bytes that it is: names may be anything.
        self._bytes = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text, self._pos = "", 0

    def entries(self) -> Iterator[dict[str, Any]]:
        found = False
        self._expect("{")
        separator = ","
        while separator == ",":
            if self._peek() == "}":
                break
            key = self._value()
            self._expect(":")
            if key == "entries" and self._peek() == "[":
                found = True
                yield from self._array()
            else:
                self._skip()
            separator = self._next()
        if not found:
            raise damaged("it has no entries")

    def _array(self) -> Iterator[dict[str, Any]]:
        self._expect("[")
        separator = "," if self._peek() != "]" else self._next()
        while separator == ",":
            entry = self._value()
            if not isinstance(entry, dict):
                raise damaged("an entry is no object")
            yield entry
            separator = self._next()
        if separator != "]":
            raise damaged("its list of entries has no end")

    def _skip(self) -> None:
        if self._peek() in "[{":
            raise damaged("it holds more than a list of entries")
        self._value()

    # -- characters ---------------------------------------------------------------------------

    def _value(self) -> Any:
        self._peek()  # what stands between values is no part of them
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._pos)
            except (ValueError, RecursionError):
                if len(self._text) - self._pos > LONGEST:
                    raise LimitExceeded(
                        "A table of contents is malformed",
                        why=f"an entry has more than {LONGEST:,} characters",
                    ) from None
                if not self._more():
                    raise damaged("it is no JSON") from None
                continue
            if end < len(self._text) or not self._more():
                self._pos = end
                return value

    def _peek(self) -> str:
        while True:
            while self._pos < len(self._text):
                char = self._text[self._pos]
                if char not in _SPACE:
                    return char
                self._pos += 1
            if not self._more():
                raise damaged("it ends too early")

    def _next(self) -> str:
        char = self._peek()
        self._pos += 1
        return char

    def _expect(self, char: str) -> None:
        if self._next() != char:
            raise damaged("it is no JSON object")
        self._peek()

    def _more(self) -> bool:
        piece = self._data[self._at : self._at + _WINDOW]
        if not piece:
            return False
        self._at += len(piece)
        self._text = self._text[self._pos :] + self._bytes.decode(piece)
        self._pos = 0
        return True


def damaged(why: str) -> DamagedImage:
    """The error for a table that is not what it should be."""
    return DamagedImage("A table of contents is malformed", why=why)
