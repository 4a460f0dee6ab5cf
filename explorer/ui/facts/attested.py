"""What is attached to an image: provenance, bills of materials, signatures; listed and read."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.analysis.attestations import Attached, Reading
from explorer.oci.layout import one_line
from explorer.progress import Job
from explorer.ui import text, theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.facts.asking import Around, look_around, read_document
from explorer.ui.facts.attestedfacts import about, laid_out, reading_groups
from explorer.ui.facts.cards import FactCards
from explorer.ui.facts.packagelist import PackageList
from explorer.ui.facts.tables import Line, LineTable
from explorer.ui.facts.turning import TurningSplitter
from explorer.ui.inspect.highlight import Highlighted, highlight
from explorer.ui.inspect.textview import TextView
from explorer.ui.tasks import Operation
from explorer.ui.widgets.buttons import CopyButton
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.segmented import Segment, SegmentedControl

HEADS: Final = ("What", "About", "Size")
_PAGES: Final = (
    Segment("read", "Says", "What the document says, as facts"),
    Segment("packages", "Packages", "The packages that a bill of materials lists"),
    Segment("files", "Build file", "The Dockerfile that the builder recorded"),
    Segment("raw", "Document", "The document as it is"),
)
_NONE: Final = (
    "Nothing is attached to this image",
    "No provenance, no bill of materials, no signature. Builders add them on request.",
)
_NO_PLACE: Final = (
    "This form of image holds nothing but the image",
    "Attestations travel in OCI layouts and archives, and in registries.",
)
_BEING_READ: Final = ("Looking for attestations", "They appear here in a moment.")


class AttestationsView(QWidget):
    """Looks for documents when it is first seen, and again for another image."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._documents: tuple[Attached, ...] = ()
        self.reading: Reading | None = None
        self.list = LineTable("Attached documents", HEADS, 0, self)
        self.pages = SegmentedControl("Attached document", _PAGES, self)
        self.cards = FactCards(self)
        self.cards.setAccessibleName("What the document says")
        self.packages = PackageList(self)
        self.file = TextView("Build file", self)
        self.raw = TextView("Document", self)
        self._copy = CopyButton("Copy the document", self._copied, self)
        self._empty = EmptyState("check", *_BEING_READ, self)
        self._stack, self._shown = QStackedWidget(self), QStackedWidget(self)
        self._lay_out()
        self.pages.chosen.connect(self._turn)
        self.list.selectionModel().currentRowChanged.connect(self._choose)

    def look(self) -> None:
        """Find what is attached to the model's image."""
        document, location = self._model.document, self._model.location
        self._show_documents(())
        self._empty.explain(*_BEING_READ)
        if document is None:
            return
        (
            Operation(self, f"Looking for attestations of {document.title}")
            .work(lambda job: look_around(location, document.digest, job))
            .success(self._found)
            .failure(self._failed)
            .replacing("look")
            .start()
        )

    def _found(self, around: Around) -> None:
        if not around.found.documents:
            self._empty.explain(*(_NONE if around.tree is not None else _NO_PLACE))
        self._show_documents(around.found.documents)

    def _failed(self, error: BaseException) -> None:
        self._empty.explain("Attestations could not be looked for", str(error))

    def _show_documents(self, documents: tuple[Attached, ...]) -> None:
        self._documents = documents
        self._show_reading(None)
        self.list.show_lines(
            [
                Line((one_line(d.title), about(d), text.size(d.size)), 0, str(d.digest))
                for d in documents
            ]
        )
        self._stack.setCurrentIndex(1 if documents else 0)
        if documents:
            self.list.selectRow(0)

    def _choose(self, index: QModelIndex, _before: QModelIndex) -> None:
        if not index.isValid() or index.row() >= len(self._documents):
            return
        chosen, location = self._documents[index.row()], self._model.location
        (
            Operation(self, f"Reading {chosen.title}")
            .work(lambda job: read_document(location, chosen, job))
            .success(self._show_reading)
            .failure(self._unread)
            .replacing("read")
            .start()
        )

    def _unread(self, error: BaseException) -> None:
        self._show_reading(None)
        self.raw.show_text(str(error))
        self.pages.choose("raw")

    # -- one document -------------------------------------------------------------------------

    def _show_reading(self, reading: Reading | None) -> None:
        self.reading = reading
        self.cards.show_groups(reading_groups(reading) if reading is not None else ())
        bom = reading.bom if reading is not None else None
        made = reading.provenance if reading is not None else None
        files = made.sources if made is not None else ()
        self.packages.show_bom(bom)
        self._allow("packages", bom is not None, "Only a bill of materials lists packages")
        self._allow("files", bool(files), "Only provenance in full (mode=max) records it")
        self.file.show_text(files[0].text if files else "")
        self._show_raw(reading)

    def _allow(self, page: str, allowed: bool, why: str) -> None:
        if not allowed and self.pages.current() == page:
            self.pages.choose("read")
        self.pages.set_enabled(page, allowed, why)

    def _show_raw(self, reading: Reading | None) -> None:
        if reading is None:
            self.raw.show_text("")
            return
        data = reading.data

        def work(job: Job) -> tuple[str, Highlighted]:
            words = laid_out(data)
            return words, highlight(words, "json", job)

        (
            Operation(self, "Reading the document")
            .work(work)
            .success(lambda found: self.raw.show_text(*found))
            .quiet()
            .replacing("raw")
            .start()
        )

    def _turn(self, key: str) -> None:
        self._shown.setCurrentIndex([page.key for page in _PAGES].index(key))

    def _copied(self) -> str:
        return self.reading.data.decode("utf-8", "replace") if self.reading is not None else ""

    def _lay_out(self) -> None:
        for page in (self.cards, self.packages, self.file, self.raw):
            self._shown.addWidget(page)
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), 0)
        bar.addWidget(self.pages)
        bar.addStretch(1)
        bar.addWidget(self._copy)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._shown, 1)
        panes = TurningSplitter(self)
        panes.addWidget(self.list)
        panes.addWidget(right)
        panes.setStretchFactor(0, 2)
        panes.setStretchFactor(1, 3)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(panes)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.setFocusProxy(self.list)
