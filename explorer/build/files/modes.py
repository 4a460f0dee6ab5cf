"""``--chmod``: octal, or symbolic as BSD's ``setmode(3)`` reads it, with a umask of zero."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.filesystem.index import Array

_CLAUSE: Final = re.compile(r"([ugoa]*)((?:[-+=][rwxXstugo]*)+)")
_ACTION: Final = re.compile(r"([-+=])([rwxXstugo]*)")
_OCTAL: Final = re.compile(r"[0-7]+")
_SETID: Final = 0o6000
_STICKY: Final = 0o1000
_CLASSES: Final = {"u": 0o4700, "g": 0o2070, "o": 0o007, "a": 0o6777}
_LETTERS: Final = {"r": 0o444, "w": 0o222, "x": 0o111, "X": 0o111, "s": _SETID, "t": _STICKY}
_SHIFTS: Final = {"u": 6, "g": 3, "o": 0}


@dataclass(frozen=True, slots=True)
class _Command:
    """``+`` and ``-`` set and clear ``bits``; ``X`` sets them for directories and executables.

    ``u``, ``g`` and ``o`` copy the bits of that class: ``bits`` are those of the classes that they
    are copied to, ``how`` is the operator.
    """

    kind: str
    bits: int
    how: str = ""


@dataclass(frozen=True, slots=True)
class ModeChange:
    """What becomes of permissions. ``octal`` is ``None`` for the symbolic form."""

    octal: int | None
    commands: tuple[_Command, ...] = ()

    @classmethod
    def parse(cls, text: str) -> ModeChange | None:
        """Read a mode that was found to be valid; ``None`` for an empty or invalid one."""
        if _OCTAL.fullmatch(text):
            return cls(int(text, 8) & 0o7777)
        found = [_CLAUSE.fullmatch(clause) for clause in text.split(",")]
        commands = [
            command
            for clause in found
            if clause is not None
            for operator, letters in _ACTION.findall(clause[2])
            for command in _commands(clause[1], operator, letters)
        ]
        return cls(None, tuple(commands)) if all(found) and text else None

    @property
    def for_parents(self) -> int:
        """The permissions of directories that are made on the way."""
        return 0o755 if self.octal is None else self.octal & 0o777

    def applied(self, modes: Array, is_dir: Array) -> Array:
        """The permissions of many entries after the change."""
        if self.octal is not None:
            return np.full_like(modes, self.octal)
        old = modes = modes.astype(np.int64)
        for command in self.commands:
            match command.kind:
                case "+":
                    modes = modes | command.bits
                case "-":
                    modes = modes & ~np.int64(command.bits)
                case "X":
                    modes = np.where(is_dir | (old & 0o111 != 0), modes | command.bits, modes)
                case _:
                    modes = _copied(modes, command)
        return modes


def _copied(modes: Array, command: _Command) -> Array:
    value = modes >> _SHIFTS[command.kind] & 7
    for shift in _SHIFTS.values():
        if command.bits & 0o4 << shift:
            if command.how != "+":
                cleared = value if command.how == "-" else 7
                modes = modes & ~(np.int64(1) * cleared << shift)
            if command.how != "-":
                modes = modes | value << shift
    return modes


def _commands(who: str, operator: str, letters: str) -> Iterator[_Command]:
    """One operator with its permissions. ``=`` clears once, before it sets anything."""
    classes = 0
    for letter in who:
        classes |= _CLASSES[letter]
    for_others = bool(who) and not classes & ~0o007
    perm = executable = 0
    clears = operator == "="
    for letter in letters:
        if letter in _SHIFTS:
            if perm:
                yield from _plain(operator, classes, perm)
            clears, perm = False, 0
            if executable:
                yield _Command("X", executable & (classes or 0o7777))
                executable = 0
            yield _Command(letter, classes or 0o7777, operator)
        elif letter == "X" and operator != "-":
            executable = _LETTERS["X"]
        elif letter in "st" and for_others:
            continue
        else:
            perm |= _LETTERS[letter]
            if letter == "t":
                classes |= _STICKY
    if perm or clears:
        yield from _plain(operator, classes, perm)
    if executable:
        yield _Command("X", executable & (classes or 0o7777))


def _plain(operator: str, classes: int, perm: int) -> Iterator[_Command]:
    if operator == "=":
        yield _Command("-", classes or 0o6777)
        operator = "+"
    yield _Command(operator, perm & (classes or 0o7777))
