"""The recents of the welcome page: a press opens, Delete or the cross forgets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import icons, text, theme
from explorer.ui.recents import DOCKERFILE, Recent, Recents
from explorer.ui.tasks import Operation, loop_runs
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.badge import Badge, Tone
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import heading, muted
from explorer.ui.widgets.stack_picture import StackPicture


class RecentsList(QWidget):
    """The heading, the rows, and a word while there are none."""

    opened = Signal(str)
    """The user picked this location."""

    SHOWN = 7
    _CALM_MS = 100

    def __init__(
        self, recents: Recents, parent: QWidget | None = None, *, kind: str | None = None
    ) -> None:
        super().__init__(parent)
        self._recents, self._kind = recents, kind
        self._rows: list[RecentRow] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space(2))
        layout.addWidget(heading("Recent", self, scale=1.05))
        self._none = muted("What you open will be listed here.", self, wrap=True)
        layout.addWidget(self._none)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        layout.addLayout(self._list)
        layout.addStretch(1)
        self._stale = False
        recents.changed.connect(self._changed)
        self.renew()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened out of sight, and see anew which are still there."""
        super().showEvent(event)
        if self._stale:
            self.renew()
        else:
            self._look_for_them()

    def rows(self) -> list[RecentRow]:
        """Return the rows, newest first."""
        if self._stale:
            self.renew()
        return list(self._rows)

    def _changed(self) -> None:
        """List them anew, if somebody looks: what was opened just now hides them."""
        self._stale = True
        if self.isVisible():
            self.renew()

    def renew(self) -> None:
        """List what the recents now hold."""
        self._stale = False
        for row in self._rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [RecentRow(recent, self) for recent in self._listed()[: self.SHOWN]]
        for row in self._rows:
            row.clicked.connect(partial(self.opened.emit, row.location))
            row.removed.connect(self._remove)
            row.stepped.connect(partial(self._step, row))
            self._list.addWidget(row)
        self._none.setVisible(not self._rows)
        if self.isVisible():
            self._look_for_them()

    def _listed(self) -> list[Recent]:
        found = self._recents.all()
        return [each for each in found if self._kind is None or each.kind == self._kind]

    def _look_for_them(self) -> None:
        """Mark those that are gone, once a thread has looked: a dead mount answers late."""
        recents = [row.recent for row in self._rows]
        if recents and loop_runs():
            look = Operation(self, "Looking for recent images").work(lambda _job: _gone(recents))
            look.success(self._mark).after(self._CALM_MS).replacing("look").quiet().start()

    def _mark(self, gone: set[str]) -> None:
        for row in self._rows:
            row.set_missing(row.location in gone)

    def _step(self, row: RecentRow, by: int) -> None:
        place = self._rows.index(row) + by
        if 0 <= place < len(self._rows):
            self._rows[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _remove(self, location: str) -> None:
        place = next((i for i, row in enumerate(self._rows) if row.location == location), 0)
        self._recents.remove(location)
        if self._rows:
            self._rows[min(place, len(self._rows) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)


class RecentRow(QAbstractButton):
    """Picture, name, where it is and when it was opened."""

    removed = Signal(str)
    stepped = Signal(int)
    """Down (1) or Up (-1) was pressed."""

    def __init__(self, recent: Recent, parent: QWidget) -> None:
        super().__init__(parent)
        self.recent = recent
        self.location = recent.location
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(plain_tip(recent.location))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.space(2), theme.space(2), theme.space(2), theme.space(2))
        layout.setSpacing(theme.space(3))
        self._picture = _picture(recent, self)
        layout.addWidget(self._picture)
        layout.addLayout(self._words(recent), 1)
        self._badge = Badge("Missing", Tone.WARN, self, help="The file is no longer there")
        layout.addWidget(self._badge)
        remove = IconButton("close", f"Remove {recent.title} from the list", self)
        remove.clicked.connect(lambda: self.removed.emit(self.location))
        layout.addWidget(remove)
        self.set_missing(False)

    def set_missing(self, missing: bool) -> None:
        """Show whether the file is gone."""
        self._badge.setVisible(missing)
        self._picture.setEnabled(not missing)
        words = "missing, " if missing else ""
        self.setAccessibleName(f"Open {self.recent.title}, {words}{_subtitle(self.recent)}")

    def sizeHint(self) -> QSize:
        """What the layout asks for."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else QSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter as on Space, forget on Delete."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit(self.location)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground under the mouse, and the ring of the focus."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colors.accent if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(colors.hover if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _words(self, recent: Recent) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        title = ElidedLabel(recent.title, self, mode=Qt.TextElideMode.ElideMiddle)
        title.setFont(theme.ui_font(bold=True))
        first = QHBoxLayout()
        first.addWidget(title, 1)
        first.addWidget(muted(text.moment(recent.when) if recent.when else "", self))
        words.addLayout(first)
        below = ElidedLabel(
            _subtitle(recent),
            self,
            role=QPalette.ColorRole.PlaceholderText,
        )
        words.addWidget(below)
        words.addStretch(1)
        return words


def _picture(recent: Recent, parent: QWidget) -> QWidget:
    is_text = recent.kind == DOCKERFILE
    return DockerfilePicture(parent) if is_text else StackPicture(recent.layers, parent)


class DockerfilePicture(QWidget):
    """What stands for a Dockerfile, as large as the picture of an image."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The size of a thumbnail."""
        return QSize(56, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign of the workbench."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.hover)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        ink = colors.accent if self.isEnabled() else colors.disabled
        picture = icons.pixmap("build", 20, self.devicePixelRatioF(), ink)
        painter.drawPixmap((self.width() - 20) // 2, (self.height() - 20) // 2, picture)


def _subtitle(recent: Recent) -> str:
    folder = str(Path(recent.location).parent) if recent.location.startswith("/") else ""
    home = str(Path.home())
    if folder == home or folder.startswith(f"{home}/"):
        folder = f"~{folder[len(home) :]}"
    return " · ".join(part for part in (recent.subtitle, folder) if part)


def _gone(recents: Sequence[Recent]) -> set[str]:
    return {recent.location for recent in recents if recent.is_missing}
