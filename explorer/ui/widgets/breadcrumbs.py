"""The path of the folder in view, each part of it a step to go back to."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from explorer.ui import theme
from explorer.ui.text import middle_elided
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.labels import muted

_LONGEST = 40


class Breadcrumbs(QWidget):
    """``/ etc / nginx``: press a part to go there; what has no room is behind ``…``."""

    chosen = Signal(str)
    """A part was pressed: its absolute path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Folder")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._path = "/"
        self._parts: list[QWidget] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        # Too long a path must not keep the window wide: parts are hidden instead.
        self._layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        self._layout.addStretch(1)
        self.show_path("/")

    def path(self) -> str:
        """Return the absolute path shown."""
        return self._path

    def show_path(self, path: str) -> None:
        """Show the absolute ``path``."""
        self._path = path
        self._build()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide or bring back parts as room allows."""
        super().resizeEvent(event)
        self._build()

    def _build(self) -> None:
        for widget in self._parts:
            self._layout.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._parts = []
        crumbs = _crumbs(self._path)
        hidden = self._hidden(crumbs)
        self._add(self._crumb(*crumbs[0], last=len(crumbs) == 1))
        if hidden:
            self._add(self._rest(crumbs[1 : hidden + 1]))
            self._add(muted("/", self))
        for name, path in crumbs[hidden + 1 :]:
            last = path == crumbs[-1][1]
            self._add(self._crumb(name, path, last=last))
            if not last:
                self._add(muted("/", self))

    def _hidden(self, crumbs: list[tuple[str, str]]) -> int:
        """Return how many parts after the root must go, so that the last ones have room."""
        metrics, room = self.fontMetrics(), self.width()
        widths = [metrics.horizontalAdvance(_short(name)) + theme.space(6) for name, _ in crumbs]
        hidden = 0
        while sum(widths) - sum(widths[1 : hidden + 1]) + (30 if hidden else 0) > room:
            if hidden >= len(crumbs) - 2:
                break
            hidden += 1
        return hidden

    def _crumb(self, name: str, path: str, *, last: bool) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setText(_short(name).replace("&", "&&"))
        button.setAccessibleName("Root folder" if path == "/" else f"Folder {name}")
        button.setToolTip(plain_tip(path))
        if last:
            button.setFont(theme.ui_font(bold=True))
        button.clicked.connect(lambda: self.chosen.emit(path))
        return button

    def _rest(self, crumbs: list[tuple[str, str]]) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setText("…")
        button.setAccessibleName("Folders between")
        button.setToolTip("Folders between")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for name, path in crumbs:
            entry = menu.addAction(name.replace("&", "&&"))
            entry.triggered.connect(partial(self.chosen.emit, path))
        button.setMenu(menu)
        return button

    def _add(self, widget: QWidget) -> None:
        self._layout.insertWidget(len(self._parts), widget)
        self._parts.append(widget)
        widget.show()


def _crumbs(path: str) -> list[tuple[str, str]]:
    names = [name for name in path.split("/") if name]
    return [("/", "/"), *((name, "/" + "/".join(names[: i + 1])) for i, name in enumerate(names))]


def _short(name: str) -> str:
    return middle_elided(name, _LONGEST)
