"""Folding lines away behind the first of them.

What is folded is a matter of lines that exist: a fold stays closed while the text changes around
it, and opens when the caret comes into it or what it hides is gone.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextDocumentLayout

from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.language import Language
from explorer.ui.build.editor.mirror import Change


class Folding(QObject):
    """The folds of the text, and which of them are closed. Lines count from 0."""

    changed = Signal()

    def __init__(self, view: CodeView, language: Language) -> None:
        super().__init__(view)
        self._view, self._language = view, language
        self._ends: dict[int, int] = {}
        self._closed: dict[int, int] = {}
        self._unsettled = False
        language.parsed.connect(self._renew)
        view.mirror.changed.connect(self._follow)
        view.cursorPositionChanged.connect(self._reveal_caret)

    def state_of(self, line: int) -> bool | None:
        """Whether the fold that begins at a line is closed; ``None`` where none begins."""
        if line in self._closed:
            return True
        return False if line in self._ends else None

    def hidden_after(self, line: int) -> int:
        """How many lines are folded away behind a line."""
        return self._closed[line] - line if line in self._closed else 0

    def toggle(self, line: int) -> None:
        """Close the fold that begins at a line, or open it."""
        if line in self._closed:
            self.open(line)
        else:
            self.close(line)

    def close_around(self, line: int) -> None:
        """Close the innermost open fold that a line is in."""
        around = [start for start, end in self._ends.items() if start <= line <= end]
        still_open = [start for start in around if start not in self._closed]
        if still_open:
            self.close(max(still_open))

    def open_around(self, line: int) -> None:
        """Open the fold that begins at a line or hides it."""
        for start, end in list(self._closed.items()):
            if start <= line <= end:
                self.open(start)

    def close(self, line: int) -> None:
        """Close the fold that begins at a line."""
        end = self._ends.get(line)
        if end is None:
            return
        self._closed[line] = end
        cursor = self._view.textCursor()
        if line < cursor.blockNumber() <= end:
            cursor.setPosition(self._view.document().findBlockByNumber(line).position())
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            self._view.setTextCursor(cursor)
        self._show_lines(line + 1, end)

    def open(self, line: int) -> None:
        """Open the fold that begins at a line; folds inside of it stay as they were."""
        end = self._closed.pop(line, None)
        if end is not None:
            self._show_lines(line + 1, end)

    def close_all(self) -> None:
        """Close every fold that is in no other one: what remains is an overview."""
        outer = -1
        for start in sorted(self._ends):
            if start > outer:
                self._closed[start] = outer = self._ends[start]
        self._show_all_lines()

    def open_all(self) -> None:
        """Open every fold."""
        self._closed.clear()
        self._show_all_lines()

    def reveal(self, line: int) -> None:
        """Open what hides a line."""
        for start, end in list(self._closed.items()):
            if start < line <= end:
                self.open(start)

    # -- following the text -------------------------------------------------------------------

    def _renew(self) -> None:
        if not self._language.is_current:
            return  # the next document is under way
        ends: dict[int, int] = {}
        for fold in self._language.reading.folds:
            ends.setdefault(fold.first_line - 1, fold.last_line - 1)
        self._ends = ends
        for line, end in list(self._closed.items()):
            if ends.get(line) != end:
                self.open(line)
                if line in ends:
                    self.close(line)
        if self._unsettled:
            # What Qt does to lines at the end of a change comes after we hear of it.
            self._unsettled = False
            self._show_all_lines()
        self.changed.emit()

    def _follow(self, change: Change) -> None:
        if not change.grown and not change.removed_lines:
            return
        self._ends = _moved(self._ends, change)
        before = self._closed
        # A fold into which lines come, or out of which they go, opens.
        whole = {line: end for line, end in before.items() if not _reaches(change, line, end)}
        self._closed = _moved(whole, change)
        last = change.line + max(change.removed_lines, change.added_lines)
        # Elsewhere, lines keep their visibility as they move.
        if any(change.line <= end + 1 and last >= line - 1 for line, end in before.items()):
            self._show_all_lines()
            self._unsettled = True

    def _reveal_caret(self) -> None:
        if self._closed and not self._view.textCursor().block().isVisible():
            self.reveal(self._view.textCursor().blockNumber())

    def _show_all_lines(self) -> None:
        self._show_lines(0, self._view.blockCount() - 1)

    def _show_lines(self, first: int, last: int) -> None:
        """Bring the visibility of lines in accord with what is closed."""
        document = self._view.document()
        block = document.findBlockByNumber(first)
        hidden_to = max(
            (end for line, end in self._closed.items() if line < first <= end), default=-1
        )
        number = first
        while block.isValid() and number <= last:
            visible = number > hidden_to
            if block.isVisible() != visible:
                block.setVisible(visible)
                block.setLineCount(max(1, block.layout().lineCount()) if visible else 0)
            if number in self._closed:
                hidden_to = max(hidden_to, self._closed[number])
            block, number = block.next(), number + 1
        self._relay()

    def _relay(self) -> None:
        layout = self._view.document().documentLayout()
        assert isinstance(layout, QPlainTextDocumentLayout)
        layout.requestUpdate()
        layout.documentSizeChanged.emit(layout.documentSize())
        self._view.viewport().update()
        self._view.view_changed.emit()
        self.changed.emit()


def _reaches(change: Change, line: int, end: int) -> bool:
    """Whether a change of lines is in a fold, and does not only push it down."""
    pushes = change.line == line and not change.column and not change.removed
    return not pushes and change.line <= end and change.line + change.removed_lines >= line


def _moved(folds: dict[int, int], change: Change) -> dict[int, int]:
    found: dict[int, int] = {}
    for line, end in folds.items():
        first, last = change.moved_line(line), change.moved_line(end)
        if first is not None and last is not None and last > first:
            found[first] = last
    return found
