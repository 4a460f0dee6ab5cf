"""The narrow rail at the left: one button for each workspace, and tools at the foot."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import icons, theme

_WIDTH = 60


class Rail(QWidget):
    """Switches the workspace; Up and Down move within, Tab leaves."""

    chosen = Signal(str)
    """The user picked the workspace with this id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self.setObjectName("rail")
        self.setAccessibleName("Workspaces")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, RailButton] = {}
        self._layout = QVBoxLayout(self)
        edge = theme.space(1)
        self._layout.setContentsMargins(edge, edge * 2, edge, edge * 2)
        self._layout.setSpacing(theme.space(1))
        self._layout.addStretch(1)

    def add(self, id: str, title: str, icon: str, help: str) -> None:
        """Add the button of a workspace."""
        button = RailButton(title, icon, self)
        button.setToolTip(help)
        button.setCheckable(True)
        button.toggled.connect(lambda pressed: self.chosen.emit(id) if pressed else None)
        self._layout.insertWidget(len(self._buttons), button)
        self._buttons[id] = button
        self._group.addButton(button)

    def add_tool(self, action: QAction, name: str) -> None:
        """Add a small button at the foot."""
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(name)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def choose(self, id: str) -> None:
        """Press the button of a workspace."""
        self._buttons[id].setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move among the workspaces."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        buttons = list(self._buttons.values())
        focused = [place for place, button in enumerate(buttons) if button.hasFocus()]
        if step is None or not focused:
            super().keyPressEvent(event)
            return
        target = buttons[(focused[0] + step) % len(buttons)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        target.setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the hairline that divides the rail from the page."""
        painter = QPainter(self)
        painter.setPen(theme.colors().border)
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())


class RailButton(QAbstractButton):
    """An icon with its word below; a bar at the edge marks the workspace in front."""

    def __init__(self, title: str, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setText(title)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for icon and word."""
        return QSize(_WIDTH - theme.space(2), theme.space(13))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Up and Down to the rail."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, colors)
        ink = colors.accent if self.isChecked() else colors.muted
        picture = icons.pixmap(self._icon, 20, self.devicePixelRatioF(), ink)
        painter.drawPixmap((self.width() - 20) // 2, theme.space(2), picture)
        painter.setFont(theme.ui_font(0.85))
        painter.setPen(colors.text if self.isChecked() else colors.muted)
        words = self.rect().adjusted(0, theme.space(7), 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())

    def _paint_ground(self, painter: QPainter, colors: theme.Scheme) -> None:
        painter.setPen(colors.accent if self.hasFocus() else Qt.PenStyle.NoPen)
        ground = colors.accent_soft if self.isChecked() else colors.hover
        painter.setBrush(ground if self.isChecked() or self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 6, 6)
