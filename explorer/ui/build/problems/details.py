"""One problem in full: why it matters, what can be done, where to read more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.dockerfile.advice.model import Diagnostic, Fix
from explorer.ui import theme
from explorer.ui.build.problems.model import NAMES
from explorer.ui.widgets.labels import Label, muted

_MOST_FIXES = 4


class ProblemDetails(QScrollArea):
    """Shows a :class:`Diagnostic`; a fix is made by who hears of it."""

    fix_wanted = Signal(object)
    """The user wants this :class:`Fix`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("About this problem")
        self.problem: Diagnostic | None = None
        self.fixes: list[QPushButton] = []
        self._build()

    def show_problem(self, problem: Diagnostic | None) -> None:
        """Show another problem."""
        if problem != self.problem:
            self.problem = problem
            self._build()

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.space(4), theme.space(3), theme.space(4), theme.space(3))
        column.setSpacing(theme.space(2))
        self.fixes = []
        if self.problem is None:
            column.addWidget(muted("Select a problem to see why it matters.", body, wrap=True))
        else:
            self._fill(self.problem, column, body)
        column.addStretch(1)
        self.setWidget(body)

    def _fill(self, problem: Diagnostic, column: QVBoxLayout, body: QWidget) -> None:
        title = Label(problem.message, body, wrap=True)
        title.setFont(theme.ui_font(bold=True))
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(title)
        if problem.explanation and problem.explanation != problem.message:
            column.addWidget(Label(problem.explanation, body, wrap=True))
        if problem.fixes:
            column.addLayout(self._buttons(problem.fixes[:_MOST_FIXES], body))
        rule = f"{problem.rule} · " if problem.rule else ""
        column.addWidget(muted(f"{rule}{NAMES[problem.source]}", body))
        if problem.url:
            column.addWidget(_link(problem.url, body))

    def _buttons(self, fixes: Sequence[Fix], parent: QWidget) -> QVBoxLayout:
        buttons = QVBoxLayout()
        buttons.setSpacing(theme.space(1))
        for fix in fixes:
            line = QHBoxLayout()
            button = QPushButton(fix.title, parent)
            button.clicked.connect(lambda _on=False, fix=fix: self.fix_wanted.emit(fix))
            self.fixes.append(button)
            line.addWidget(button)
            line.addStretch(1)
            buttons.addLayout(line)
        return buttons


def _link(url: str, parent: QWidget) -> QWidget:
    """A link that opens in the browser, and says where it leads: nothing is fetched before."""
    button = QToolButton(parent)
    button.setText("Read more on the web")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setToolTip(url)
    button.setProperty("link", True)
    button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(url)))
    return button
