"""Two tags side by side: the layers they share, and how they run; nothing is pulled for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.oci import Descriptor, Reference
from explorer.transfer.browsing import Compared, Part, compare_parts
from explorer.ui import text, theme
from explorer.ui.registries.describing import layer_rows
from explorer.ui.registries.nameparts import NameLine
from explorer.ui.registries.rows import RIGHT, Rows
from explorer.ui.tips import plain_tip, tip
from explorer.ui.widgets.buttons import CopyButton, IconButton
from explorer.ui.widgets.labels import Label, heading, muted

Side = tuple[Reference, Part]


class ComparisonView(QScrollArea):
    """Shows two images; ``closed`` goes back to the details of one."""

    closed = Signal()
    open_wanted = Signal(object)
    """The user wants to look into this :class:`Reference`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName("Comparison of two tags")
        self._names = (NameLine(self), NameLine(self))
        self._references: list[Reference] = []
        self.summary: Label = Label("", self, wrap=True)
        self._config_head = heading("How they run", self, scale=1.05)
        self.config = Rows("Differences", ("", "A", "B"), self, sharing=(1, 2))
        self._layer_head = heading("Layers", self, scale=1.05)
        self.layers = Rows("Layers", ("", "Size", "Made by"), self)
        self._lay_out()

    def show_sides(self, a: Side, b: Side) -> None:
        """Compare two images."""
        found = compare_parts(a[1], b[1])
        self._references = [a[0], b[0]]
        for line, side in zip(self._names, (a, b), strict=True):
            line.show_name(side[0])
        self.summary.setText(summary(a, b, found))
        self._show_config(found)
        self._show_layers(a[1], b[1], found)

    def command(self) -> str:
        """The command that compares their files, too."""
        return " ".join(["layerscope diff", *(f"docker://{one}" for one in self._references)])

    def _show_config(self, found: Compared) -> None:
        self.config.clear()
        for key, left, right in found.config:
            item = self.config.add((key, left or "—", right or "—"))
            for column, words in enumerate((key, left, right)):
                item.setToolTip(column, tip(words))
        for widget in (self._config_head, self.config):
            widget.setVisible(bool(found.config))
        self.config.fit()

    def _show_layers(self, a: Part, b: Part, found: Compared) -> None:
        self.layers.clear()
        shared = {str(layer.digest) for layer in found.shared}
        for sign, part in (("A", a), ("B", b)):
            for row in layer_rows(part):
                is_shared = row[3] in shared
                if is_shared and sign == "B":
                    continue
                where = "both" if is_shared else f"only {sign}"
                item = self.layers.add((where, row[1], row[2]))
                item.setToolTip(0, plain_tip(row[3]))
                item.setToolTip(2, tip(row[2]))
                item.setTextAlignment(1, RIGHT)
                item.setFont(2, theme.mono_font(0.9))
                if not is_shared:
                    colors = theme.colors()
                    item.setForeground(0, colors.removed if sign == "A" else colors.added)
        self.layers.fit()

    def _lay_out(self) -> None:
        content = QWidget(self)
        column = QVBoxLayout(content)
        edge = theme.space(3)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(theme.space(2))
        head = QHBoxLayout()
        head.addWidget(heading("Comparison", content, scale=1.05), 1)
        head.addWidget(IconButton("close", "Close the comparison", self, clicked=self.closed.emit))
        column.addLayout(head)
        for letter, line, place in zip("AB", self._names, (0, 1), strict=True):
            row = QHBoxLayout()
            row.setSpacing(theme.space(2))
            row.addWidget(Label(letter, content, role="removed" if place == 0 else "added"))
            row.addWidget(line, 1)
            row.addWidget(IconButton("explore", f"Open {letter} without pulling", self,
                                     clicked=self._opener(place)))  # fmt: skip
            column.addLayout(row)
        column.addWidget(self.summary)
        for widget in (self._config_head, self.config, self._layer_head, self.layers):
            column.addWidget(widget)
        foot = QHBoxLayout()
        words = "Files are compared in a terminal: layerscope diff reads the layers."
        foot.addWidget(muted(words, content, wrap=True), 1)
        foot.addWidget(CopyButton("Copy the command that compares files", self.command, self))
        column.addLayout(foot)
        column.addStretch(1)
        self.setWidget(content)

    def _opener(self, place: int) -> Callable[[], object]:
        return lambda: self.open_wanted.emit(self._references[place])


def summary(a: Side, b: Side, found: Compared) -> str:
    """What matters in a sentence or two."""
    if a[1].descriptor.digest == b[1].descriptor.digest:
        return "Both tags stand for the same image."
    parts = []
    if found.shared:
        parts.append(f"{_amount(found.shared)} in both")
    for letter, layers in (("A", found.only_a), ("B", found.only_b)):
        if layers:
            parts.append(f"{_amount(layers)} only in {letter}")
    change = text.signed_size(b[1].size - a[1].size)
    return f"{'; '.join(parts) or 'No layers'}. From A to B: {change} to pull."


def _amount(layers: Sequence[Descriptor]) -> str:
    size = sum(layer.size for layer in layers)
    return f"{text.plural(len(layers), 'layer')} ({text.size(size)})"
