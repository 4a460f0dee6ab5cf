"""The folders that are trusted, listed; trust is taken back here."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.build.automatic.trust import TrustedFolders
from explorer.ui.build.locations import display_folder
from explorer.ui.widgets.labels import Label, muted


class TrustedFoldersDialog(QDialog):
    """Lists the folders; what is revoked is revoked at once."""

    revoked = Signal(Path)

    def __init__(self, trusted: TrustedFolders, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trusted = trusted
        self.list = QListWidget(self)
        self.stop = QPushButton("&Stop trusting", self)
        self._lay_out()
        self.stop.clicked.connect(self.revoke_chosen)
        self.list.itemSelectionChanged.connect(self._renew)
        self._fill()

    def revoke_chosen(self) -> None:
        """Trust what is selected no more."""
        for item in self.list.selectedItems():
            folder = Path(item.data(Qt.ItemDataRole.UserRole))
            self._trusted.revoke(folder)
            self.revoked.emit(folder)
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        for folder in self._trusted.folders:
            item = QListWidgetItem(display_folder(folder), self.list)
            item.setData(Qt.ItemDataRole.UserRole, str(folder))
            item.setToolTip(str(folder))
        is_empty = self.list.count() == 0
        self._none.setVisible(is_empty)
        self.list.setVisible(not is_empty)
        if not is_empty:
            self.list.setCurrentRow(0)
        self._renew()

    def _renew(self) -> None:
        self.stop.setEnabled(bool(self.list.selectedItems()))

    def _lay_out(self) -> None:
        self.setWindowTitle("Trusted folders")
        self.setMinimumWidth(theme.space(120))
        self.list.setAccessibleName("Trusted folders")
        self.list.setFont(theme.mono_font(0.95))
        self.list.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        words = "In these folders, Dockerfiles may run in the sandbox by themselves as you type."
        self._none = muted("No folder is trusted: nothing runs before you say so.", self, wrap=True)
        self._none.setMinimumHeight(theme.space(20))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(self.stop, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        margin = theme.space(4)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(theme.space(3))
        column.addWidget(Label(words, self, wrap=True))
        column.addWidget(self.list, 1)
        column.addWidget(self._none, 1)
        column.addWidget(buttons)
