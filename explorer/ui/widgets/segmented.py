"""A row of joined buttons of which exactly one is pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from explorer.ui import icons, theme


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice: its key, its text, what it means, and perhaps an icon instead of the text."""

    key: str
    text: str
    help: str = ""
    icon: str = ""


class SegmentedControl(QWidget):
    """Choose one of a few; arrow keys move within, Tab leaves."""

    chosen = Signal(str)
    """The user, or :meth:`choose`, picked the segment with this key."""

    def __init__(self, name: str, segments: Sequence[Segment], parent: QWidget | None = None):
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _SegmentButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        for segment in segments:
            button = _SegmentButton(segment, self)
            button.setAccessibleName(f"{name}: {segment.text}")
            button.toggled.connect(self._tell)
            self._buttons[segment.key] = button
            self._group.addButton(button)
            layout.addWidget(button)
        next(iter(self._buttons.values())).setChecked(True)

    def current(self) -> str:
        """Return the key of the pressed segment."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Press the segment ``key``. Raises ``KeyError`` for one that is not there."""
        self._buttons[key].setChecked(True)

    def set_enabled(self, key: str, enabled: bool, why: str = "") -> None:
        """Allow or forbid a segment; ``why`` is shown on hover."""
        button = self._buttons[key]
        button.setEnabled(enabled)
        button.setToolTip(why or button.segment.help)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the choice with the arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        usable = [key for key, button in self._buttons.items() if button.isEnabled()]
        place = usable.index(self.current()) + step
        if 0 <= place < len(usable):
            self.choose(usable[place])
            self._buttons[usable[place]].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the trough that the pressed segment lies in."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colors().border, 1))
        painter.setBrush(theme.colors().hover)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _tell(self, pressed: bool) -> None:
        for button in self._buttons.values():
            button.setFocusPolicy(_tab_stop(button.isChecked()))
        if pressed:
            self.chosen.emit(self.current())


def _tab_stop(wanted: bool) -> Qt.FocusPolicy:
    return Qt.FocusPolicy.StrongFocus if wanted else Qt.FocusPolicy.ClickFocus


class _SegmentButton(QAbstractButton):
    def __init__(self, segment: Segment, parent: QWidget) -> None:
        super().__init__(parent)
        self.segment = segment
        self.setCheckable(True)
        self.setText(segment.text)
        self.setToolTip(segment.help)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = 16 if self.segment.icon else metrics.horizontalAdvance(self.text())
        return QSize(width + theme.space(5), metrics.height() + theme.space(2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # QAbstractButton would take the arrows for itself.
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked():
            painter.setPen(QPen(colors.accent if self.hasFocus() else colors.border, 1))
            painter.setBrush(colors.raised)
            painter.drawRoundedRect(box, 4, 4)
        ink = colors.disabled if not self.isEnabled() else colors.text
        if not self.isChecked() and self.isEnabled() and not self.underMouse():
            ink = colors.muted
        if self.segment.icon:
            picture = icons.pixmap(self.segment.icon, 16, self.devicePixelRatioF(), ink)
            painter.drawPixmap((self.width() - 16) // 2, (self.height() - 16) // 2, picture)
        else:
            painter.setPen(ink)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
