"""Terms about what few entries have: extended attributes, capabilities, link targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.analysis.capability import capability_text
from explorer.analysis.query.expression import Context, Cost, clause, quoted
from explorer.analysis.query.glob import Glob
from explorer.analysis.query.rows import Rows
from explorer.analysis.query.strings import Strings
from explorer.filesystem.arrays import is_in
from explorer.filesystem.index import Array
from explorer.filesystem.providers import Providers

_CAPABILITY = b"security.capability"


@dataclass(frozen=True, slots=True)
class Xattr:
    """An extended attribute has a name that a pattern matches."""

    glob: Glob
    shown: str
    cost: Cost = Cost.DETAIL
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which entries have such an attribute."""

        def named(name: bytes, _value: bytes) -> bool:
            return self.glob.matches(name)

        return _with_xattr(rows, named)

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("entry", "has", f"an attribute {quoted(self.shown)}", negated=negated)


@dataclass(frozen=True, slots=True)
class Capability:
    """The file has capabilities, ``name`` among them unless it is empty."""

    name: str
    cost: Cost = Cost.DETAIL
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which files have it."""

        def capable(name: bytes, value: bytes) -> bool:
            return name == _CAPABILITY and self.name in capability_text(value)

        return _with_xattr(rows, capable)

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        thing = f"the capability {quoted(self.name)}" if self.name else "capabilities"
        return clause("file", "has", thing, negated=negated)


def _with_xattr(rows: Rows, chosen: Callable[[bytes, bytes], bool]) -> Array:
    stack = rows.stack
    providers = [
        entry + int(stack.starts[number])
        for number, layer in enumerate(stack.layers)
        if layer is not None
        for entry, xattrs in layer.xattrs.items()
        if any(chosen(name, value) for name, value in xattrs.items())
    ]
    return is_in(stack.inodes(rows.shown()), np.array(providers, np.int64))


@dataclass(frozen=True, slots=True)
class Link:
    """The target of a symlink, or of a hard link in its layer, matches a pattern."""

    glob: Glob
    verb: str
    shown: str
    cost: Cost = Cost.DETAIL
    versions: bool = False

    def test(self, rows: Rows, context: Context) -> Array:
        """Which links lead there."""
        return is_in(rows.shown(), _links(rows.stack, self.glob))

    def describe(self, *, negated: bool = False) -> str:
        """In words."""
        return clause("link target", self.verb, quoted(self.shown), negated=negated)


def _links(stack: Providers, glob: Glob) -> Array:
    found = [np.empty(0, np.int64)]
    for number, layer in enumerate(stack.layers):
        if layer is not None and len(layer.link_entry):
            rows = glob.select(Strings(layer.links, layer.link_at))
            found.append(layer.link_entry[rows] + int(stack.starts[number]))
    return np.concatenate(found)
