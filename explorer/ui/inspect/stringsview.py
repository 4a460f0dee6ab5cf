"""The strings in a file, whatever it is."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.analysis.preview.strings import Strings
from explorer.ui import theme
from explorer.ui.inspect.tables import TextItems, TextTable
from explorer.ui.widgets.labels import muted


class StringsView(QWidget):
    """How many there are, and a table of them with their offsets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._note = muted("", self)
        self._note.setContentsMargins(theme.space(3), 0, 0, 0)
        self._table = TextTable("Strings", ("Offset", "Text"), frozenset({0}), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.space(1), 0, 0)
        column.addWidget(self._note)
        column.addWidget(self._table, 1)

    @property
    def items(self) -> TextItems:
        """What the table shows."""
        return self._table.items

    def show_strings(self, found: Strings | None) -> None:
        """Show what was found; nothing while it is not known."""
        self._table.show_rows(
            [(f"{one.offset:08x}", one.text) for one in found.found] if found else ()
        )
        if found is None:
            self._note.setText("")
        elif found.complete:
            self._note.setText(f"{len(found.found):,} strings of four or more letters")
        else:
            self._note.setText("Only the first part of the file was looked through.")
