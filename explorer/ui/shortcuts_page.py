"""Every command with its keys, generated from the registry of actions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.actions import Actions, ActionSpec
from explorer.ui.page import Page
from explorer.ui.widgets.labels import Label, heading, muted


class ShortcutsPage(Page):
    """Commands under the heading of where they work, with a line to filter them."""

    def __init__(self, actions: Actions, location: str = "", parent: QWidget | None = None) -> None:
        super().__init__("Keyboard shortcuts", location=location, icon="keyboard", parent=parent)
        self._actions = actions
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Filter commands")
        self._filter.setAccessibleName("Filter commands")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._renew)
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("Commands")
        self.body.setContentsMargins(*(theme.space(6),) * 3, 0)
        self.body.setSpacing(theme.space(3))
        self.body.addWidget(self._filter)
        self.body.addWidget(self._scroll, 1)
        self.setFocusProxy(self._filter)
        self._renew("")

    def listed(self) -> list[str]:
        """Return the commands listed."""
        return [key.accessibleName() for key in self._scroll.findChildren(KeyRow)]

    def _renew(self, query: str) -> None:
        wanted = [spec for spec in self._actions.specs() if _matches(spec, query)]
        content = QWidget(self._scroll)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, theme.space(4), theme.space(6))
        column.setSpacing(theme.space(1))
        for context in dict.fromkeys(spec.context for spec in wanted):
            column.addSpacing(theme.space(3))
            column.addWidget(heading(context, content, scale=1.1))
            column.addLayout(self._grid(content, (s for s in wanted if s.context == context)))
        if not wanted:
            column.addWidget(muted("No command matches.", content))
        column.addStretch(1)
        self._scroll.setWidget(content)

    def _grid(self, parent: QWidget, specs: Iterable[ActionSpec]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.space(4))
        grid.setVerticalSpacing(theme.space(2))
        grid.setColumnStretch(2, 1)
        for row, spec in enumerate(specs):
            keys = [sequence.toString(_NATIVE) for sequence in self._shortcuts(spec)]
            grid.addWidget(KeyRow(spec.title, keys, parent), row, 0)
            grid.addWidget(Label(spec.title, parent), row, 1)
            grid.addWidget(muted(spec.help, parent, wrap=True), row, 2)
        return grid

    def _shortcuts(self, spec: ActionSpec) -> list[QKeySequence]:
        return self._actions.action(spec.id).shortcuts()


_NATIVE = QKeySequence.SequenceFormat.NativeText


def _matches(spec: ActionSpec, query: str) -> bool:
    words = f"{spec.title} {spec.help} {' '.join(spec.shortcuts)}".casefold()
    return all(part in words for part in query.casefold().split())


class KeyRow(QWidget):
    """Key caps; a command without keys has a dash."""

    _HEIGHT = 22

    def __init__(self, title: str, keys: list[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{title}: {' or '.join(keys) or 'no keys'}")

    def sizeHint(self) -> QSize:
        """Room for two usual shortcuts, so that the columns of all groups stand in line."""
        widths = sum(self._width(key) + theme.space(1) for key in self._keys)
        return QSize(max(230, widths), self._HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the caps."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0
        for key in self._keys:
            cap = QRectF(left + 0.5, 0.5, self._width(key) - 1, self._HEIGHT - 1)
            painter.setPen(QPen(colors.border, 1))
            painter.setBrush(colors.raised)
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(colors.text)
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            left += self._width(key) + theme.space(1)
        if not self._keys:
            painter.setPen(colors.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, "–")

    def _width(self, key: str) -> int:
        return self.fontMetrics().horizontalAdvance(key) + theme.space(4)
