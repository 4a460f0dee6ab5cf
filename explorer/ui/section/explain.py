"""One cell at a time, explained in words below the picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.section.look import CellLook
from explorer.ui.section.paint import CellPainter
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import Label, muted

REST = (
    "Each column is a layer, each row an entry of this folder. Follow a row from left to right: "
    "a block is stored in that layer, dots show it through the layers above, "
    "and what arrives at the right is what a container sees."
)


class Sample(QWidget):
    """The cell that is explained, drawn once more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: CellLook | None = None
        self._layers = 1
        self.setFixedSize(QSize(56, 30))
        self.setAccessibleName("")

    def show_look(self, look: CellLook | None, layers: int) -> None:
        """Show another cell, or none."""
        self._look, self._layers = look, layers
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cell."""
        if self._look is not None:
            painter = QPainter(self)
            CellPainter(painter, self._layers).cell(QRectF(self.rect()), self._look)


class Explanation(QWidget):
    """The words for a cell, and the instruction of its layer; always as high as two lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Explanation")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._sample = Sample(self)
        self._words = Label(REST, self, wrap=True)
        self._words.setMinimumHeight(self._words.fontMetrics().lineSpacing() * 2)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._words.setSizePolicy(policy)
        self._made_by = ElidedLabel("", self)
        self._made_by.setFont(theme.mono_font(0.92))
        self._caption = muted("", self)
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        line.addWidget(self._caption)
        line.addWidget(self._made_by, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._words)
        words.addLayout(line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(2))
        layout.setSpacing(theme.space(3))
        layout.addWidget(self._sample, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.rest()

    def text(self) -> str:
        """Return the words shown."""
        return self._words.text()

    def set_compact(self, compact: bool) -> None:
        """Do without the instruction where there is little room."""
        lines = 1 if compact else 2
        self._words.setMinimumHeight(self._words.fontMetrics().lineSpacing() * lines)
        for part in (self._caption, self._made_by):
            part.setVisible(not compact)

    def rest(self) -> None:
        """Say how to read the picture, while no cell is looked at."""
        self._sample.show_look(None, 1)
        self._sample.setVisible(False)
        self._words.setText(REST)
        self._caption.setText("")
        self._made_by.setText("")
        self.setAccessibleDescription(REST)

    def explain(
        self, words: str, layer: int, made_by: str, look: CellLook | None, layers: int
    ) -> None:
        """Say what a cell is, and which instruction made its layer."""
        self._sample.setVisible(look is not None)
        self._sample.show_look(look, layers)
        self._words.setText(words)
        self._caption.setText(f"Layer {layer}" if layer >= 0 else "")
        self._made_by.setText(made_by)
        self.setAccessibleDescription(words)
