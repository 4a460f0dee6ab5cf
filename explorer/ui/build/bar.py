"""The bar above the text: what is open, and what is built of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from explorer.dockerfile.stages.model import Program
from explorer.ui import theme
from explorer.ui.build.locations import display_folder
from explorer.ui.widgets.badge import Badge, Tone
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import heading, muted


class BuildBar(QWidget):
    """Name and folder at the left, the target at the right."""

    target_chosen = Signal(str)
    """Another stage is to be built; empty for the last one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = heading("", self, scale=1.1)
        self._folder = ElidedLabel("", self, mode=Qt.TextElideMode.ElideMiddle)
        self._unsaved = Badge("unsaved", Tone.WARN, self, help="There are changes not saved yet")
        self._read_only = Badge("read only", Tone.NEUTRAL, self, help="It cannot be changed here")
        self.target = QComboBox(self)
        self._names: Sequence[str] = ()
        self._lay_out()
        self.target.activated.connect(
            lambda _row: self.target_chosen.emit(self.target.currentData() or "")
        )
        self.show_state(unsaved=False, read_only=False)

    def show_path(self, path: Path) -> None:
        """Show which file is open."""
        self._name.setText(path.name)
        self._folder.setText(display_folder(path.parent))

    def show_state(self, *, unsaved: bool, read_only: bool) -> None:
        """Show whether there is something to save, and whether anything can be changed."""
        self._unsaved.setVisible(unsaved)
        self._read_only.setVisible(read_only)

    def show_program(self, program: Program, target: str) -> None:
        """Offer the stages of a program as targets."""
        names = tuple(dict.fromkeys(stage.name for stage in program.stages if stage.name))
        wanted = (*names, *(() if not target or target in names else (target,)))
        if wanted != self._names:
            self._names = wanted
            self.target.clear()
            last = program.stages[-1].title if program.stages else "none yet"
            self.target.addItem(f"Last stage ({last})", "")
            for name in wanted:
                self.target.addItem(name, name)
        elif program.stages:
            words = f"Last stage ({program.stages[-1].title})"
            if self.target.itemText(0) != words:
                self.target.setItemText(0, words)
        place = max(0, self.target.findData(target))
        if self.target.currentIndex() != place:
            self.target.setCurrentIndex(place)

    def _lay_out(self) -> None:
        self._folder.setFont(theme.mono_font(0.95))
        self.target.setAccessibleName("Target stage")
        self.target.setToolTip("The stage that the build makes")
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.target.addItem("Last stage", "")
        line = QHBoxLayout(self)
        line.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(2))
        line.setSpacing(theme.space(2))
        line.addWidget(self._name)
        line.addWidget(self._folder, 1)
        line.addWidget(self._read_only)
        line.addWidget(self._unsaved)
        label = muted("Target", self)
        label.setBuddy(self.target)
        line.addWidget(label)
        line.addWidget(self.target)
