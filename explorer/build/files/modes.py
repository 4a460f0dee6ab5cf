"""``--chmod``: octal, or symbolic as chmod(1) has it, with a umask of zero."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from explorer.filesystem.index import Array

Action: TypeAlias = tuple[str, str, str]
"""Who, an operator, and permissions."""

_CLAUSE: Final = re.compile(r"([ugoa]*)((?:[-+=][rwxXstugo]*)+)")
_ACTION: Final = re.compile(r"([-+=])([rwxXstugo]*)")
_OCTAL: Final = re.compile(r"[0-7]+")
_SHIFT: Final = {"u": 6, "g": 3, "o": 0}
_SPECIAL: Final = {"u": 0o4000, "g": 0o2000, "o": 0}
_BITS: Final = {"r": 4, "w": 2, "x": 1}


@dataclass(frozen=True, slots=True)
class ModeChange:
    """What becomes of permissions. ``octal`` is ``None`` for the symbolic form."""

    octal: int | None
    actions: tuple[Action, ...] = ()

    @classmethod
    def parse(cls, text: str) -> ModeChange | None:
        """Read a mode that was found to be valid; ``None`` for an empty or invalid one."""
        if _OCTAL.fullmatch(text):
            return cls(int(text, 8) & 0o7777)
        clauses = text.split(",")
        found = [_CLAUSE.fullmatch(clause) for clause in clauses]
        actions = [
            (clause[1] or "a", operator, permissions)
            for clause in found
            if clause is not None
            for operator, permissions in _ACTION.findall(clause[2])
        ]
        return cls(None, tuple(actions)) if all(found) and actions else None

    @property
    def for_parents(self) -> int:
        """The permissions of directories that are made on the way."""
        return 0o755 if self.octal is None else self.octal & 0o777

    def applied(self, modes: Array, is_dir: Array) -> Array:
        """The permissions of many entries after the change."""
        if self.octal is not None:
            return np.full_like(modes, self.octal)
        modes = modes.astype(np.int64)
        for who, operator, permissions in self.actions:
            modes = _act(modes, is_dir, who, operator, permissions)
        return modes


def _act(modes: Array, is_dir: Array, who: str, operator: str, permissions: str) -> Array:
    classes = "ugo" if "a" in who else who
    bits = np.zeros_like(modes)
    for letter in permissions:
        bits |= _bits(letter, classes, modes, is_dir)
    if operator == "+":
        return modes | bits
    if operator == "-":
        return modes & ~bits
    cleared = sum(7 << _SHIFT[c] | _SPECIAL[c] for c in set(classes))
    return modes & ~np.int64(cleared | (0o1000 if "a" in who else 0)) | bits


def _bits(letter: str, classes: str, modes: Array, is_dir: Array) -> Array:
    """The bits that one letter stands for, an entry each."""
    out = np.zeros_like(modes)
    if letter == "t":
        return out | 0o1000
    for each in set(classes):
        shift = _SHIFT[each]
        if letter == "s":
            out |= _SPECIAL[each]
        elif letter == "X":
            out |= np.where(is_dir | (modes & 0o111 != 0), 1 << shift, 0)
        elif letter in _BITS:
            out |= _BITS[letter] << shift
        else:
            out |= (modes >> _SHIFT[letter] & 7) << shift
    return out
