"""Who we are: version, licence, and what a report about a fault should name."""

from __future__ import annotations

import platform

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer import __version__
from explorer.ui import icons, theme
from explorer.ui.widgets.buttons import CopyButton
from explorer.ui.widgets.labels import heading, mono, muted


def versions() -> str:
    """Return the versions that matter to who mends a fault."""
    return (
        f"Layerscope {__version__} · Python {platform.python_version()} · Qt {qVersion()} · "
        f"{platform.system()} {platform.machine()}"
    )


class AboutDialog(QDialog):
    """Name, version, licence; the versions can be copied."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Layerscope")
        picture = QLabel(self)
        picture.setPixmap(icons.application_icon().pixmap(QSize(64, 64), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(theme.space(2))
        words.addWidget(heading(f"Layerscope {__version__}", self))
        words.addWidget(muted("See inside a container image, layer by layer.", self))
        words.addWidget(muted("Apache License 2.0. It sends nothing anywhere.", self))
        line = QHBoxLayout()
        line.addWidget(mono(versions(), self))
        line.addWidget(CopyButton("Copy versions", versions, self))
        words.addLayout(line)
        head = QHBoxLayout()
        head.setSpacing(theme.space(4))
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.space(5),) * 4)
        layout.setSpacing(theme.space(4))
        layout.addLayout(head)
        layout.addWidget(buttons)
