"""Keys of the editor: while it has the focus they run its commands, and nothing else's."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from explorer.ui.actions import ActionSpec

_IGNORED = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier


class Keymap:
    """From a key to the id of the command it runs."""

    def __init__(self, specs: Iterable[ActionSpec]) -> None:
        self._ids = {_combined(_first(keys)): spec.id for spec in specs for keys in spec.shortcuts}

    def command(self, event: QKeyEvent) -> str | None:
        """The command of a key, if it has one."""
        found = self._ids.get(_of(event))
        if found is None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            # Where "/" or "+" are typed with Shift, the key says so twice.
            plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if event.text() and not event.text().isalnum() and event.text().isprintable():
                found = self._ids.get((event.key(), _value(plain)))
        return found


def _of(event: QKeyEvent) -> tuple[int, int]:
    return event.key(), _value(event.modifiers())


def _combined(combination: QKeyCombination) -> tuple[int, int]:
    return int(combination.key()), _value(combination.keyboardModifiers())


def _value(modifiers: Qt.KeyboardModifier) -> int:
    return int((modifiers & ~_IGNORED).value)


def _first(keys: str) -> QKeyCombination:
    sequence = QKeySequence.fromString(keys)
    return sequence[0]  # type: ignore[index, no-any-return] # the stubs do not know it
