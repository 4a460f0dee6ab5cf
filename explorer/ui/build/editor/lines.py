"""What is done to whole lines: duplicate, move, delete, indent, outdent."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor

from explorer.ui.build.editor.codeview import TAB, CodeView
from explorer.ui.build.editor.units import width

INDENT = " " * TAB


def selected_lines(cursor: QTextCursor) -> tuple[int, int]:
    """First and last line of a selection, from 0; a line of which nothing is selected is out."""
    document = cursor.document()
    first = document.findBlock(cursor.selectionStart())
    last = document.findBlock(cursor.selectionEnd())
    if cursor.hasSelection() and last.position() == cursor.selectionEnd() and last != first:
        last = last.previous()
    return first.blockNumber(), last.blockNumber()


class Lines:
    """Each command is one step to undo."""

    def __init__(self, view: CodeView) -> None:
        self._view = view

    def duplicate(self, *, above: bool = False) -> None:
        """Copy the selected lines below themselves, or above; the copy below is selected."""
        cursor = self._view.textCursor()
        anchor, caret = cursor.anchor(), cursor.position()
        first, last = selected_lines(cursor)
        text = self._text(first, last)
        start = self._start(first)
        edit = QTextCursor(self._view.document())
        edit.setPosition(self._start(last + 1) - 1 if self._exists(last + 1) else self._end())
        edit.insertText(f"\n{text}")
        moved = 0 if above else self._start(last + 1) - start
        self._select(anchor + moved, caret + moved)

    def move(self, step: int) -> None:
        """Exchange the selected lines with the one above (-1) or below (1)."""
        cursor = self._view.textCursor()
        anchor, caret = cursor.anchor(), cursor.position()
        first, last = selected_lines(cursor)
        other = first - 1 if step < 0 else last + 1
        if other < 0 or not self._exists(other):
            return
        low, high = min(first, other), max(last, other)
        text, neighbour = self._text(first, last), self._text(other, other)
        new = f"{text}\n{neighbour}" if step < 0 else f"{neighbour}\n{text}"
        shift = (width(neighbour) + 1) * step
        edit = QTextCursor(self._view.document())
        edit.setPosition(self._start(low))
        edit.setPosition(self._line_end(high), QTextCursor.MoveMode.KeepAnchor)
        edit.insertText(new)
        self._select(anchor + shift, caret + shift)

    def delete(self) -> None:
        """Delete the selected lines."""
        cursor = self._view.textCursor()
        first, last = selected_lines(cursor)
        column = cursor.positionInBlock()
        start, end = self._start(first), self._line_end(last)
        if self._exists(last + 1):
            end += 1
        elif first:
            start -= 1
        edit = QTextCursor(self._view.document())
        edit.setPosition(start)
        edit.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        edit.removeSelectedText()
        block = self._view.document().findBlockByNumber(min(first, self._view.blockCount() - 1))
        edit.setPosition(block.position() + min(column, block.length() - 1))
        self._view.setTextCursor(edit)

    def indent(self, *, whole: bool = False) -> None:
        """Indent the selected lines; without a selection, go to the next tab stop.

        With ``whole`` the line of the caret is indented even so.
        """
        cursor = self._view.textCursor()
        first, last = selected_lines(cursor)
        if not cursor.hasSelection() and not whole:
            column = cursor.positionInBlock()
            cursor.insertText(" " * (TAB - column % TAB))
            return
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            block = self._view.document().findBlockByNumber(number)
            if block.length() > 1:
                edit = QTextCursor(block)
                edit.insertText(INDENT)
        cursor.endEditBlock()

    def outdent(self) -> None:
        """Take a step of indentation away from the selected lines."""
        cursor = self._view.textCursor()
        first, last = selected_lines(cursor)
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            block = self._view.document().findBlockByNumber(number)
            text = block.text()
            blank = len(text) - len(text.lstrip(" \t"))
            taken = 1 if text.startswith("\t") else min(blank, TAB)
            edit = QTextCursor(block)
            edit.setPosition(block.position() + taken, QTextCursor.MoveMode.KeepAnchor)
            edit.removeSelectedText()
        cursor.endEditBlock()

    def select(self, line: int, *, grow: bool = False) -> None:
        """Select a line, or let the selection grow up to it."""
        document = self._view.document()
        block = document.findBlockByNumber(line)
        cursor = self._view.textCursor()
        anchor = document.findBlock(cursor.anchor()) if grow else block
        forward = block.blockNumber() >= anchor.blockNumber()
        begin, end = (anchor, block) if forward else (block, anchor)
        start, stop = begin.position(), min(end.position() + end.length(), self._end())
        self._select(*((start, stop) if forward else (stop, start)))

    def _text(self, first: int, last: int) -> str:
        document = self._view.document()
        numbers = range(first, last + 1)
        return "\n".join(document.findBlockByNumber(number).text() for number in numbers)

    def _exists(self, line: int) -> bool:
        return line < self._view.blockCount()

    def _start(self, line: int) -> int:
        return self._view.document().findBlockByNumber(line).position()

    def _line_end(self, line: int) -> int:
        block = self._view.document().findBlockByNumber(line)
        return block.position() + block.length() - 1

    def _end(self) -> int:
        return self._view.document().characterCount() - 1

    def _select(self, anchor: int, caret: int) -> None:
        cursor = self._view.textCursor()
        cursor.setPosition(anchor)
        cursor.setPosition(caret, QTextCursor.MoveMode.KeepAnchor)
        self._view.setTextCursor(cursor)
        self._view.ensureCursorVisible()
