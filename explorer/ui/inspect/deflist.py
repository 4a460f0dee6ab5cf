"""A list of labelled values that can be selected and copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from explorer.ui import theme
from explorer.ui.inspect.facts import Fact
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.buttons import CopyButton
from explorer.ui.widgets.labels import Label, muted

_SHORT = 44
"""Characters that a narrow panel has room for."""
_LONG_NAME = 20
"""Characters from which on names stand above their values."""
_NARROWEST = 60
"""The least width of a value, in pixels."""


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
        long = any(len(fact.name) > _LONG_NAME for fact in self._facts)
        for row, fact in enumerate(self._facts):
            self._add(row, fact, above=long)

    def _add(self, row: int, fact: Fact, *, above: bool) -> None:
        """Add a line; long names stand above their values, which would have no room beside."""
        top = Qt.AlignmentFlag.AlignTop
        name = muted(fact.name, self, wrap=above)
        name.setToolTip(fact.help)
        value = Value(fact, self)
        name.setBuddy(value)
        if above:
            self._grid.addWidget(name, 2 * row, 0, 1, 3)
            self._grid.addWidget(value, 2 * row + 1, 0, 1, 2)
        else:
            self._grid.addWidget(name, row, 0, top | Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(value, row, 1)
        if fact.copy:
            button = CopyButton(f"Copy {fact.name.lower()}", lambda: fact.copy, self)
            self._grid.addWidget(button, 2 * row + 1 if above else row, 2, top)


class Value(Label):
    """A value: selectable, wrapped, in monospace where it is due; the whole of it on hover."""

    def __init__(self, fact: Fact, parent: QWidget) -> None:
        super().__init__(fact.value, parent, role="warn" if fact.warns else "text", wrap=True)
        self.setFont(theme.mono_font() if fact.mono else theme.number_font())
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setToolTip(plain_tip(fact.help or (fact.value if len(fact.value) > _SHORT else "")))
        self.setAccessibleName(f"{fact.name}: {fact.value}")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        """Not as wide as the longest word: a digest must not widen the panel."""
        return QSize(_NARROWEST, self.fontMetrics().height())
