"""Reading JSON that may have been written to do harm.

Two parts: :func:`load` turns bytes into plain values within bounds (size, depth, numbers), and
:class:`Fields` takes an object apart field by field, setting aside what has the wrong type instead
of failing. What was set aside is told in plain sentences, gathered in one list per document.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NoReturn, TypeAlias

from explorer.errors import DamagedImage, LimitExceeded

MAX_DOCUMENT: Final = 16 * 1024 * 1024
"""The largest JSON document read, in bytes. Registries refuse manifests above 4 MiB."""

MAX_DEPTH: Final = 100
"""The deepest nesting accepted. A real configuration has five levels."""

MAX_PROBLEMS: Final = 50
"""How many problems are told one by one; a hostile document could have millions."""

INT64_MAX: Final = 2**63 - 1

JsonObject: TypeAlias = dict[str, Any]

_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def load(data: bytes | bytearray | memoryview, what: str) -> Any:
    """The JSON value in ``data``; ``what`` names the document in messages.

    As the container engines do, the last of several equal keys wins, and bytes that are not UTF-8
    (or unpaired surrogates) become U+FFFD, so every string can be printed and encoded.

    Raises:
        LimitExceeded: it is larger than :data:`MAX_DOCUMENT` or deeper than :data:`MAX_DEPTH`.
        DamagedImage: it is not JSON, or holds a number no engine accepts.
    """
    if len(data) > MAX_DOCUMENT:
        raise LimitExceeded(
            f"The {what} is too large",
            why=f"it has {len(data)} bytes, and at most {MAX_DOCUMENT} are read",
            hint="A genuine one is a few kilobytes: fetch the image again",
        )
    text = bytes(data).decode("utf-8-sig", "replace")
    if not text.strip():
        raise _damaged(what, "it is empty")
    try:
        value = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, parse_int=_integer
        )
    except RecursionError:
        raise _too_deep(what) from None
    except ValueError as error:
        raise _damaged(what, _reason(error)) from error
    # Most documents need no second look: shallow by count of brackets, and no escaped surrogate.
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(value, what)
    if "\\ud" in text or "\\uD" in text:
        value = _printable(value)
    return value


def load_object(data: bytes | bytearray | memoryview, what: str) -> JsonObject:
    """The JSON object in ``data``; raises as :func:`load`, and for any other kind of value."""
    value = load(data, what)
    if not isinstance(value, dict):
        raise _damaged(what, f"it is {kind(value)} where an object was expected")
    return value


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON, keys in the order given: the bytes a digest is taken of."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def kind(value: object) -> str:
    """The JSON type of a value, with its article, for messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"


class Fields:
    """One JSON object, read field by field; wrong types count as absent and are noted.

    ``where`` is the path of the object inside its document (empty for the top), and ``problems``
    the list that all objects of one document share.
    """

    __slots__ = ("problems", "raw", "where")

    def __init__(self, raw: JsonObject, where: str = "", problems: list[str] | None = None) -> None:
        self.raw = raw
        self.where = where
        self.problems: list[str] = [] if problems is None else problems

    def note(self, problem: str) -> None:
        """Tell a problem, unless too many have been told already."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == MAX_PROBLEMS:
            self.problems.append("further problems are not listed")

    def path(self, key: str | int) -> str:
        """The path of a field inside the document, such as ``config.Env[3]``."""
        if isinstance(key, int):
            return f"{self.where}[{key}]"
        return f"{self.where}.{key}" if self.where else key

    def text(self, key: str) -> str:
        """A string, or ``""`` where there is none."""
        value = self._typed(key, str, "a string")
        return value if isinstance(value, str) else ""

    def boolean(self, key: str) -> bool:
        """A boolean, or ``False`` where there is none."""
        value = self._typed(key, bool, "a boolean")
        return value is True

    def integer(self, key: str) -> int | None:
        """A whole number that fits 64 bits, or ``None``."""
        value = self.raw.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong(key, value, "a whole number")
            return None
        if abs(value) > INT64_MAX:
            self.note(f"{self.path(key)} does not fit 64 bits; ignored")
            return None
        return value

    def child(self, key: str) -> Fields | None:
        """An object, or ``None``."""
        value = self._typed(key, dict, "an object")
        return Fields(value, self.path(key), self.problems) if isinstance(value, dict) else None

    def section(self, key: str) -> Fields:
        """An object; an empty one where there is none."""
        return self.child(key) or Fields({}, self.path(key), self.problems)

    def items(self, key: str) -> list[Any] | None:
        """A list, or ``None``."""
        value = self._typed(key, list, "a list")
        return value if isinstance(value, list) else None

    def objects(self, key: str) -> Iterator[Fields]:
        """The objects of a list; members of another type are noted and left out."""
        inside = self.path(key)
        for index, value in enumerate(self.items(key) or ()):
            if isinstance(value, dict):
                yield Fields(value, f"{inside}[{index}]", self.problems)
            else:
                self.note(f"{inside}[{index}] is {kind(value)}, not an object; ignored")

    def texts(self, key: str) -> tuple[str, ...] | None:
        """The strings of a list, or ``None``; one bad member makes the whole list absent.

        Leaving a member out would silently change the meaning of a command.
        """
        values = self.items(key)
        if values is None:
            return None
        if not all(isinstance(value, str) for value in values):
            self.note(f"{self.path(key)} holds something that is not a string; ignored")
            return None
        return tuple(values)

    def text_map(self, key: str) -> dict[str, str]:
        """A map of strings; members of another type are noted and left out."""
        kept: dict[str, str] = {}
        for name, value in self.section(key).raw.items():
            if isinstance(value, str):
                kept[name] = value
            elif value is None:
                kept[name] = ""  # as Go reads null into a string
            else:
                self.note(f"{self.path(key)}.{name} is {kind(value)}, not a string; ignored")
        return kept

    def names(self, key: str) -> tuple[str, ...]:
        """The keys of a set written as ``{"name": {}}``; a list of strings is taken as well."""
        value = self.raw.get(key)
        if isinstance(value, list):
            return self.texts(key) or ()
        return tuple(self.section(key).raw)

    def _typed(self, key: str, wanted: type, name: str) -> Any:
        value = self.raw.get(key)
        if value is None or isinstance(value, wanted):
            return value
        self._wrong(key, value, name)
        return None

    def _wrong(self, key: str, value: Any, wanted: str) -> None:
        self.note(f"{self.path(key)} is {kind(value)}, not {wanted}; ignored")


def _damaged(what: str, why: str) -> DamagedImage:
    return DamagedImage(
        f"The {what} cannot be read", why=why, hint="Fetch or export the image again"
    )


def _too_deep(what: str) -> LimitExceeded:
    return LimitExceeded(
        f"The {what} is nested too deeply",
        why=f"more than {MAX_DEPTH} levels lie inside one another",
        hint="A genuine one has about five: do not trust this image",
    )


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not valid JSON at line {error.lineno}, column {error.colno} ({error.msg})"
    return str(error)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number in it is out of range")
    return number


def _integer(text: str) -> int:
    # int() takes quadratic time; no field of an image needs more than 20 digits.
    if len(text) > 400:
        raise ValueError("a number in it has too many digits")
    return int(text)


def _check_depth(value: Any, what: str) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise _too_deep(what)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _printable(value: Any) -> Any:
    """A copy in which every unpaired surrogate is U+FFFD. Depth is bounded by the caller."""
    if isinstance(value, str):
        return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {_printable(key): _printable(item) for key, item in value.items()}
    return value
