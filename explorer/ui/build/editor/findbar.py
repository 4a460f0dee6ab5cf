"""The bar that finds and replaces, above the text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QToolButton, QWidget

from explorer.ui import icons, theme
from explorer.ui.build.editor.finding import MOST, Query
from explorer.ui.text import count
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.labels import Label


class FindBar(QWidget):
    """Fields, options and a count; what they do is up to who listens."""

    query_changed = Signal()
    step_asked = Signal(int)
    replace_asked = Signal()
    replace_all_asked = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.needle = _field("Find", self)
        self.replacement = _field("Replace with", self)
        self._case = self._option("editor-case", "Match case", "Alt+C")
        self._words = self._option("editor-words", "Whole words", "Alt+W")
        self._regex = self._option("editor-regex", "Regular expression", "Alt+R")
        self._count = Label("", self, role="muted")
        self._count.setFont(theme.number_font())
        self._count.setMinimumWidth(self._count.fontMetrics().horizontalAdvance("1,999 of 20,000+"))
        self._replace = QPushButton("Replace", self)
        self._replace_all = QPushButton("Replace all", self)
        self._replace.setToolTip("Replace this match and go to the next (Enter)")
        self._replace_all.setToolTip("Replace every match, as one step to undo (Ctrl+Alt+Enter)")
        self._lay_out()
        for field in (self.needle, self.replacement):
            field.installEventFilter(self)
        self.needle.textChanged.connect(lambda _text: self.query_changed.emit())
        self._replace.clicked.connect(self.replace_asked)
        self._replace_all.clicked.connect(self.replace_all_asked)
        self.setFocusProxy(self.needle)
        self.hide()

    @property
    def query(self) -> Query:
        """What is looked for."""
        return Query(
            self.needle.text(),
            self._regex.isChecked(),
            self._case.isChecked(),
            self._words.isChecked(),
        )

    def ask(self, needle: str, *, replacing: bool) -> None:
        """Show the bar, look for ``needle`` unless it is empty, and take the focus."""
        for widget in (self.replacement, self._replace, self._replace_all):
            widget.setVisible(replacing)
        if needle:
            self.needle.setText(needle)
        self.show()
        self.needle.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.needle.selectAll()
        self.query_changed.emit()

    def tell(self, current: int, total: int, more: bool) -> None:
        """Say which match it is of how many; ``current`` counts from 1, 0 is none of them."""
        problem = self.query.problem
        role = "text"
        if problem:
            words, role = "Not a regular expression", "danger"
        elif not self.needle.text():
            words = ""
        elif not total:
            words, role = "No results", "danger"
        else:
            number = f"{count(min(total, MOST))}{'+' if more else ''}"
            words = f"{count(current)} of {number}" if current else f"{number} results"
        self._count.setText(words)
        self._count.setToolTip(problem)
        self.needle.setAccessibleDescription(words)
        palette = self.needle.palette()
        palette.setColor(palette.ColorRole.Text, getattr(theme.colors(), role))
        self.needle.setPalette(palette)
        for button in (self._replace, self._replace_all):
            button.setEnabled(total > 0)

    @property
    def told(self) -> str:
        """The words of the count."""
        return self._count.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the bar's own keys before a field types them."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._handle(event)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Shift+Enter back, Escape closes."""
        if not self._handle(event):
            super().keyPressEvent(event)

    def _handle(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers()
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        key = event.key()
        options = {Qt.Key.Key_C: self._case, Qt.Key.Key_W: self._words, Qt.Key.Key_R: self._regex}
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control and alt:
            self.replace_all_asked.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.replacement.hasFocus() and not shift:
                self.replace_asked.emit()
            else:
                self.step_asked.emit(-1 if shift else 1)
        elif alt and not control and key in options:
            options[Qt.Key(key)].toggle()
        else:
            return False
        return True

    def _option(self, icon: str, name: str, keys: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setCheckable(True)
        button.setIconSize(QSize(16, 16))
        button.setToolTip(f"{name} ({keys})")
        button.setAccessibleName(name)
        icons.set_icon(button, icon)
        button.toggled.connect(lambda _on: self.query_changed.emit())
        return button

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        grid.setHorizontalSpacing(theme.space(1))
        grid.setVerticalSpacing(theme.space(1))
        grid.addWidget(self.needle, 0, 0)
        grid.addLayout(self._options(), 0, 1)
        grid.addWidget(self.replacement, 1, 0)
        grid.addLayout(_row(self._replace, self._replace_all), 1, 1)
        grid.setColumnStretch(0, 1)

    def _options(self) -> QHBoxLayout:
        def step(by: int) -> Callable[[], None]:
            return lambda: self.step_asked.emit(by)

        row = _row(self._case, self._words, self._regex, self._count)
        row.insertStretch(row.count() - 1, 1)
        for button in (
            IconButton("up", "Previous match (Shift+Enter)", self, clicked=step(-1)),
            IconButton("down", "Next match (Enter)", self, clicked=step(1)),
            IconButton("close", "Close (Esc)", self, clicked=self.closed.emit),
        ):
            row.addWidget(button)
        return row


def _field(name: str, parent: QWidget) -> QLineEdit:
    field = QLineEdit(parent)
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    field.setFont(theme.mono_font())
    field.setMinimumWidth(80)
    return field


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.space(1))
    for widget in widgets:
        row.addWidget(widget)
    return row
