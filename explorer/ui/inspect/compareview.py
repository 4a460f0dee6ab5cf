"""Two versions of a path beside each other: what differs in metadata, and in text."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextBlock
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.analysis.preview.sides import Side
from explorer.analysis.timeline import Version
from explorer.filesystem.entry import Change
from explorer.ui import theme
from explorer.ui.inspect.comparison import Comparison, Line, pane, unified
from explorer.ui.inspect.deflist import DefinitionList
from explorer.ui.inspect.facts import Fact
from explorer.ui.inspect.textview import TextView
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import Label

_WIDE = 620
"""From this width on, in pixels, the versions stand side by side."""
_ROLES = {Side.OLD: "removed", Side.NEW: "added"}


class DiffPane(TextView):
    """One text of a comparison, with its changed lines and words marked."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self._lines: list[Line] = []
        super().__init__(name, parent)

    def show_lines(self, lines: list[Line]) -> None:
        """Show other lines."""
        self._lines = lines
        self.show_text("\n".join(line.text for line in lines))

    def line_label(self, number: int) -> str:
        """The number the line has in its own version."""
        return self._lines[number].label if number < len(self._lines) else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of changed lines and words, then the text."""
        painter = QPainter(self.viewport())
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > event.rect().bottom():
                break
            if block.blockNumber() < len(self._lines):
                line = self._lines[block.blockNumber()]
                row = QRectF(0, box.top(), self.viewport().width(), box.height())
                self._paint_ground(painter, row, line, block)
            block = block.next()
        painter.end()
        super().paintEvent(event)

    def _paint_ground(self, painter: QPainter, box: QRectF, line: Line, block: QTextBlock) -> None:
        colors = theme.colors()
        if line.filler or line.side is Side.SKIPPED:
            painter.fillRect(box, colors.hover)
            return
        role = _ROLES.get(line.side)
        if role is None:
            return
        painter.fillRect(box, getattr(colors, f"{role}_soft"))
        layout = block.layout().lineAt(0)
        if not layout.isValid():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        fill = theme.blend(getattr(colors, f"{role}_fill"), getattr(colors, f"{role}_soft"), 0.45)
        painter.setBrush(fill)
        origin = self.contentOffset() + QPointF(0, 0)
        for start, length in line.spans:
            left, right = (_x(layout.cursorToX(at)) for at in (start, start + length))
            painter.drawRoundedRect(
                QRectF(origin.x() + left, box.top(), right - left, box.height()), 2, 2
            )


def _x(place: object) -> float:
    """Qt for Python gives the x alone, or with the cursor's place."""
    return float(place[0] if isinstance(place, (tuple, list)) else place)  # type: ignore[arg-type]


class CompareView(QWidget):
    """Side by side where there is room, else in one column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: Comparison | None = None
        self._title = Label("", self)
        self._facts = DefinitionList("What differs", self)
        self._old = DiffPane("Older version", self)
        self._new = DiffPane("Newer version", self)
        self._both = DiffPane("Difference", self)
        self._captions = (Label("", self, role="muted"), Label("", self, role="muted"))
        self._message = EmptyState("diff", "Pick two versions", parent=self)
        self._lay_out()
        self._tie()
        self.rest()

    @property
    def has_comparison(self) -> bool:
        """Whether two versions are compared."""
        return self._comparison is not None

    def rest(self) -> None:
        """Say how two versions are compared."""
        self._comparison = None
        self._title.setText("")
        self._facts.show_facts(())
        self._explain(
            "Pick two versions",
            "Select one in the timeline, and a second with Ctrl+click or Shift+arrow keys.",
        )

    def show_comparison(self, comparison: Comparison) -> None:
        """Show what differs between two versions."""
        self._comparison = comparison
        self._title.setText(_title(comparison))
        facts = [Fact(d.word, f"{d.old} → {d.new}", mono=True) for d in comparison.differences]
        self._facts.show_facts(facts)
        for label, version in zip(self._captions, (comparison.old, comparison.new), strict=True):
            label.setText(_caption(version))
        if not comparison.rows:
            words = "Nothing differs" if comparison.same else "No text to compare"
            self._explain(words, comparison.reason)
            return
        self._old.show_lines(pane(comparison.rows, new=False))
        self._new.show_lines(pane(comparison.rows, new=True))
        self._both.show_lines(unified(comparison.rows))
        self._choose()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Change between one column and two."""
        super().resizeEvent(event)
        if self._comparison is not None and self._comparison.rows:
            self._choose()

    def _choose(self) -> None:
        self._stack.setCurrentIndex(0 if self.width() >= _WIDE else 1)

    def _explain(self, title: str, hint: str) -> None:
        self._message.explain(title, hint)
        self._stack.setCurrentIndex(2)

    def _lay_out(self) -> None:
        sides = QWidget(self)
        across = QHBoxLayout(sides)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(1)
        for caption, view in zip(self._captions, (self._old, self._new), strict=True):
            column = QVBoxLayout()
            column.setSpacing(2)
            caption.setContentsMargins(theme.space(2), 0, 0, 0)
            column.addWidget(caption)
            column.addWidget(view, 1)
            across.addLayout(column, 1)
        self._stack = QStackedWidget(self)
        for page in (sides, self._both, self._message):
            self._stack.addWidget(page)
        self._title.setFont(theme.ui_font(bold=True))
        head = QVBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(1))
        head.addWidget(self._title)
        head.addWidget(self._facts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)

    def _tie(self) -> None:
        """Scroll both panes together."""
        for bar in ("verticalScrollBar", "horizontalScrollBar"):
            one, other = getattr(self._old, bar)(), getattr(self._new, bar)()
            one.valueChanged.connect(other.setValue)
            other.valueChanged.connect(one.setValue)


def _title(comparison: Comparison) -> str:
    words = f"Layer {comparison.old.layer} → layer {comparison.new.layer}"
    if comparison.rows and (comparison.added or comparison.removed):
        words += f"   +{comparison.added:,} −{comparison.removed:,} lines"
    return words


def _caption(version: Version) -> str:
    return f"layer {version.layer}" + (": deleted" if version.change is Change.REMOVED else "")
