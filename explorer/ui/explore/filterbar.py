"""The line that filters the tree: tells as you type whether the words make a query."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from explorer.ui import icons, theme
from explorer.ui.explore import querying
from explorer.ui.explore.filterhelp import FilterHelp
from explorer.ui.explore.loading import Filter
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.labels import Label

_PAUSE_MS: Final = 120
"""So long after the last key the filter is applied."""


class FilterBar(QWidget):
    """Emits ``changed`` when there is another valid filter; an invalid one is explained instead."""

    changed = Signal()
    left = Signal()
    """The user is done here: the focus belongs to the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._filter: Filter | None = None
        self.line = QueryLine("Filter", self)
        self.line.setPlaceholderText('Filter:  *.so   size>1M   change:removed   "text"')
        self._problem = Label("", self, role="danger", wrap=True)
        self._problem.hide()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._apply)
        self.line.textChanged.connect(self._typed)
        self.line.done.connect(self.left)
        self.line.cleared.connect(self.clear)
        self.setFocusProxy(self.line)
        self._help: FilterHelp | None = None
        help = IconButton("help", "What a filter can ask", self, clicked=self.show_help)
        row = QHBoxLayout()
        row.setSpacing(theme.space(1))
        row.addWidget(self.line, 1)
        row.addWidget(help)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(2), 0, theme.space(2), theme.space(2))
        layout.setSpacing(theme.space(1))
        layout.addLayout(row)
        layout.addWidget(self._problem)

    def text(self) -> str:
        """The filter in force, empty for none."""
        return self._text

    def problem(self) -> str:
        """Why what is typed is no filter; empty if it is one."""
        return self._problem.text()

    def filter(self) -> Filter | None:
        """The filter in force."""
        return self._filter

    def clear(self) -> None:
        """Show everything."""
        self.line.clear()
        self._apply()

    def show_help(self) -> None:
        """Show the words of the language, to pick from."""
        if self._help is None:
            self._help = FilterHelp(self)
            self._help.chosen.connect(self._type)
        self._help.open_below(self.line)

    def _type(self, example: str) -> None:
        """Add an example to what is typed, as if the user had typed it."""
        words = self.line.text().rstrip()
        self.line.setText(f"{words} {example}".lstrip())
        self.line.setFocus()

    def _typed(self, words: str) -> None:
        problem = querying.problem_of(words)
        self._problem.setText(problem or "")
        self._problem.setVisible(bool(problem))
        self.line.set_valid(problem is None)
        if problem is None:
            self._pause.start()
        else:
            self._pause.stop()

    def _apply(self) -> None:
        self._pause.stop()
        words = self.line.text().strip()
        if words == self._text or querying.problem_of(words) is not None:
            return
        self._text = words
        self._filter = querying.filter_of(words) if words else None
        self.line.setToolTip(querying.in_words(words))
        self.changed.emit()


class QueryLine(QLineEdit):
    """A line to type a query in; Escape empties it, then leaves; Down and Enter leave."""

    done = Signal()
    """The user wants to go on to what the query found."""
    cleared = Signal()
    """The user wants the query gone."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        picture = QAction(self)
        icons.set_icon(picture, "search" if "earch" in name else "filter", "muted")
        picture.setText(name)
        self.addAction(picture, QLineEdit.ActionPosition.LeadingPosition)
        for button in self.findChildren(QToolButton):
            action = button.defaultAction()
            button.setAccessibleName(name if action is picture else "Clear")
        self._valid = True
        theme.switch().changed.connect(self._color)

    def set_valid(self, valid: bool) -> None:
        """Frame the line in red, or as ever."""
        if valid != self._valid:
            self._valid = valid
            self._color()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with the keys that lead out."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            if self.text():
                self.cleared.emit()
            else:
                self.done.emit()
        elif key == Qt.Key.Key_Down:
            self.done.emit()
        else:
            super().keyPressEvent(event)
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.done.emit()

    def _color(self) -> None:
        danger = theme.colors().danger.name()
        self.setStyleSheet("" if self._valid else f"QLineEdit {{ border-color: {danger}; }}")
