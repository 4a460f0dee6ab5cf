"""Quick fixes at the caret, in a menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QMenu

from explorer.dockerfile.advice.model import Fix
from explorer.ui import icons
from explorer.ui.build.editor import edits
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.problems import Mark, Problems
from explorer.ui.text import middle_elided


class Fixing(QObject):
    """Offers what mends the problems of a line."""

    said = Signal(str)

    def __init__(self, view: CodeView, problems: Problems) -> None:
        super().__init__(view)
        self._view, self._problems = view, problems
        self._given = -1
        problems.changed.connect(self._note)
        self._note()

    def open_at_caret(self) -> None:
        """Offer what mends the problem at the caret, or those of its line."""
        cursor = self._view.textCursor()
        marks = self._problems.at(cursor.position()) or self._problems.on_line(cursor.blockNumber())
        self._offer(marks, self._view.viewport().mapToGlobal(self._view.cursorRect().bottomLeft()))

    def open_at_line(self, line: int, where: QPoint) -> None:
        """Offer what mends the problems of a line, from 0, at a place of the screen."""
        block = self._view.document().findBlockByNumber(line)
        self._view.setTextCursor(QTextCursor(block))
        self._offer(self._problems.on_line(line), where)

    def make(self, fix: Fix) -> None:
        """Make a fix, as one step to undo, unless the text is another one by now."""
        if self._given != self._view.mirror.version:
            self.said.emit("The text has changed: try again in a moment")
            return
        edits.apply(self._view, fix.edits)
        self._view.setFocus()

    def _note(self) -> None:
        self._given = self._view.mirror.version

    def _offer(self, marks: list[Mark], where: QPoint) -> None:
        offers = [(mark, fix) for mark in marks for fix in mark.diagnostic.fixes]
        if not offers:
            self.said.emit("No quick fix here")
            return
        menu = QMenu(self._view)
        for mark, fix in offers:
            action = menu.addAction(middle_elided(fix.title, 90).replace("&", "&&"))
            action.setToolTip(mark.diagnostic.message)
            icons.set_icon(action, "editor-fix", "good" if fix.safe else "warn")
            action.triggered.connect(partial(self._chosen, fix))
        menu.setActiveAction(menu.actions()[0])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def _chosen(self, fix: Fix, *_checked: object) -> None:
        self.make(fix)
