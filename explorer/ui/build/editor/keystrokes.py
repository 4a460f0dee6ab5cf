"""What typing does besides the characters themselves: pairs, Enter, Tab, Backspace."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

from explorer.dockerfile.services import indent, pairs
from explorer.ui.build.editor.codeview import TAB, CodeView
from explorer.ui.build.editor.language import Language
from explorer.ui.build.editor.lines import Lines

_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
_COMMAND = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class Keystrokes:
    """A key handler."""

    def __init__(self, view: CodeView, language: Language, lines: Lines) -> None:
        self._view, self._language, self._lines = view, language, lines

    @property
    def tab_leaves(self) -> bool:
        """Whether Tab goes to the next widget, as it does everywhere else."""
        return self._view.tabChangesFocus()

    def toggle_tab(self) -> None:
        """Let Tab leave the editor, or indent again."""
        self._view.setTabChangesFocus(not self.tab_leaves)

    def handle(self, event: QKeyEvent) -> bool:
        """Deal with a key; see :data:`explorer.ui.build.editor.codeview.KeyHandler`."""
        if self._view.isReadOnly():
            return False
        key, modifiers = event.key(), event.modifiers()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and modifiers in _PLAIN:
            return self._enter()
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._tab(key == Qt.Key.Key_Backtab)
        if key == Qt.Key.Key_Backspace and modifiers == Qt.KeyboardModifier.NoModifier:
            return self._backspace()
        if key == Qt.Key.Key_Home and not modifiers & _COMMAND:
            return self._home(bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        text = event.text()
        alt_gr = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        if len(text) == 1 and (not modifiers & _COMMAND or modifiers & _COMMAND == alt_gr):
            return self._character(text)
        return False

    def _enter(self) -> bool:
        cursor = self._view.textCursor()
        start = cursor.selectionStart()
        had_selection = cursor.hasSelection()
        cursor.removeSelectedText()
        offset = self._view.offset(start)
        excerpt = self._language.excerpt(offset)
        insertion = indent.enter(excerpt.document, offset - excerpt.start)
        if had_selection:
            cursor.joinPreviousEditBlock()
        else:
            cursor.beginEditBlock()
        cursor.insertText(insertion.text)
        cursor.endEditBlock()
        if insertion.caret != len(insertion.text):
            cursor.setPosition(start + insertion.caret)
        self._view.setTextCursor(cursor)
        self._view.ensureCursorVisible()
        return True

    def _tab(self, back: bool) -> bool:
        if self.tab_leaves:
            return False  # Qt's own editor knows how to leave
        if back:
            self._lines.outdent()
        else:
            self._lines.indent()
        return True

    def _home(self, select: bool) -> bool:
        """Home goes to the first character, then to the very beginning."""
        cursor = self._view.textCursor()
        text = cursor.block().text()
        first = len(text) - len(text.lstrip(" \t"))
        column = 0 if cursor.positionInBlock() == first else first
        mode = QTextCursor.MoveMode.KeepAnchor if select else QTextCursor.MoveMode.MoveAnchor
        cursor.setPosition(cursor.block().position() + column, mode)
        self._view.setTextCursor(cursor)
        return True

    def _backspace(self) -> bool:
        cursor = self._view.textCursor()
        if cursor.hasSelection():
            return False
        text, column = cursor.block().text(), cursor.positionInBlock()
        before, after = text[:column], text[column:]
        if before and after and pairs.PAIRS.get(before[-1]) == after[0]:
            cursor.beginEditBlock()
            cursor.deleteChar()
            cursor.deletePreviousChar()
            cursor.endEditBlock()
            return True
        if before and not before.strip(" ") and column % TAB == 0:
            left, keep = QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor
            cursor.movePosition(left, keep, TAB)
            cursor.removeSelectedText()
            return True
        return False

    def _character(self, char: str) -> bool:
        cursor = self._view.textCursor()
        if cursor.hasSelection():
            return char in pairs.PAIRS and self._surround(cursor, char)
        if char not in pairs.PAIRS and char not in pairs.PAIRS.values():
            return False
        offset = self._view.offset(cursor.position())
        excerpt = self._language.excerpt(offset)
        offset -= excerpt.start
        if pairs.types_over(excerpt.document, offset, char):
            cursor.movePosition(QTextCursor.MoveOperation.Right)
            self._view.setTextCursor(cursor)
            return True
        closing = pairs.closing(excerpt.document, offset, char)
        if not closing:
            return False
        cursor.insertText(char + closing)
        cursor.movePosition(QTextCursor.MoveOperation.Left, n=len(closing))
        self._view.setTextCursor(cursor)
        return True

    def _surround(self, cursor: QTextCursor, char: str) -> bool:
        """Put the selection between a pair; what was selected stays selected."""
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        cursor.beginEditBlock()
        cursor.setPosition(end)
        cursor.insertText(pairs.PAIRS[char])
        cursor.setPosition(start)
        cursor.insertText(char)
        cursor.endEditBlock()
        cursor.setPosition(start + 1)
        cursor.setPosition(end + 1, QTextCursor.MoveMode.KeepAnchor)
        self._view.setTextCursor(cursor)
        return True
