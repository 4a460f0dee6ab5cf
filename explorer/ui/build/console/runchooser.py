"""Which of several builds is shown: a list that tells how it stands with each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from explorer.ui import icons, text, theme
from explorer.ui.build.console.builds import Build
from explorer.ui.build.console.looks import BUILD


class RunChooser(QComboBox):
    """The builds of one page since it was opened, the newest first; hidden while there is one."""

    wanted = Signal(object)
    """Show this :class:`Build`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Which build is shown")
        self.setToolTip("Which build is shown")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(14)
        self._builds: tuple[Build, ...] = ()
        self.activated.connect(self._chosen)
        theme.switch().changed.connect(self.renew)
        self.hide()

    def show_builds(self, builds: Sequence[Build], shown: Build | None) -> None:
        """List builds, the oldest first; ``shown`` is the one in view."""
        self._builds = tuple(reversed(builds))
        self.clear()
        for build in self._builds:
            self.addItem(words_of(build), build)
        if shown in self._builds:
            self.setCurrentIndex(self._builds.index(shown))
        self.setVisible(len(self._builds) > 1)
        self.renew()

    def renew(self) -> None:
        """Tell how they stand now; nothing is laid out anew for that."""
        if not self.isVisible():
            return
        for place, build in enumerate(self._builds):
            words = words_of(build)
            if words != self.itemText(place) or self.itemIcon(place).isNull():
                icon, color, _ = BUILD[build.log.state]
                self.setItemText(place, words)
                self.setItemIcon(place, icons.icon(icon, getattr(theme.colors(), color)))

    def _chosen(self, place: int) -> None:
        if 0 <= place < len(self._builds):
            self.wanted.emit(self._builds[place])


def words_of(build: Build) -> str:
    """A build in a few words: its number, its target, how it stands."""
    log = build.log
    state = BUILD[log.state][2]
    took = text.duration(log.at) if log.end is not None else ""
    return f"#{build.number} {log.target}".rstrip() + f" · {state} {took}".rstrip()
