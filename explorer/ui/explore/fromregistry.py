"""Opening an image of a registry by its name; what is not written is explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from explorer.errors import UsageError
from explorer.oci import Reference
from explorer.ui import dialogs, text
from explorer.ui.recents import Recents
from explorer.ui.registries.form import Form
from explorer.ui.registries.nameparts import NameParts
from explorer.ui.widgets.labels import muted

SCHEME: Final = "docker://"
_WORDS: Final = (
    "The stack of layers shows at once. Of the layers themselves only what you look into is "
    "fetched, and kept for the next time."
)
_EXAMPLE: Final = "Write HOST/PATH:TAG, like ghcr.io/owner/app:1.2, or only nginx."


class RegistryNameDialog(Form):
    """Asks for a reference, taken apart while it is typed; nothing is contacted before Open."""

    def __init__(self, known: Sequence[str], parent: QWidget) -> None:
        super().__init__("Open from a registry", _WORDS, "Open", parent)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText("nginx:1.27")
        self.name.setClearButtonEnabled(True)
        completer = QCompleter(list(known), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.name.setCompleter(completer)
        self.add_field("&Image:", self.name)
        self._explained = muted("", self, wrap=True)
        self._parts = NameParts(self)
        self.body.addWidget(self._explained)
        self.body.addWidget(self._parts)
        self.name.textChanged.connect(self._explain)
        self._explain()

    def check(self) -> str:
        """The name has to be one."""
        try:
            self._typed()
        except UsageError as error:
            return f"{text.capitalised(error.why)}. {error.hint}".strip()
        return ""

    def location(self) -> str:
        """What to open."""
        return f"{SCHEME}{self._typed()}"

    def _typed(self) -> Reference:
        return Reference.parse(self.name.text().strip().removeprefix(SCHEME))

    def _explain(self) -> None:
        self.say("")
        try:
            reference = self._typed()
        except UsageError as error:
            words = f"{text.capitalised(error.why)}."
            self._explained.setText(words if self.name.text().strip() else _EXAMPLE)
            self._explained.show()
            self._parts.show_name(None)
            self.ok.setEnabled(False)
            return
        self._explained.hide()
        self._parts.show_name(reference)
        self.ok.setEnabled(True)
        self.ok.setDefault(True)


async def ask_reference(parent: QWidget, recents: Recents) -> str:
    """The location of an image in a registry that the user names; empty if it is none."""
    known = [
        recent.location.removeprefix(SCHEME)
        for recent in recents.all()
        if recent.location.startswith(SCHEME)
    ]
    dialog = RegistryNameDialog(known, parent)
    return dialog.location() if await dialogs.finished(dialog) else ""
