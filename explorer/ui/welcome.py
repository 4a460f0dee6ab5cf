"""What the window shows while nothing is open: what to do, and what was opened lately."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import icons, theme
from explorer.ui.recents_list import RecentsList
from explorer.ui.shell import Shell
from explorer.ui.text import without_mnemonic
from explorer.ui.widgets.labels import heading, muted

_TWO_COLUMNS = 820
_COLUMN = 420


class Welcome(QScrollArea):
    """Ways to begin at the left, recents at the right; below each other where it is narrow.

    ``kind`` keeps the recents to those of one kind.
    """

    def __init__(
        self,
        shell: Shell,
        starts: Sequence[str],
        parent: QWidget | None = None,
        *,
        title: str = "Layerscope",
        words: str = "See inside a container image, layer by layer.",
        dropping: str = "or drop archives and folders anywhere on this window",
        kind: str | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Welcome")
        content = QWidget(self)
        outer = QHBoxLayout(content)
        outer.setContentsMargins(theme.space(8), theme.space(8), theme.space(8), theme.space(8))
        outer.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(theme.space(8))
        column.addStretch(2)
        column.addLayout(_headline(content, title, words))
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(theme.space(10))
        self._columns.addLayout(_ways_to_begin(content, shell, starts, dropping), 1)
        self._columns.addWidget(_recents(content, shell, kind), 1)
        column.addLayout(self._columns)
        column.addStretch(3)
        outer.addLayout(column, 100)
        outer.addStretch(1)
        content.setMaximumWidth(2 * _COLUMN + theme.space(30))
        holder = QWidget(self)
        middle = QHBoxLayout(holder)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(content)
        self.setWidget(holder)
        cards = content.findChildren(StartCard)
        if cards:
            self.setFocusProxy(cards[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns beside or below each other."""
        super().resizeEvent(event)
        wide = self.width() >= _TWO_COLUMNS
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(direction)


def _headline(parent: QWidget, title: str, subtitle: str) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(theme.space(4))
    picture = QLabel(parent)
    picture.setPixmap(icons.application_icon().pixmap(QSize(56, 56), parent.devicePixelRatioF()))
    line.addWidget(picture)
    words = QVBoxLayout()
    words.setSpacing(theme.space(1))
    words.addWidget(heading(title, parent, scale=2.0))
    words.addWidget(muted(subtitle, parent, wrap=True))
    line.addLayout(words, 1)
    return line


def _ways_to_begin(
    parent: QWidget, shell: Shell, starts: Sequence[str], dropping: str
) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setSpacing(theme.space(2))
    layout.addWidget(heading("Begin", parent, scale=1.05))
    for id in starts:
        spec = shell.actions.spec(id)
        layout.addWidget(StartCard(shell.actions.action(id), spec.help, spec.icon, parent))
    layout.addWidget(DropHint(dropping, parent))
    layout.addStretch(1)
    return layout


def _recents(parent: QWidget, shell: Shell, kind: str | None) -> RecentsList:
    recents = RecentsList(shell.recents, parent, kind=kind)
    recents.opened.connect(shell.open_recent)
    return recents


class StartCard(QAbstractButton):
    """An action as a card: icon, what it does, its keys."""

    def __init__(self, action: QAction, help: str, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._action, self._help, self._icon = action, help, icon
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(without_mnemonic(action.text()))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(help)
        self.setToolTip(help)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def sizeHint(self) -> QSize:
        """Two lines and room around them."""
        return QSize(320, self.fontMetrics().height() * 2 + theme.space(6))

    def minimumSizeHint(self) -> QSize:
        """Narrow windows cut the second line short."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(colors.accent if self.hasFocus() else colors.border, 1))
        painter.setBrush(colors.hover if lit and self.isEnabled() else colors.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        ink = colors.accent if self.isEnabled() else colors.disabled
        picture = icons.pixmap(self._icon, 24, self.devicePixelRatioF(), ink)
        painter.drawPixmap(theme.space(4), (self.height() - 24) // 2, picture)
        self._paint_words(painter, colors)

    def _paint_words(self, painter: QPainter, colors: theme.Scheme) -> None:
        room = self.rect().adjusted(theme.space(13), theme.space(3), -theme.space(4), 0)
        line = self.fontMetrics().height()
        room.setHeight(line)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        keys = self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        painter.setFont(theme.ui_font(0.9))
        painter.setPen(colors.muted)
        painter.drawText(room, right, keys)
        painter.setFont(theme.ui_font(bold=True))
        painter.setPen(colors.text if self.isEnabled() else colors.disabled)
        painter.drawText(room, left, self.text())
        painter.setFont(theme.ui_font())
        painter.setPen(colors.muted)
        help = self.fontMetrics().elidedText(self._help, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room.translated(0, line + 1), left, help)

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())


class DropHint(QWidget):
    """Says that dropping works, and looks like a place to drop on."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        """One line and room around it."""
        return QSize(320, self.fontMetrics().height() + theme.space(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashed frame and the words."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.outline, 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(colors.muted)
        room = self.rect().adjusted(theme.space(2), 0, -theme.space(2), 0)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, flags, self._words)
