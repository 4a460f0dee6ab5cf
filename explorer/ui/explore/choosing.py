"""Which of several images in one archive to open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from explorer.ui import text, theme
from explorer.ui.tips import tip
from explorer.ui.widgets.labels import heading, muted

_MOST = 500
_LONGEST = 84


class ImageChoice(QScrollArea):
    """A button for each image; ``chosen`` has its name or digest."""

    chosen = Signal(str)

    def __init__(self, title: str, choices: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName("Images in this archive")
        content = QWidget(self)
        layout = QVBoxLayout(content)
        edge = theme.space(8)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.space(2))
        layout.addWidget(heading(f"{title} holds {text.plural(len(choices), 'image')}", content))
        layout.addWidget(muted("Choose the one to open.", content))
        layout.addSpacing(theme.space(2))
        for label in choices[:_MOST]:
            shown = text.middle_elided(label, _LONGEST)
            button = QPushButton(shown.replace("&", "&&"), content)
            button.setToolTip(tip(label) if shown != label else "")
            button.setStyleSheet("text-align: left; padding: 8px 12px;")
            button.clicked.connect(partial(self.chosen.emit, reference_of(label)))
            layout.addWidget(button)
            if self.focusProxy() is None:
                self.setFocusProxy(button)
        layout.addStretch(1)
        content.setMaximumWidth(720)
        holder = QWidget(self)
        middle = QVBoxLayout(holder)
        middle.addWidget(content, 0, Qt.AlignmentFlag.AlignTop)
        self.setWidget(holder)


def reference_of(label: str) -> str:
    """The name or digest in a label such as ``a:1, b:2 (linux/amd64) [artifact]``."""
    return label.partition(" ")[0].rstrip(",")
