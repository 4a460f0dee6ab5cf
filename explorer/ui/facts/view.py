"""Image facts: cards, history, packages, and the documents themselves."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.analysis.opened import OpenImage
from explorer.progress import Job
from explorer.ui import theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.facts.attested import AttestationsView
from explorer.ui.facts.cards import FactCards
from explorer.ui.facts.facts import groups_of, pretty
from explorer.ui.facts.platforms import PlatformsView
from explorer.ui.facts.tables import (
    HISTORY,
    PACKAGES,
    Line,
    LineTable,
    history_lines,
    package_lines,
)
from explorer.ui.inspect.highlight import Highlighted, highlight
from explorer.ui.inspect.textview import TextView
from explorer.ui.tasks import Operation
from explorer.ui.widgets.buttons import CopyButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.late import Late
from explorer.ui.widgets.segmented import Segment, SegmentedControl

_PAGES = (
    Segment("facts", "Facts", "What the image runs, and how it is configured"),
    Segment("history", "History", "The steps that made it"),
    Segment("packages", "Packages", "What is installed, as of the selected layer"),
    Segment("platforms", "Platforms", "The index it stands in, and what platforms share"),
    Segment("attestations", "Attestations", "Provenance, SBOMs and signatures attached to it"),
    Segment("manifest", "Manifest", "The manifest as it is stored"),
    Segment("config", "Configuration", "The configuration as it is stored"),
)
_DOCUMENTS = ("manifest", "config")
_AROUND = ("platforms", "attestations")
"""Pages about what is around the image: layers do not change them, and asking can cost requests."""


class FactsView(QWidget):
    """Follows the viewer model; a layer chosen here is selected everywhere."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._stale: set[str] = set()
        self.pages = SegmentedControl("Image facts", _PAGES, self)
        self.cards = FactCards(self)
        self.history = LineTable("History", HISTORY, 2, self)
        self.packages = LineTable("Packages", PACKAGES, 1, self)
        self._platforms = Late(self._make_platforms, self)
        self._attestations = Late(partial(AttestationsView, model), self)
        self.manifest = TextView("Manifest", self)
        self.config = TextView("Configuration", self)
        self._status = ElidedLabel("", self)
        self._copy = CopyButton("Copy the document", self._copied, self)
        self._stack = QStackedWidget(self)
        self._lay_out()
        model.documentChanged.connect(self._renew)
        model.imageChanged.connect(self._renew_image)
        model.selectionChanged.connect(self._selected)
        self.pages.chosen.connect(self._turn)
        for table in (self.history, self.packages):
            table.chosen.connect(model.select_layers)
        self._renew()

    @property
    def platforms(self) -> PlatformsView:
        """The index the image stands in."""
        return self._platforms.widget

    @property
    def attestations(self) -> AttestationsView:
        """What is attached to the image."""
        return self._attestations.widget

    def _make_platforms(self, parent: QWidget) -> PlatformsView:
        made = PlatformsView(self._model, parent)
        made.platform_wanted.connect(self._model.platformWanted)
        return made

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while out of sight."""
        super().showEvent(event)
        self._fill()

    def show_page(self, key: str) -> None:
        """Turn to a page: facts, history, packages, platforms, attestations, manifest, config."""
        self.pages.choose(key)

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.space(2), theme.space(1), theme.space(3), theme.space(1))
        bar.setSpacing(theme.space(2))
        bar.addWidget(self.pages)
        bar.addWidget(self._status, 1)
        bar.addWidget(self._copy)
        for page in (
            self.cards,
            self.history,
            self.packages,
            self._platforms,
            self._attestations,
            self.manifest,
            self.config,
        ):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)

    # -- following the model ------------------------------------------------------------------

    def _renew(self) -> None:
        self._stale = {page.key for page in _PAGES}
        self._fill()

    def _renew_image(self) -> None:
        self._stale |= {page.key for page in _PAGES if page.key not in _AROUND}
        self._fill()

    def _selected(self) -> None:
        self._stale.add("packages")
        self._fill()

    def _turn(self, key: str) -> None:
        self._stack.setCurrentIndex([page.key for page in _PAGES].index(key))
        self._copy.setVisible(key in _DOCUMENTS)
        self._fill()

    def _fill(self) -> None:
        """Show the current page anew, if it is in sight and something changed."""
        key = self.pages.current()
        self._copy.setVisible(key in _DOCUMENTS)
        if not self.isVisible() or key not in self._stale:
            return
        document, image = self._model.document, self._model.image
        self._status.setText("")
        if key == "facts":
            self.cards.show_groups(groups_of(document) if document is not None else ())
        elif key in _DOCUMENTS:
            self._show_document(key)
        elif key in _AROUND:
            (self.platforms if key == "platforms" else self.attestations).look()
        elif image is None:
            (self.history if key == "history" else self.packages).show_lines(())
            return  # it is still being read
        elif key == "history":
            self.history.show_lines(history_lines(image))
        else:
            self._list_packages(image)
        self._stale.discard(key)

    def _list_packages(self, image: OpenImage) -> None:
        upto = self._model.last
        self._status.setText("Looking for packages…")
        (
            Operation(self, "Listing packages")
            .work(lambda job: package_lines(image, upto, job))
            .success(lambda lines: self._show_packages(image, lines))
            .quiet()
            .replacing("packages")
            .start()
        )

    def _show_packages(self, image: OpenImage, lines: tuple[Line, ...]) -> None:
        if image is self._model.image:
            self.packages.show_lines(lines)
            found = sum(bool(line.cells[0]) for line in lines)
            words = f"{found} packages as of layer {self._model.last}"
            self._status.setText(words if found else "No package lists that could be read")

    # -- documents ----------------------------------------------------------------------------

    def _show_document(self, key: str) -> None:
        document = self._model.document
        view = self.manifest if key == "manifest" else self.config
        if document is None:
            view.show_text("")
            return
        data = document.manifest_json if key == "manifest" else document.config_json

        def work(job: Job) -> tuple[str, Highlighted]:
            words = pretty(data)
            return words, highlight(words, "json", job)

        (
            Operation(self, "Reading the document")
            .work(work)
            .success(lambda found: view.show_text(*found))
            .quiet()
            .replacing(key)
            .start()
        )

    def _copied(self) -> str:
        """The document as it is stored: its digest is that of these bytes."""
        document = self._model.document
        if document is None:
            return ""
        manifest = self.pages.current() == "manifest"
        data = document.manifest_json if manifest else document.config_json
        return data.decode("utf-8", "replace")
