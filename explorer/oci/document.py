"""Reading JSON that may have been written to do harm.

:func:`load` turns bytes into plain values within bounds: size, depth, numbers.
:class:`explorer.oci.fields.Fields` then takes an object apart field by field.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn, TypeAlias

from explorer.errors import DamagedImage, LimitExceeded

MAX_DOCUMENT: Final = 16 * 1024 * 1024
"""The largest JSON document read, in bytes. Registries refuse manifests above 4 MiB."""

MAX_DEPTH: Final = 100
"""The deepest nesting accepted. A real configuration has five levels."""

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
