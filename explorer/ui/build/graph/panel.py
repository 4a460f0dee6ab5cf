"""The stage graph with its legend and its zoom."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from explorer.dockerfile.stages.model import NeedKind
from explorer.ui import theme
from explorer.ui.build.graph.canvas import GraphCanvas
from explorer.ui.build.graph.chart import Chart
from explorer.ui.build.graph.layout import Layout
from explorer.ui.build.graph.paint import pen_of
from explorer.ui.build.saying import say
from explorer.ui.text import plural
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import muted

_KINDS = (
    (NeedKind.FROM, "builds on"),
    (NeedKind.COPY, "copies from"),
    (NeedKind.MOUNT, "mounts"),
)


class GraphPanel(QWidget):
    """Emits the place in the text that a node leads to."""

    chosen = Signal(int)
    """Show the code at this offset."""
    entered = Signal(int)
    """Go to the code at this offset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = GraphCanvas(self)
        self._summary = ElidedLabel("", self)
        self._empty = EmptyState(
            "build", "No stages yet", "A stage begins with FROM and the image it builds on.", self
        )
        self._legend = QWidget(self)
        self._lay_out()
        self.canvas.chosen.connect(lambda node: self.chosen.emit(self._offset(node)))
        self.canvas.entered.connect(lambda node: self.entered.emit(self._offset(node)))
        self.canvas.zoomed.connect(self._follow_zoom)
        self.show_chart(Chart(), Layout((), (), (), 0, 0.0))

    def show_chart(self, chart: Chart, layout: Layout) -> None:
        """Show another graph."""
        self.canvas.show_chart(chart, layout)
        self._pages.setCurrentWidget(self.canvas if chart.nodes else self._empty)
        say(self._summary, _summary(chart, layout))
        kinds = {arrow.kind for arrow in chart.arrows}
        for kind, entry in self._entries.items():
            if entry.isHidden() is (kind in kinds):
                entry.setVisible(kind in kinds)

    def show_stage(self, stage: int) -> None:
        """Mark the stage that the caret is in; -1 for none."""
        self.canvas.show_current(stage)

    def _offset(self, node: int) -> int:
        return self.canvas.chart.nodes[node].span.start

    def _follow_zoom(self) -> None:
        self._fit.setEnabled(not self.canvas.fits)

    def _lay_out(self) -> None:
        self._entries = {kind: _LegendEntry(kind, words, self._legend) for kind, words in _KINDS}
        legend = QHBoxLayout(self._legend)
        legend.setContentsMargins(0, 0, 0, 0)
        legend.setSpacing(theme.space(3))
        for entry in self._entries.values():
            legend.addWidget(entry)
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(1), theme.space(2), theme.space(1))
        head.setSpacing(0)
        head.addWidget(self._summary, 1)
        canvas = self.canvas
        head.addWidget(IconButton("minus", "Smaller (−)", self, clicked=canvas.zoom_out))
        head.addWidget(IconButton("plus", "Larger (+)", self, clicked=canvas.zoom_in))
        self._fit = IconButton("fit", "Fit the room (0)", self, clicked=canvas.fit)
        head.addWidget(self._fit)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.space(3), theme.space(1), theme.space(3), theme.space(1))
        foot.addWidget(self._legend)
        foot.addStretch(1)
        holder = QWidget(self)
        self._pages = QStackedLayout(holder)
        self._pages.addWidget(canvas)
        self._pages.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(holder, 1)
        layout.addLayout(foot)
        self.setFocusProxy(canvas)


class _LegendEntry(QWidget):
    """A short stroke, and what it means."""

    def __init__(self, kind: NeedKind, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.space(8), 0, 0, 0)
        label = muted(words, self)
        label.setFont(theme.ui_font(0.86))
        layout.addWidget(label)

    def sizeHint(self) -> QSize:
        """Room for stroke and words."""
        return super().sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the stroke."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen_of(self._kind, theme.colors().accent))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        y = self.height() / 2
        painter.drawLine(QPointF(0, y), QPointF(theme.space(7), y))


def _summary(chart: Chart, layout: Layout) -> str:
    stages = [node for node in chart.nodes if node.kind == "stage"]
    if not stages:
        return ""
    parts = [plural(len(stages), "stage")]
    unused = sum(not node.needed for node in stages)
    if unused:
        parts.append(f"{unused} not built")
    widest = max(
        (
            sum(chart.nodes[n].kind == "stage" and chart.nodes[n].needed for n in row)
            for row in layout.rows()
        ),
        default=0,
    )
    if widest > 1:
        parts.append(f"up to {widest} side by side")
    return " · ".join(parts)
