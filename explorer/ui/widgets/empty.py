"""What a view shows when it has nothing to show: why, and what to do next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.ui import icons, theme
from explorer.ui.widgets.labels import heading, muted


class EmptyState(QWidget):
    """An icon, a sentence, a hint, and perhaps a button, in the middle of the room there is."""

    def __init__(
        self,
        icon: str,
        title: str,
        hint: str = "",
        parent: QWidget | None = None,
        *,
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._column = QVBoxLayout(self)
        self._picture = QLabel(self)
        self._button: QPushButton | None = None
        self._title = heading(title, self, scale=1.1)
        self._hint = muted(hint, self, wrap=True)
        self._hint.setMaximumWidth(420)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setVisible(bool(hint))
        self._lay_out(action)
        self._paint_icon()
        theme.switch().changed.connect(self._paint_icon)

    def explain(self, title: str, hint: str = "") -> None:
        """Say something else."""
        self._title.setText(title)
        self._hint.setText(hint)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """As low as the title alone: where room is short, the picture goes, and then the hint."""
        least = super().minimumSizeHint()
        margins = self.contentsMargins() + self._column.contentsMargins()
        low = self._title.sizeHint().height() + margins.top() + margins.bottom() + self._below()
        return QSize(least.width(), min(low, least.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        inside = self.contentsRect().marginsRemoved(self._column.contentsMargins())
        gap = self._column.spacing()
        room = inside.height() - self._title.sizeHint().height() - self._below()
        if self._hint.text():
            width = min(inside.width(), self._hint.maximumWidth())
            room -= self._hint.heightForWidth(width) + gap
        self._hint.setVisible(bool(self._hint.text()) and room >= 0)
        self._picture.setVisible(room >= self._picture.sizeHint().height() + gap)

    def _below(self) -> int:
        """What the button takes."""
        if self._button is None:
            return 0
        return self._button.sizeHint().height() + self._column.spacing() * 2 + theme.space(2)

    def _lay_out(self, action: tuple[str, Callable[[], object]] | None) -> None:
        layout = self._column
        layout.setSpacing(theme.space(2))
        layout.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(self._picture, 0, middle)
        layout.addWidget(self._title, 0, middle)
        # Wrapped text knows its height only where a layout gives it a width.
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._hint, 100)
        line.addStretch(1)
        layout.addLayout(line)
        if action is not None:
            text, pressed = action
            self._button = QPushButton(text, self)
            self._button.clicked.connect(lambda: pressed())
            layout.addSpacing(theme.space(2))
            layout.addWidget(self._button, 0, middle)
        layout.addStretch(3)

    def _paint_icon(self) -> None:
        color = theme.blend(theme.colors().muted, theme.colors().window, 0.6)
        self._picture.setPixmap(icons.pixmap(self._icon, 40, self.devicePixelRatioF(), color))
