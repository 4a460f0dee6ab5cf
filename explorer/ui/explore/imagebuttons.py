"""The buttons of an image's bar that say something: for which platform, how many remarks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from explorer.oci import Platform
from explorer.ui import icons, text


class PlatformButton(QToolButton):
    """The platform, and a menu of the others there are."""

    chosen = Signal(object)
    sizes_wanted = Signal()
    """The menu opens, and what the platforms store is not known yet."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._measured = False
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.set_icon(self, "platform", "muted")

    def offer(self, current: Platform, platforms: tuple[Platform, ...]) -> None:
        """Show ``current``, and offer the others."""
        self.setAccessibleName(f"Platform {current}")
        others = len(platforms) > 1
        self.setText(f"{current}  ▾" if others else str(current))
        self.setToolTip("Choose another platform" if others else "The only platform here")
        menu = QMenu(self)
        for platform in platforms:
            entry = menu.addAction(platform.full)
            entry.setCheckable(True)
            entry.setChecked(platform == current)
            entry.setData(str(platform))
            entry.triggered.connect(partial(self.chosen.emit, platform))
        self._measured = not others
        menu.aboutToShow.connect(self._opens)
        self.setMenu(menu)

    def show_sizes(self, sizes: Mapping[str, int]) -> None:
        """Show behind each platform what its layers store, in bytes."""
        self._measured = True
        for entry in self.menu().actions():
            stored = sizes.get(entry.data())
            if stored is not None:
                entry.setText(f"{entry.text().partition(chr(9))[0]}\t{text.size(stored)}")

    def _opens(self) -> None:
        if not self._measured:
            self.sizes_wanted.emit()


class WarningsButton(QToolButton):
    """How many remarks there are; pressed, they are shown. Not there while there are none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.set_icon(self, "warning", "warn")
        self.hide()

    def show_count(self, count: int) -> None:
        """Show that there are so many."""
        words = text.plural(count, "remark")
        self.setText(str(count))
        self.setToolTip(f"{words} on this image")
        self.setAccessibleName(f"{words} on this image")
        self.setVisible(count > 0)
