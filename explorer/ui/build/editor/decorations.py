"""Underlines and grounds of stretches of text, in layers; only what is in view is given to Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from explorer.ui.build.editor.codeview import CodeView


@dataclass(frozen=True, slots=True)
class Decoration:
    """The look of what stands between two Qt positions."""

    start: int
    end: int
    look: QTextCharFormat


Source = Callable[[int, int], Iterable[Decoration]]
"""The decorations between two Qt positions."""


class Decorations(QObject):
    """Sources are asked in order; later ones lie above earlier ones."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view
        self._sources: list[Source] = []
        view.view_changed.connect(self.refresh)

    def add(self, source: Source) -> None:
        """Ask this source, too."""
        self._sources.append(source)

    def refresh(self) -> None:
        """Ask all sources for what is in view."""
        rows = self._view.rows()
        if not rows:
            return
        start = rows[0].block.position()
        end = rows[-1].block.position() + rows[-1].block.length()
        found = (each for source in self._sources for each in source(start, end))
        self._view.setExtraSelections([self._selection(each) for each in found])

    def _selection(self, decoration: Decoration) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        document = self._view.document()
        last = document.characterCount() - 1
        cursor = QTextCursor(document)
        cursor.setPosition(min(decoration.start, last))
        cursor.setPosition(min(decoration.end, last), QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor
        selection.format = decoration.look
        return selection
