"""The plan: what breaks the chain, each step with its reasons, and what its key is made of."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from explorer.build.context.context import Context
from explorer.build.plan.model import Cache, Plan
from explorer.ui import text, theme
from explorer.ui.build.plan.details import PlanDetails
from explorer.ui.build.plan.model import PlanModel
from explorer.ui.build.saying import say
from explorer.ui.build.turning import TurningSplitter
from explorer.ui.explore.rowpaint import header_style
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState

_UNFOLDED: Final = 300
"""Up to so many steps all stages are unfolded at first."""


class PlanView(QWidget):
    """Choosing a step leads to its line."""

    chosen = Signal(int)
    """Show this line in the text."""
    entered = Signal(int)
    """Go to this line in the text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan: Plan | None = None
        self.model = PlanModel(self)
        self.tree = QTreeView(self)
        self.details = PlanDetails(self)
        self._summary = ElidedLabel("", self)
        self._break = QToolButton(self)
        self._folded: set[str] = set()
        self._lay_out()
        self._connect()

    def show_plan(self, plan: Plan) -> None:
        """Show another plan; stages that were folded stay so."""
        first = self.plan is None
        self.plan = plan
        if self.model.show(plan):
            self._unfold(plan, first=first)
        say(self._summary, _summary(plan))
        broken = plan.first_break
        if self._break.isHidden() is (broken is not None):
            self._break.setVisible(broken is not None)
        if broken is not None:
            why = f": {broken.because[0]}" if broken.because else ""
            words = f"The chain breaks at line {broken.line}{why}"
            say(self._break, text.middle_elided(words, 90).replace("&", "&&"))
            self._break.setToolTip(words)
        self._pages.setCurrentIndex(1 if plan.stages else 0)
        self._follow()

    def show_context(self, context: Context | None) -> None:
        """Show what is known of the context, where no step is selected."""
        self.details.show_context(context)

    def show_line(self, line: int) -> None:
        """Mark the step that the caret is in."""
        if self.tree.hasFocus():
            return
        index = self.model.index_of(line)
        if index == self.tree.currentIndex():
            return
        flags = QItemSelectionModel.SelectionFlag
        chosen = flags.ClearAndSelect | flags.Rows if index.isValid() else flags.Clear
        self.tree.selectionModel().setCurrentIndex(index, chosen)
        if index.isValid() and self.isVisible():
            self.tree.scrollTo(index)

    def _unfold(self, plan: Plan, *, first: bool) -> None:
        if first:
            whole = sum(len(stage.steps) for stage in plan.stages)
            unused = {s.title for s in plan.stages if not s.used}
            self._folded = {s.title for s in plan.stages} if whole > _UNFOLDED else unused
        for row, stage in enumerate(self.model.stages):
            self.tree.setExpanded(self.model.index(row, 0), stage.title not in self._folded)

    def _follow(self) -> None:
        index = self.tree.currentIndex()
        self.details.show_step(self.model.step(index) if index.isValid() else None)

    def _fold(self, index: QModelIndex, *, folded: bool) -> None:
        if self.model.step(index) is None and index.row() < len(self.model.stages):
            title = self.model.stages[index.row()].title
            (self._folded.add if folded else self._folded.discard)(title)

    def _go_to_break(self) -> None:
        broken = self.plan.first_break if self.plan is not None else None
        if broken is not None:
            self.entered.emit(broken.line)

    def _connect(self) -> None:
        tree, model = self.tree, self.model
        tree.clicked.connect(lambda index: self.chosen.emit(model.line(index)))
        tree.activated.connect(lambda index: self.entered.emit(model.line(index)))
        tree.collapsed.connect(lambda index: self._fold(index, folded=True))
        tree.expanded.connect(lambda index: self._fold(index, folded=False))
        tree.selectionModel().currentRowChanged.connect(lambda *_: self._follow())
        self._break.clicked.connect(self._go_to_break)
        theme.switch().changed.connect(self._color)

    def _color(self) -> None:
        self.tree.header().setStyleSheet(header_style())

    def _lay_out(self) -> None:
        self._set_up_tree()
        self._break.setAutoRaise(True)
        self._break.setProperty("link", True)
        self._break.setCursor(Qt.CursorShape.PointingHandCursor)
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(1), theme.space(3), theme.space(1))
        head.setSpacing(theme.space(3))
        head.addWidget(self._summary, 1)
        head.addWidget(self._break)
        split = TurningSplitter(self.tree, self.details, self)
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(split, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(
            EmptyState(
                "play", "Nothing to plan yet", "Steps appear here with the first stage.", self
            )
        )
        self._pages.addWidget(listed)
        self.setFocusProxy(self.tree)

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setModel(self.model)
        tree.setAccessibleName("Steps of the build")
        tree.setUniformRowHeights(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setAllColumnsShowFocus(True)
        tree.setIndentation(theme.space(4))
        header = tree.header()
        header.setAccessibleName("Steps: columns")
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((90, 26, 18, 16)):
            tree.setColumnWidth(column, theme.space(width))
        self._color()


def _summary(plan: Plan) -> str:
    parts = [
        f"{plan.count(cache)} {word}"
        for cache, word in (
            (Cache.HIT, "cached"),
            (Cache.MISS, "will run"),
            (Cache.UNKNOWN, "not known"),
        )
        if plan.count(cache)
    ]
    return f"Layers: {' · '.join(parts)}" if parts else "No layers"
