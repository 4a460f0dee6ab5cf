"""What a program means, apart from where in its file things stand.

Two files whose meanings are equal are built in the same way: the same stages, steps, values,
needs and problems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from explorer.dockerfile.document import Document
from explorer.dockerfile.header import Header
from explorer.dockerfile.heredoc import Heredoc, Marker
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.statement import Fault
from explorer.dockerfile.substitution import Reference
from explorer.dockerfile.words import Flag, Word

_PLACES: Final = (Document, Header, Heredoc, Instruction, Marker, Reference, Span)
_LINES: Final = frozenset({"line", "last_line"})


def meaning(program: Program, read: Callable[[str], str] = str) -> Any:
    """A value that is equal for programs that mean the same; ``read`` is applied to each text."""
    return _without_places(program, read)


def _without_places(value: Any, read: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return read(value)
    if isinstance(value, _PLACES):
        return type(value).__name__
    if isinstance(value, Word):
        return read(value.value)
    if isinstance(value, Flag):
        return read(value.name), read(value.text)
    if isinstance(value, Fault):
        return read(value.message)
    if is_dataclass(value) and not isinstance(value, type):
        names = (each.name for each in fields(value) if each.name not in _LINES)
        return tuple(_without_places(getattr(value, name), read) for name in names)
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    if isinstance(value, tuple | list):
        return [_without_places(item, read) for item in value]
    if isinstance(value, Mapping):
        items = value.items()
        return {_without_places(k, read): _without_places(v, read) for k, v in items}
    return value
