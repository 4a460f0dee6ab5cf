"""Begin a Dockerfile: a template for the folder, seen before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.dockerfile.ignore import DEFAULT_NAME
from explorer.errors import Refused
from explorer.progress import Job
from explorer.ui import icons, theme
from explorer.ui.build import asking
from explorer.ui.build.locations import display_folder
from explorer.ui.build.templates.library import Template, templates
from explorer.ui.build.templates.survey import Survey, survey
from explorer.ui.inspect.highlight import Highlighted, highlight
from explorer.ui.inspect.textview import TextView
from explorer.ui.page import Page
from explorer.ui.shell import Shell
from explorer.ui.tasks import Operation, spawn
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.labels import Label, heading, muted

_NEW = "layerscope:new-dockerfile"


class NewPage(Page):
    """Choose a folder, a template and a name; then write, never over what is there."""

    created = Signal(str)
    """The Dockerfile at this path was written."""

    def __init__(
        self,
        shell: Shell,
        folder: Path | None,
        *,
        created: Callable[[NewPage, str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("New Dockerfile", location=_NEW, icon="build", parent=parent)
        self.shell = shell
        self._survey = Survey(folder or Path.home(), frozenset(), {})
        self._has_folder = folder is not None
        self._is_known = False
        self.list = QListWidget(self)
        self.variant = QComboBox(self)
        self.name = QLineEdit("Dockerfile", self)
        self.create_button = QPushButton("Create", self)
        self.dockerfile = TextView("The Dockerfile", self)
        self.ignore = TextView("The ignore file", self)
        self._folder = ElidedLabel("", self, mode=Qt.TextElideMode.ElideMiddle)
        self._about = muted("", self, wrap=True)
        self._said = Label("", self, role="warn", wrap=True)
        self._lay_out()
        self._connect(created)
        self.look(folder)

    @property
    def template(self) -> Template:
        """The template that is chosen."""
        return templates()[max(0, self.list.currentRow())]

    @property
    def target(self) -> Path:
        """What would be written."""
        return self._survey.folder / self.name.text().strip()

    def look(self, folder: Path | None) -> None:
        """Look at another folder, and choose the template for it."""
        self._has_folder = folder is not None
        if folder is None:
            self._take(Survey(Path.home(), frozenset(), survey(Path("/nonexistent")).values))
            return
        Operation(self, f"Looking at {folder.name}").work(lambda _job: survey(folder)).success(
            self._take
        ).replacing("survey").quiet().start()

    def _take(self, found: Survey) -> None:
        self._survey, self._is_known = found, True
        place = display_folder(found.folder) if self._has_folder else "No folder chosen yet"
        self._folder.setText(place)
        fitting = found.fitting()
        for row, template in enumerate(templates()):
            item = self.list.item(row)
            fits = template in fitting
            item.setText(f"{template.title}  ✓ fits this folder" if fits else template.title)
        chosen = fitting[0] if fitting else self.template
        self.list.setCurrentRow(templates().index(chosen))
        self._show_template()

    def _show_template(self) -> None:
        template = self.template
        self._about.setText(template.about)
        self.variant.clear()
        for variant in template.variants:
            self.variant.addItem(variant.title, variant.id)
        wanted = template.variant_for(self._survey.names)
        self.variant.setCurrentIndex(template.variants.index(wanted))
        self.variant.setEnabled(len(template.variants) > 1)
        self._show_texts()

    def _show_texts(self) -> None:
        if not self._is_known:
            self.create_button.setEnabled(False)
            return
        texts = self.texts()
        for view, words, language in (
            (self.dockerfile, texts[0], "docker"),
            (self.ignore, texts[1], ""),
        ):
            Operation(self, "Colouring").work(partial(_coloured, words, language)).success(
                partial(_show, view)
            ).replacing(view.accessibleName()).quiet().start()
        self._explain()

    def texts(self) -> tuple[str, str]:
        """The Dockerfile and the ignore file as they would be written."""
        variant = self.template.variants[max(0, self.variant.currentIndex())]
        return (
            self.template.dockerfile(variant, self._survey.values),
            self.template.ignore_file(),
        )

    def _explain(self) -> None:
        """Say what will be written, or why nothing can be."""
        if not self._is_known:
            return
        name = self.name.text().strip()
        why = ""
        if not self._has_folder:
            why = "Choose the folder of the project."
        elif not name or "/" in name or name in (".", ".."):
            why = "Give the file a name without a slash."
        elif name in self._survey.names:
            why = f"{name} is there already, and stays as it is: choose another name."
        self.create_button.setEnabled(not why)
        keeps = DEFAULT_NAME in self._survey.names
        self._said.setText(why or (f"{DEFAULT_NAME} is there and stays as it is." if keeps else ""))
        self._said.setVisible(bool(self._said.text()))

    def _write(self) -> None:
        texts, target = self.texts(), self.target
        keeps = DEFAULT_NAME in self._survey.names
        Operation(self, f"Writing {target.name}").work(
            lambda _job: _write_new(target, texts[0], "" if keeps else texts[1])
        ).success(lambda path: self.created.emit(str(path))).failure(self._fail).start()

    def _fail(self, error: BaseException) -> None:
        self.banners.show_error(f"Creating {self.target.name}", error)

    async def _choose_folder(self) -> None:
        start = self._survey.folder if self._has_folder else None
        folder = await asking.ask_folder(self, "The folder of the project", start)
        if folder:
            self.look(Path(folder))

    # -- composition --------------------------------------------------------------------------

    def _connect(self, created: Callable[[NewPage, str], object]) -> None:
        self.list.currentRowChanged.connect(lambda _row: self._show_template())
        self.variant.activated.connect(lambda _row: self._show_texts())
        self.name.textChanged.connect(lambda _text: self._explain())
        self.name.returnPressed.connect(self.create_button.click)
        self.create_button.clicked.connect(self._write)
        self.created.connect(lambda path: created(self, path))

    def _lay_out(self) -> None:
        self.setProperty("help_topic", "building#begin-with-a-template")
        self.list.setAccessibleName("Templates")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setSpacing(2)
        for template in templates():
            item = QListWidgetItem(icons.icon("build"), template.title)
            item.setToolTip(template.about)
            self.list.addItem(item)
        self.variant.setAccessibleName("Kind of project")
        self.name.setAccessibleName("Name of the file")
        self.create_button.setDefault(True)
        tabs = QTabWidget(self)
        tabs.setDocumentMode(True)
        tabs.setAccessibleName("What is written")
        tabs.tabBar().setAccessibleName("What is written")
        tabs.addTab(self.dockerfile, "Dockerfile")
        tabs.addTab(self.ignore, DEFAULT_NAME)
        left = QVBoxLayout()
        left.setSpacing(theme.space(2))
        left.addWidget(heading("Template", self, scale=1.05))
        left.addWidget(self.list, 1)
        left.addWidget(self._about)
        left.addWidget(self.variant)
        right = QVBoxLayout()
        right.setSpacing(theme.space(2))
        right.addLayout(self._where())
        right.addWidget(tabs, 1)
        right.addLayout(self._foot())
        columns = QHBoxLayout()
        edge = theme.space(4)
        columns.setContentsMargins(edge, edge, edge, edge)
        columns.setSpacing(theme.space(6))
        columns.addLayout(left, 2)
        columns.addLayout(right, 5)
        self.body.addLayout(columns)
        self.setFocusProxy(self.list)

    def _where(self) -> QHBoxLayout:
        choose = QPushButton("Choose folder…", self)
        choose.clicked.connect(lambda: spawn(self, "Choosing a folder", self._choose_folder()))
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        line.addWidget(heading("Folder", self, scale=1.05))
        self._folder.setFont(theme.mono_font())
        line.addWidget(self._folder, 1)
        line.addWidget(choose)
        return line

    def _foot(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(theme.space(2))
        line.addWidget(muted("Name", self))
        line.addWidget(self.name)
        line.addWidget(self._said, 1)
        line.addWidget(self.create_button)
        return line


def _coloured(words: str, language: str, job: Job) -> tuple[str, Highlighted]:
    return words, highlight(words, language, job)


def _show(view: TextView, coloured: tuple[str, Highlighted]) -> None:
    view.show_text(*coloured)


def _write_new(target: Path, dockerfile: str, ignore: str) -> Path:
    """Write both files, neither over another one; the ignore file only where there is text."""
    for path, words in ((target, dockerfile), (target.parent / DEFAULT_NAME, ignore)):
        if not words:
            continue
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(words)
        except FileExistsError as error:
            raise Refused(f"{path.name} is there already", why="nothing was overwritten") from error
        except OSError as error:
            raise Refused(f"{path.name} cannot be written", why=error.strerror or "") from error
    return target
