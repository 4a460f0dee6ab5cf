"""What keys send to a program, as xterm does."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_Key = Qt.Key
_CURSOR: Final = {
    _Key.Key_Up: "A", _Key.Key_Down: "B", _Key.Key_Right: "C", _Key.Key_Left: "D",
    _Key.Key_Home: "H", _Key.Key_End: "F",
}  # fmt: skip
_TILDE: Final = {
    _Key.Key_Insert: 2, _Key.Key_Delete: 3, _Key.Key_PageUp: 5, _Key.Key_PageDown: 6,
    _Key.Key_F5: 15, _Key.Key_F6: 17, _Key.Key_F7: 18, _Key.Key_F8: 19, _Key.Key_F9: 20,
    _Key.Key_F10: 21, _Key.Key_F12: 24,
}  # fmt: skip
_FUNCTION: Final = {_Key.Key_F2: "Q", _Key.Key_F3: "R", _Key.Key_F4: "S"}
_PLAIN: Final = {
    _Key.Key_Return: b"\r", _Key.Key_Enter: b"\r", _Key.Key_Escape: b"\x1b", _Key.Key_Tab: b"\t",
    _Key.Key_Backspace: b"\x7f", _Key.Key_Backtab: b"\x1b[Z",
}  # fmt: skip
_SHIFT, _ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_OURS: Final = {_Key.Key_F1, _Key.Key_F11}
_TABS: Final = {_Key.Key_Tab, _Key.Key_Backtab, _Key.Key_PageUp, _Key.Key_PageDown}


def is_for_window(event: QKeyEvent) -> bool:
    """Whether a key belongs to the window, so that one can leave a terminal with the keyboard.

    Help, the full screen, tabs, focus by Ctrl and a digit, and everything with Ctrl and Shift.
    """
    key, held = _Key(event.key()), event.modifiers()
    if key in _OURS:
        return True
    if not held & _CONTROL:
        return False
    is_digit = _Key.Key_0 <= key <= _Key.Key_9
    return bool(held & _SHIFT) or bool(held & _ALT) or key in _TABS or is_digit


def bytes_of(event: QKeyEvent, *, application: bool = False) -> bytes:
    """What a key sends; nothing for one that only holds. ``application``: the cursor keys' mode."""
    key, held = _Key(event.key()), event.modifiers()
    number = 1 + bool(held & _SHIFT) + 2 * bool(held & _ALT) + 4 * bool(held & _CONTROL)
    if key in _CURSOR:
        if number > 1:
            return f"\x1b[1;{number}{_CURSOR[key]}".encode()
        return f"\x1b{'O' if application else '['}{_CURSOR[key]}".encode()
    if key in _TILDE:
        return f"\x1b[{_TILDE[key]}{f';{number}' if number > 1 else ''}~".encode()
    if key in _FUNCTION:
        return f"\x1bO{_FUNCTION[key]}".encode()
    before = b"\x1b" if held & _ALT else b""
    if key in _PLAIN:
        return before + _PLAIN[key]
    if held & _CONTROL:
        return before + _with_control(key)
    return before + event.text().encode("utf-8", "ignore") if event.text() else b""


def _with_control(key: Qt.Key) -> bytes:
    if _Key.Key_At <= key <= _Key.Key_Underscore:  # @ A-Z [ \ ] ^ _
        return bytes([key & 0x1F])
    others = {_Key.Key_Space: b"\0", _Key.Key_2: b"\0", _Key.Key_Slash: b"\x1f",
              _Key.Key_Minus: b"\x1f", _Key.Key_Question: b"\x7f"}  # fmt: skip
    return others.get(key, b"")
