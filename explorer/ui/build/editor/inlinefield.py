"""A small field over the editor: a line to go to, a new name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.widgets.labels import Label


class InlineField(QFrame):
    """Asks for one line of text at a place; Enter gives it, Escape and leaving do not."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("card")
        self._host = host
        self._accept: Callable[[str], object] = lambda _text: None
        self._judge: Callable[[str], tuple[str, bool]] = lambda _text: ("", True)
        self._valid = True
        self.line = QLineEdit(self)
        self.line.setFont(theme.mono_font())
        self.line.textChanged.connect(self._renew)
        self._help = Label("", self, role="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.space(2),) * 4)
        layout.setSpacing(theme.space(1))
        layout.addWidget(self.line)
        layout.addWidget(self._help)
        self.setFocusProxy(self.line)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    @property
    def told(self) -> str:
        """The words below the field."""
        return self._help.text()

    def ask(
        self,
        name: str,
        text: str,
        where: QPoint,
        accept: Callable[[str], object],
        judge: Callable[[str], tuple[str, bool]],
        *,
        width: int = 260,
    ) -> None:
        """Ask for ``name``, beginning with ``text``, at a place in the host.

        ``judge`` says what a text would do, and whether it can be accepted.
        """
        self._accept, self._judge = accept, judge
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(name)
        self.line.setText(text)
        self.line.selectAll()
        self._renew(text)
        self.setFixedWidth(min(width, self._host.width() - theme.space(4)))
        self.adjustSize()
        right = self._host.width() - self.width() - theme.space(2)
        bottom = self._host.height() - self.height() - theme.space(2)
        self.move(max(0, min(where.x(), right)), max(0, min(where.y(), bottom)))
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the text, or give up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._valid:
                self.close_field()
                self._accept(self.line.text())
        elif event.key() == Qt.Key.Key_Escape:
            self.close_field()
        else:
            super().keyPressEvent(event)

    def close_field(self) -> None:
        """Go, and give the focus back."""
        if self.isVisible():
            self.hide()
            self._host.setFocus(Qt.FocusReason.PopupFocusReason)

    def _renew(self, text: str) -> None:
        words, self._valid = self._judge(text)
        self._help.setText(words)
        self._help.setVisible(bool(words))
        self.line.setAccessibleDescription(words)

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and new is not None and not self.isAncestorOf(new):
            self.hide()
