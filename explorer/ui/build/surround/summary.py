"""The build context in a few words, below the graph."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.build.context.context import Context
from explorer.filesystem.names import display
from explorer.ui import text, theme
from explorer.ui.build.locations import display_folder
from explorer.ui.build.surround.keeper import ContextKeeper
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import Label, heading, muted

_LARGE = 100_000_000
"""Bytes from which on a context is worth a second look."""


class ContextSummary(QWidget):
    """Follows a :class:`ContextKeeper`."""

    folder_wanted = Signal()
    """The user wants another folder."""

    def __init__(self, keeper: ContextKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._folder = ElidedLabel("", self, mode=Qt.TextElideMode.ElideMiddle)
        self._folder.setFont(theme.mono_font(0.95))
        self.figures = Label("", self, wrap=True)
        self.figures.setFont(theme.number_font())
        self.left_out = muted("", self, wrap=True)
        self.warned = Label("", self, role="warn", wrap=True)
        self._lay_out()
        keeper.changed.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """Say what is known by now."""
        keeper = self._keeper
        folder = keeper.folder
        self._folder.setText(display_folder(folder) if folder is not None else "")
        context = keeper.context
        warning = ""
        if context is not None:
            self.figures.setText(
                f"{text.size(context.size)} in {text.plural(context.files, 'file')}"
            )
            self.left_out.setText(left_out_words(context))
            self.left_out.setToolTip(plain_tip(_folders(context)))
            warning = _warning(context)
        else:
            error = keeper.error
            self.figures.setText("" if error is not None else "Looking at the folder…")
            self.left_out.setText("")
            warning = str(error) if error is not None else ""
        self.warned.setText(warning)
        for label in (self.figures, self.left_out, self.warned):
            label.setVisible(bool(label.text()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.space(2))
        head.addWidget(heading("Context", self, scale=1.0))
        head.addWidget(self._folder, 1)
        head.addWidget(
            IconButton(
                "folder-open",
                "Choose the folder that COPY reads from",
                self,
                clicked=self.folder_wanted.emit,
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(3), theme.space(2), theme.space(2), theme.space(3))
        layout.setSpacing(theme.space(1))
        layout.addLayout(head)
        for label in (self.figures, self.left_out, self.warned):
            layout.addWidget(label)


def left_out_words(context: Context) -> str:
    """What the ignore file leaves out, in a sentence."""
    name, left = context.ignore.name, context.left_out
    if not name:
        return "No ignore file: everything in the folder is sent"
    if left.is_nothing:
        return f"{name} leaves nothing out"
    parts = []
    if left.folder_count:
        parts.append(text.plural(left.folder_count, "folder"))
    if left.entries:
        words = text.plural(left.entries, "entry", "entries")
        parts.append(f"{words} ({text.size(left.size)})" if left.size else words)
    return f"{name} leaves out {' and '.join(parts)}"


def _folders(context: Context) -> str:
    return "\n".join(display(path) for path in context.left_out.folders[:20])


def _warning(context: Context) -> str:
    if context.notes:
        first = context.notes[0]
        more = f", and {len(context.notes) - 1} more" if len(context.notes) > 1 else ""
        return f"{display(first.path)}: {first.what}{more}"
    largest = context.folder_sizes()[:1]
    if context.size >= _LARGE and largest:
        name, _count, size = largest[0]
        return f"{display(name)} alone is {text.size(size)}: does the build need it?"
    return ""
