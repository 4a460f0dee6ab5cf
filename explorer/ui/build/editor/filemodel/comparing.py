"""What the disk holds against what the editor holds, as a difference of lines."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.progress import Job
from explorer.ui import theme
from explorer.ui.build.editor.newest import Newest
from explorer.ui.inspect.highlight import Highlighted, highlight
from explorer.ui.inspect.textview import TextView
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.labels import Label

_MOST: Final = 20_000
"""Lines that are compared."""


class ComparePanel(QWidget):
    """Shown below the text until it is closed."""

    def __init__(self, parent: QWidget, closed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._title = Label("", self)
        self._title.setFont(theme.ui_font(bold=True))
        name = "Difference between the file on disk and the editor"
        self._view = TextView(name, self, numbered=False)
        self._newest = Newest(self, "Comparing", _difference, self._show)
        self._closed = closed
        row = QHBoxLayout()
        row.setContentsMargins(theme.space(3), theme.space(1), theme.space(1), theme.space(1))
        row.addWidget(self._title, 1)
        row.addWidget(IconButton("close", "Close the comparison", self, clicked=self._close))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._view, 1)
        self.setFocusProxy(self._view)
        self.hide()

    def compare(self, title: str, before: str, after: str) -> None:
        """Show what makes ``after`` of ``before``."""
        self._title.setText(title)
        self._newest.ask((before, after))
        self.show()
        self._view.setFocus()

    def text(self) -> str:
        """The difference in view."""
        return self._view.toPlainText()

    def _show(self, _asked: tuple[str, str], found: tuple[str, Highlighted]) -> None:
        self._view.show_text(*found)

    def _close(self) -> None:
        self.hide()
        self._closed()


def _difference(asked: tuple[str, str], _job: Job) -> tuple[str, Highlighted]:
    before, after = (part.split("\n") for part in asked)
    if len(before) + len(after) > _MOST:
        return "Too many lines to compare here.", Highlighted("", ())
    lines = list(difflib.unified_diff(before, after, n=3, lineterm=""))[2:]
    text = "\n".join(lines) or "No difference."
    # Bytes that are no UTF-8 cannot be shown as they are.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text, highlight(text, "diff")
