"""Facts in cards, in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.facts.facts import Group
from explorer.ui.inspect.deflist import DefinitionList
from explorer.ui.widgets.buttons import CopyButton
from explorer.ui.widgets.labels import Label, heading, muted

_COLUMN: Final = 360
"""The least width of a column, in pixels."""


class FactCards(QScrollArea):
    """A card for each group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: Sequence[Group] = ()
        self._columns = 1
        # Facts and room come together when the view is first shown: build once for both.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._build)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Image facts")

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show other facts."""
        self._groups = groups
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use another number of columns where there is other room."""
        super().resizeEvent(event)
        columns = max(1, min(3, event.size().width() // _COLUMN))
        if columns != self._columns:
            self._columns = columns
            self._soon.start()

    def _build(self) -> None:
        body = QWidget(self.viewport())
        self.setWidget(body)
        row = QHBoxLayout(body)
        row.setContentsMargins(*(theme.space(3),) * 4)
        row.setSpacing(theme.space(3))
        columns = [QVBoxLayout() for _ in range(self._columns)]
        for number, group in enumerate(self._groups):
            # Groups come by importance: across first, then down.
            columns[number % self._columns].addWidget(_card(group, body))
        for column in columns:
            column.setSpacing(theme.space(3))
            column.addStretch(1)
            row.addLayout(column, 1)


def _card(group: Group, parent: QWidget) -> QWidget:
    card = QFrame(parent)
    card.setObjectName("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(theme.space(4), theme.space(3), theme.space(4), theme.space(3))
    column.setSpacing(theme.space(2))
    head = QHBoxLayout()
    head.addWidget(heading(group.title, card, scale=1.05), 1)
    if group.copy:
        name = f"Copy all of {group.title.lower()}"
        head.addWidget(CopyButton(name, lambda: group.copy, card))
    column.addLayout(head)
    if group.facts:
        facts = DefinitionList(group.title, card)
        facts.show_facts(group.facts)
        column.addWidget(facts)
    for sentence in group.warned:
        column.addWidget(Label(f"⚠ {sentence}.", card, role="warn", wrap=True))
    for sentence in group.said:
        column.addWidget(muted(f"{sentence}.", card, wrap=True))
    return card
