"""How to save an image: form, compression, names, and where to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from explorer.oci import Reference
from explorer.ui import dialogs, theme
from explorer.ui.saving.choice import FORMS, SaveChoice, Subject, form_of, packing_words
from explorer.ui.settings import Settings
from explorer.ui.tasks import spawn
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import Label, muted
from explorer.ui.widgets.segmented import Segment, SegmentedControl

if TYPE_CHECKING:
    from explorer.transfer.layers import Packing

_FORM_KEY: Final = "save/form"
_PACKING_KEY: Final = "save/packing"
_FOLDER_KEY: Final = "save/folder"
_AS_IS: Final = "as-is"
_PACKINGS: Final = (
    Segment(_AS_IS, "Best for the form"),
    Segment("none", "Plain"),
    Segment("gzip", "gzip"),
    Segment("zstd", "zstd"),
)


class SaveDialog(QDialog):
    """Accepted, :meth:`choice` tells what was chosen. What was chosen last is offered again."""

    def __init__(self, subject: Subject, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._subject, self._settings = subject, settings
        self.setWindowTitle("Save image as")
        self.form = SegmentedControl("Form", [Segment(f.key, f.title) for f in FORMS], self)
        self.packing = SegmentedControl("Layers", _PACKINGS, self)
        self.names = QLineEdit(" ".join(name.familiar for name in subject.names), self)
        self.path = QLineEdit(self)
        self._form_help = muted("", self, wrap=True)
        self._packing_help = muted("", self, wrap=True)
        self._says = Label("", self, role="muted", wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.save = QPushButton("Save", self)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        self.save.setDefault(True)
        self._lay_out(buttons)
        self._offer()
        self.form.chosen.connect(self._form_chosen)
        self.packing.chosen.connect(lambda _key: self._renew())
        self.names.textChanged.connect(lambda _text: self._renew())
        self.path.textChanged.connect(lambda _text: self._renew())
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        self._renew()

    def choice(self) -> SaveChoice:
        """What is chosen as it stands."""
        key = self.packing.current()
        packing: Packing | None = None if key == _AS_IS else key  # type: ignore[assignment]
        names = (Reference.parse_or_none(word) for word in self.names.text().split())
        return SaveChoice(
            str(Path(self.path.text().strip()).expanduser()),
            form_of(self.form.current()).key,
            packing,
            tuple(name for name in names if name is not None),
        )

    def problem(self) -> str:
        """Why it cannot be saved so; empty where it can."""
        wrong = [w for w in self.names.text().split() if Reference.parse_or_none(w) is None]
        if wrong:
            return f"“{wrong[0]}” is no name for an image."
        if not self.path.text().strip():
            return "Name the file to save to."
        path = Path(self.choice().path)
        is_folder = self.form.current() == "oci"
        if is_folder and path.exists() and not path.is_dir():
            return "An OCI layout is a folder, and this is a file."
        if not is_folder and path.is_dir():
            return "This is a folder. Name a file in it."
        if not path.parent.is_dir():
            return f"There is no folder {path.parent}."
        return "" if os.access(path.parent, os.W_OK) else f"{path.parent} cannot be written to."

    def _consequence(self) -> str:
        """What becomes of what is there already."""
        path = Path(self.choice().path)
        if not path.exists():
            return ""
        if self.form.current() != "oci":
            return "The file that is there is replaced, once the new one is whole."
        empty = next(path.iterdir(), None) is None
        return "" if empty else "The image is added to what the folder holds."

    def _renew(self) -> None:
        problem = self.problem()
        self._says.setText(problem or self._consequence())
        self._form_help.setText(form_of(self.form.current()).help)
        choice = self.choice()
        self._packing_help.setText(packing_words(choice.form, choice.packing))
        self.save.setEnabled(not problem)

    # -- what is offered ----------------------------------------------------------------------

    def _offer(self) -> None:
        settings = self._settings
        self.form.choose(form_of(settings.text(_FORM_KEY)).key)
        kept = settings.text(_PACKING_KEY, _AS_IS)
        self.packing.choose(kept if kept in {each.key for each in _PACKINGS} else _AS_IS)
        folder = Path(settings.text(_FOLDER_KEY) or Path.home())
        if not folder.is_dir():
            folder = Path.home()
        self.path.setText(str(folder / self._file()))
        self._select_name()

    def _file(self) -> str:
        # The name may come from an image: a path in it must not lead out of the folder.
        name = Path(self._subject.file).name or "image"
        return f"{name}{form_of(self.form.current()).ending}"

    def _form_chosen(self, _key: str) -> None:
        """Give the file the ending of its form."""
        path = Path(self.path.text())
        name = path.name
        for form in sorted(FORMS, key=lambda each: -len(each.ending)):
            if form.ending and name.endswith(form.ending):
                name = name.removesuffix(form.ending)
                break
        self.path.setText(str(path.with_name(f"{name}{form_of(_key).ending}")) if name else "")
        self._renew()

    def _select_name(self) -> None:
        """Select the name without its ending: who types goes on at once."""
        words = self.path.text()
        start = len(words) - len(Path(words).name)
        ending = form_of(self.form.current()).ending
        self.path.setFocus()
        self.path.setSelection(start, len(words) - len(ending) - start)

    def _accept(self) -> None:
        if self.problem():
            return
        choice = self.choice()
        self._settings.set(_FORM_KEY, choice.form)
        self._settings.set(_PACKING_KEY, choice.packing or _AS_IS)
        self._settings.set(_FOLDER_KEY, str(Path(choice.path).parent))
        self.accept()

    def _browse(self) -> None:
        spawn(self, "Choosing where to save", self._ask())

    async def _ask(self) -> None:
        name = Path(self.path.text()).name
        if found := await dialogs.ask_save(self, self._settings, "Save image as", name):
            self.path.setText(found)

    # -- composition --------------------------------------------------------------------------

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        title = ElidedLabel(self._subject.title, self, mode=Qt.TextElideMode.ElideMiddle)
        title.setFont(theme.ui_font(1.25, bold=True))
        self.names.setPlaceholderText("no name: it is found by its digest")
        self.names.setAccessibleName("Names in the archive")
        self.path.setAccessibleName("Save to")
        self.path.setMinimumWidth(theme.space(80))
        browse = IconButton("folder-open", "Choose the file", self, clicked=self._browse)
        where = QHBoxLayout()
        where.addWidget(self.path, 1)
        where.addWidget(browse)
        form = QGridLayout()
        form.setHorizontalSpacing(theme.space(4))
        form.setVerticalSpacing(theme.space(1))
        form.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget | QHBoxLayout, QWidget | None], ...] = (
            ("Form", self.form, self._form_help),
            ("Layers", self.packing, self._packing_help),
            ("Names", self.names, None),
            ("Save to", where, self._says),
        )
        for title_, field, help_ in rows:
            self._add(form, title_, field, help_)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.space(5),) * 4)
        column.setSpacing(theme.space(4))
        column.addWidget(title)
        column.addLayout(form, 1)
        column.addWidget(buttons)
        self.setMinimumWidth(theme.space(160))

    def _add(
        self, form: QGridLayout, title: str, field: QWidget | QHBoxLayout, help: QWidget | None
    ) -> None:
        """Add a line: what is asked, the answer, and below it what the answer means."""
        row = form.rowCount()
        form.addWidget(Label(title, self), row, 0, Qt.AlignmentFlag.AlignVCenter)
        if isinstance(field, QWidget):
            stays = field.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Fixed
            left = Qt.AlignmentFlag.AlignLeft if stays else Qt.AlignmentFlag(0)
            form.addWidget(field, row, 1, left)
        else:
            form.addLayout(field, row, 1)
        if help is not None:
            form.addWidget(help, row + 1, 1)
        form.setRowMinimumHeight(row + 2, theme.space(2))
        form.addItem(QSpacerItem(0, theme.space(2)), row + 2, 0)
