"""Keys of the editor: while it has the focus they run its commands, and nothing else's."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from explorer.ui.actions import ActionSpec

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_UNSHIFTED = {
    ord(shifted): ord(plain) for shifted, plain in zip('{}|:"<>?+_)', "[]\\;',./=-0", strict=True)
}
_IGNORED = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier


class Keymap:
    """From a key to the id of the command it runs."""

    def __init__(self, specs: Iterable[ActionSpec]) -> None:
        self._ids = {_combined(_first(keys)): spec.id for spec in specs for keys in spec.shortcuts}

    def command(self, event: QKeyEvent) -> str | None:
        """The command of a key, if it has one."""
        key, modifiers = event.key(), event.modifiers()
        found = self._ids.get((key, _value(modifiers)))
        if found is None and modifiers & _SHIFT and _is_symbol(key):
            # "Ctrl+Shift+[" arrives as "Ctrl+Shift+{" here, and elsewhere "/" is typed with Shift.
            found = self._ids.get((_UNSHIFTED.get(key, 0), _value(modifiers)))
            found = found or self._ids.get((key, _value(modifiers & ~_SHIFT)))
        return found


def _is_symbol(key: int) -> bool:
    return key < Qt.Key.Key_Escape and not chr(key).isalnum()


def _combined(combination: QKeyCombination) -> tuple[int, int]:
    return int(combination.key()), _value(combination.keyboardModifiers())


def _value(modifiers: Qt.KeyboardModifier) -> int:
    return int((modifiers & ~_IGNORED).value)


def _first(keys: str) -> QKeyCombination:
    sequence = QKeySequence.fromString(keys)
    return sequence[0]  # type: ignore[index, no-any-return] # the stubs do not know it
