"""Large JSON documents, taken in piece by piece.

The parser of the standard library holds the interpreter until it is done, for a bill of materials
of ten megabytes a quarter of a second; the window would stand still. So the upper levels of a large
document are walked here, and only what lies in them is handed to the parser, one by one.
"""

from __future__ import annotations

import json
import math
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, Final, NoReturn

from explorer.errors import DamagedImage, LimitExceeded
from explorer.oci.document import MAX_DEPTH, MAX_DOCUMENT, load

SMALL: Final = 256 << 10
"""Bytes up to which a document is parsed at once."""
_LEVELS: Final = 4
_BLANK: Final = re.compile(r"[ \t\n\r]*")


def load_large(data: bytes, what: str) -> Any:
    """As :func:`explorer.oci.document.load`, whatever the size; raises the same."""
    if len(data) <= SMALL or len(data) > MAX_DOCUMENT:
        return load(data, what)
    walker = _Walker(data.decode("utf-8-sig", "replace"), what)
    try:
        return walker.whole()
    except RecursionError:
        raise walker.too_deep() from None
    except (ValueError, IndexError) as error:
        raise DamagedImage(
            f"The {what} cannot be read",
            why=f"it is not valid JSON ({error})"[:200],
            hint="Fetch or export the image again",
        ) from error


class _Walker:
    def __init__(self, text: str, what: str) -> None:
        self._text, self._what = text, what
        self._decoder = json.JSONDecoder(
            parse_constant=_no_constant, parse_float=_finite, parse_int=_integer
        )

    def whole(self) -> Any:
        value, end = self._value(0, 0)
        if self._skip(end) != len(self._text):
            raise ValueError("something stands behind the document")
        return value

    def too_deep(self) -> LimitExceeded:
        return LimitExceeded(
            f"The {self._what} is nested too deeply",
            why=f"more than {MAX_DEPTH} levels lie inside one another",
            hint="Do not trust it",
        )

    def _value(self, at: int, level: int) -> tuple[Any, int]:
        at = self._skip(at)
        first = self._text[at : at + 1]
        if level < _LEVELS and first == "{":
            return self._object(at + 1, level + 1)
        if level < _LEVELS and first == "[":
            return self._array(at + 1, level + 1)
        value, end = self._decoder.raw_decode(self._text, at)
        opened = self._text.count("[", at, end) + self._text.count("{", at, end)
        if opened > MAX_DEPTH - _LEVELS or self._text.find("\\ud", at, end) >= 0:
            # Rare enough to be looked at twice: too deep, or letters that cannot be printed.
            value = load(self._text[at:end].encode("utf-8", "replace"), self._what)
        return value, end

    def _object(self, at: int, level: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self._skip(at)
        if self._text[at] == "}":
            return found, at + 1
        while True:
            if self._text[at] != '"':
                raise ValueError(f"a name was expected at character {at}")
            name, at = scanstring(self._text, at + 1, True)
            at = self._skip(at)
            if self._text[at] != ":":
                raise ValueError(f"a colon was expected at character {at}")
            found[name.encode("utf-8", "replace").decode()], at = self._value(at + 1, level)
            at = self._skip(at)
            if self._text[at] == "}":
                return found, at + 1
            at = self._comma(at)

    def _array(self, at: int, level: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self._skip(at)
        if self._text[at] == "]":
            return found, at + 1
        while True:
            value, at = self._value(at, level)
            found.append(value)
            at = self._skip(at)
            if self._text[at] == "]":
                return found, at + 1
            at = self._comma(at)

    def _comma(self, at: int) -> int:
        if self._text[at] != ",":
            raise ValueError(f"a comma was expected at character {at}")
        return self._skip(at + 1)

    def _skip(self, at: int) -> int:
        match = _BLANK.match(self._text, at)
        return match.end() if match is not None else at


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is out of range")
    return number


def _integer(text: str) -> int:
    # int() takes quadratic time.
    if len(text) > 400:
        raise ValueError("a number has too many digits")
    return int(text)
