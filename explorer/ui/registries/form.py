"""A dialog that does its work before it closes: what goes wrong is said in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.errors import ExplorerError
from explorer.ui import theme
from explorer.ui.tasks import Operation
from explorer.ui.widgets.bar import SlimBar
from explorer.ui.widgets.labels import Label, heading, muted

_WIDTH = 460


class Form(QDialog):
    """A heading, fields, an error line, and the buttons; ``submit`` runs when it is accepted."""

    def __init__(self, title: str, words: str, accept: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self.submit: Callable[[], Awaitable[object]] | None = None
        self.problem = Label("", self, role="danger", wrap=True)
        self.problem.setAccessibleName("What went wrong")
        self.problem.hide()
        self._bar = SlimBar(title, self)
        self._bar.hide()
        self.fields = QFormLayout()
        self.fields.setSpacing(theme.space(2))
        self.fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.fields.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        self.buttons = QDialogButtonBox(self)
        self.ok = QPushButton(accept, self)
        self.ok.setDefault(True)
        self.buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        # Else Return presses it while the default button is disabled.
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.space(3))
        column = QVBoxLayout(self)
        edge = theme.space(5)
        column.setContentsMargins(edge, edge, edge, theme.space(4))
        column.setSpacing(theme.space(3))
        column.addWidget(heading(title, self))
        if words:
            column.addWidget(muted(words, self, wrap=True))
        column.addLayout(self.fields)
        column.addLayout(self.body)
        column.addWidget(self.problem)
        column.addWidget(self._bar)
        column.addStretch(1)
        column.addWidget(self.buttons)

    def add_field(self, name: str, field: QWidget) -> None:
        """Add a field with its name before it."""
        label = QLabel(name, self)
        label.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(name.replace("&", "").rstrip(":"))
        self.fields.addRow(label, field)

    def begin(self, first: QWidget) -> None:
        """Once all fields are there: Tab goes through them to the buttons, from ``first`` on."""
        buttons = list(self.buttons.findChildren(QPushButton))
        order = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget not in buttons
        ]
        order = [*order, self.ok, *(button for button in buttons if button is not self.ok)]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        first.setFocus()

    def check(self) -> str:
        """What keeps the fields from being taken; empty where nothing does."""
        return ""

    def say(self, problem: str) -> None:
        """Say what went wrong, or take it back."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def accept(self) -> None:
        """Do the work; close once it is done."""
        problem = self.check()
        self.say(problem)
        if problem:
            return
        submit = self.submit
        if submit is None:
            super().accept()
            return

        async def work(_job: object) -> None:
            await submit()

        self._wait(True)
        (
            Operation(self, self.windowTitle())
            .work(work)
            .success(lambda _none: QDialog.accept(self))
            .failure(self._failed)
            .finished(lambda: self._wait(False))
            .quiet()
            .replacing("submit")
            .start()
        )

    def words_for(self, error: ExplorerError) -> str:
        """An error in words."""
        return str(error)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ExplorerError):
            raise error
        self.say(self.words_for(error))

    def _wait(self, waiting: bool) -> None:
        self._bar.setVisible(waiting)
        self.ok.setEnabled(not waiting)
