"""Shell patterns on one name: ``*`` anything, ``?`` one character, ``[a-z]``, ``[!a-z]``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from explorer.analysis.query.strings import Strings
from explorer.analysis.query.text import Text
from explorer.filesystem.index import Array


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern for whole names.

    ``pieces`` are what stands between the stars, the first and last at the ends of a name; if
    there is more to it than stars, ``expression`` is the pattern in full and the pieces are only
    texts that a name must hold.
    """

    pieces: tuple[bytes, ...]
    fold: bool
    expression: re.Pattern[str] | None = None

    @classmethod
    def parse(cls, text: Text, *, before: bool = False, after: bool = False) -> Glob:
        """Read a pattern. ``before`` and ``after`` allow anything there, as a star would."""
        items = _items(text)
        if before:
            items.insert(0, "*")
        if after:
            items.append("*")
        if any(isinstance(item, _OneOf) for item in items):
            held = tuple(map(_encoded, _runs(items)))
            return cls(held, text.folds, _expression(items, fold=text.folds))
        return cls(tuple(map(_encoded, _between_stars(items))), text.folds)

    @classmethod
    def containing(cls, text: Text) -> Glob:
        """The pattern of names that hold a text anywhere."""
        return cls((b"", text.raw, b""), text.folds)

    @classmethod
    def exactly(cls, text: Text) -> Glob:
        """The pattern of one name."""
        return cls((text.raw,), text.folds)

    def exact(self) -> Glob:
        """The same where case matters."""
        whole = self.expression
        if whole is not None:
            whole = re.compile(whole.pattern, whole.flags & ~re.IGNORECASE)
        return replace(self, fold=False, expression=whole)

    def select(self, strings: Strings) -> Array:
        """Which strings match, by number, rising."""
        if self.expression is None:
            if len(self.pieces) == 1:
                return strings.equal(self.pieces[0], fold=self.fold)
            return strings.in_order(list(self.pieces), fold=self.fold)
        rows = strings.in_order([b"", *self.pieces, b""], fold=self.fold)
        keep = [_fits(self.expression, strings.string(row)) for row in rows.tolist()]
        chosen: Array = rows[np.array(keep, bool)]
        return chosen

    def matches(self, name: bytes) -> bool:
        """Whether one name matches."""
        data, at = np.frombuffer(name, np.uint8), np.array([0, len(name)], np.uint32)
        return bool(len(self.select(Strings(data, at))))


@dataclass(frozen=True, slots=True)
class _OneOf:
    """One character: any (``?``), or one of a set; ``source`` is a regular expression."""

    source: str


_Item = str | _OneOf
"""A literal character, ``"*"`` for a star (a literal star is ``"\\*"``), or a set."""


def _items(text: Text) -> list[_Item]:
    items: list[_Item] = []
    at = 0
    while at < len(text.chars):
        char = text.chars[at]
        closing = _closing(text, at) if char == "[" and not text.marked(at) else -1
        if text.marked(at) or (char not in "*?[") or (char == "[" and closing < 0):
            items.append("\\*" if char == "*" else char)
        elif char == "*":
            if items[-1:] != ["*"]:
                items.append("*")
        elif char == "?":
            items.append(_OneOf("."))
        else:
            items.append(_OneOf(_set(text.chars[at + 1 : closing])))
            at = closing
        at += 1
    return items


def _closing(text: Text, opening: int) -> int:
    """Where a set ends; -1 if it does not, and the bracket is an ordinary character."""
    start = opening + 1
    if text.chars[start : start + 1] in ("!", "^"):
        start += 1
    return text.chars.find("]", start + 1)  # a "]" that comes first belongs to the set


def _set(inner: str) -> str:
    negated = inner[:1] in ("!", "^")
    members = inner[1:] if negated else inner
    out, at = "", 0
    while at < len(members):
        low, high = members[at], members[at + 2 : at + 3]
        if members[at + 1 : at + 2] == "-" and high:
            if low <= high:  # a range that runs backwards holds nothing
                out += f"{re.escape(low)}-{re.escape(high)}"
            at += 3
        else:
            out += re.escape(low)
            at += 1
    if not out:
        return "." if negated else r"(?!)"
    return f"[{'^' if negated else ''}{out}]"


def _between_stars(items: list[_Item]) -> list[str]:
    pieces = [""]
    for item in items:
        if item == "*":
            pieces.append("")
        else:
            assert isinstance(item, str)
            pieces[-1] += item[-1]
    return pieces


def _runs(items: list[_Item]) -> list[str]:
    """The stretches of literal characters, in order."""
    runs = [""]
    for item in items:
        if isinstance(item, _OneOf) or item == "*":
            runs.append("")
        else:
            runs[-1] += item[-1]
    return [run for run in runs if run]


def _expression(items: list[_Item], *, fold: bool) -> re.Pattern[str]:
    """The whole pattern; every star takes as little as it can and is never asked again.

    So the time a name takes grows with its length only, whatever the pattern.
    """
    groups = [""]
    for item in items:
        if item == "*":
            groups.append("")
        else:
            groups[-1] += item.source if isinstance(item, _OneOf) else re.escape(item[-1])
    if len(groups) == 1:
        source = groups[0]
    else:
        first, *middle, last = groups
        source = first + "".join(f"(?>.*?{group})" for group in middle) + f".*{last}"
    return re.compile(source, re.DOTALL | re.ASCII | (re.IGNORECASE if fold else 0))


def _fits(expression: re.Pattern[str], name: bytes) -> bool:
    return expression.fullmatch(name.decode("utf-8", "surrogateescape")) is not None


def _encoded(text: str) -> bytes:
    return Text(text).raw
