"""Documents as JSON text: one item of a list on a line, written as it is made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

# Plain ASCII: names in an image may hold what would rewrite a terminal.
_encode = json.JSONEncoder(allow_nan=False).encode


def write(document: dict[str, Any], stream: TextIO) -> None:
    """Write a document; lists of objects, and iterators, with one item on each line."""
    start = "{\n"
    for key, value in document.items():
        stream.write(f"{start}  {_encode(key)}: ")
        start = ",\n"
        if isinstance(value, Iterator) or _is_table(value):
            _write_items(iter(value), stream)
        else:
            stream.write(_encode(value))
    stream.write("\n}\n")


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _write_items(items: Iterator[Any], stream: TextIO) -> None:
    before = "[\n    "
    for item in items:
        stream.write(before + _encode(item))
        before = ",\n    "
    stream.write("\n  ]" if before.startswith(",") else "[]")
