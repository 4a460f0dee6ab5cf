"""A list of labelled values that can be selected and copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.inspect.facts import Fact
from explorer.ui.widgets.labels import Label, muted

_SHORT = 44
"""Characters that a narrow panel has room for."""


class DefinitionList(QWidget):
    """Names at the left, values beside them."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.space(3))
        self._grid.setVerticalSpacing(theme.space(1))
        self._grid.setColumnStretch(1, 1)
        self._facts: tuple[Fact, ...] = ()

    def facts(self) -> tuple[Fact, ...]:
        """Return what is shown."""
        return self._facts

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show other values."""
        if tuple(facts) == self._facts:
            return
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._facts = tuple(facts)
        for row, fact in enumerate(self._facts):
            self._add(row, fact)

    def _add(self, row: int, fact: Fact) -> None:
        top = Qt.AlignmentFlag.AlignTop
        name = muted(fact.name, self)
        name.setToolTip(fact.help)
        value = value_label(fact, self)
        name.setBuddy(value)
        self._grid.addWidget(name, row, 0, top | Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(value, row, 1)


def value_label(fact: Fact, parent: QWidget) -> Label:
    """Return the label of a value: selectable, wrapped, in monospace where it is due."""
    # A wrapped label does not know its height before its width: short ones stay on one line.
    long = len(fact.value) > _SHORT and "\n" not in fact.value
    label = Label(fact.value, parent, role="warn" if fact.warns else "text", wrap=long)
    label.setFont(theme.mono_font() if fact.mono else theme.number_font())
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setToolTip(fact.help)
    label.setAccessibleName(f"{fact.name}: {fact.value}")
    if not long:
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label
