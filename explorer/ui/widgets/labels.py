"""Labels in the roles that text has: heading, second rank, monospace."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

from explorer.ui import theme


class Label(QLabel):
    """A label in a colour role of the scheme, right after every switch of the theme."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        role: str = "text",
        wrap: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self._role = role
        # On a button, a label would take the button's colour.
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setWordWrap(wrap)
        # What comes from an image must never be taken for markup.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._color()
        theme.switch().changed.connect(self._color)

    def _color(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, getattr(theme.colors(), self._role))
        self.setPalette(palette)


def heading(text: str, parent: QWidget | None = None, *, scale: float = 1.25) -> Label:
    """Return a heading."""
    label = Label(text, parent)
    label.setFont(theme.ui_font(scale, bold=True))
    return label


def muted(text: str, parent: QWidget | None = None, *, wrap: bool = False) -> Label:
    """Return text of the second rank."""
    return Label(text, parent, role="muted", wrap=wrap)


def mono(text: str, parent: QWidget | None = None, *, selectable: bool = True) -> Label:
    """Return text in monospace that can be selected: a path, a digest, an instruction."""
    label = Label(text, parent)
    label.setFont(theme.mono_font())
    if selectable:
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return label
