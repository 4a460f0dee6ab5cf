"""The preview beside the text: files, one file, the cut through the layers, and the settings."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStackedLayout,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.build.bases import Unresolved
from explorer.build.plan.aligning import text_of
from explorer.build.plan.model import Plan, StepPlan
from explorer.ui import theme
from explorer.ui.build.foresight import Here, View
from explorer.ui.build.preview.model import PreviewModel
from explorer.ui.build.preview.strip import LayerStrip
from explorer.ui.build.preview.words import (
    Kind,
    Note,
    blocks_of,
    kind_of,
    layer_at,
    notes_of,
    since_last_build,
    title_of,
)
from explorer.ui.build.saying import say
from explorer.ui.explore.filetree import FileTree
from explorer.ui.facts.cards import FactCards
from explorer.ui.facts.facts import groups_of
from explorer.ui.inspect.view import InspectorView
from explorer.ui.section.view import SectionView
from explorer.ui.settings import Settings
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.badge import Badge
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import Label, heading, muted
from explorer.ui.widgets.late import Late

_NOT_SHOWN: Final = ("Identity", "Unusual")
"""Groups of facts that an image has only once it is built."""
_MOST_UNFOLDED: Final = 120
"""Rows that unfolding by itself may make."""


class _Line(ElidedLabel):
    """One line of whatever width there is: other words are no reason to lay anything out."""

    def updateGeometry(self) -> None:
        """Stay as large as it is."""


class PreviewPanel(QWidget):
    """Shows a :class:`View`; what is in view stays so from keystroke to keystroke."""

    base_wanted = Signal(str)
    """An archive or a layout is to stand for this image."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._plan: Plan | None = None
        self._since = muted("", self, wrap=True)
        self._notes: list[Note] = []
        self._note_rows: list[QWidget] = []
        self._unfolded: tuple[int, int] | None = None
        self._facts_of: object = None
        self.view: View | None = None
        self.model = PreviewModel(self)
        self.title = heading("", self, scale=1.0)
        self.instruction = _Line("", self)
        self._kind: Kind | None = None
        self._explained = ("", "")
        self.badge = Badge("", parent=self)
        self.strip = LayerStrip(self)
        self.tabs = QTabWidget(self)
        self.tree = FileTree(self.model, settings, self)
        self.facts = FactCards(self)
        self._lay_out()
        self._connect()

    def show_view(self, view: View) -> None:
        """Show another line, or the same as it is now."""
        before, self.view = self.view, view
        here, preview = view.here, view.preview
        if here is None or preview is None:
            self._pages.setCurrentIndex(0)
            self._empty.explain("Nothing to preview yet", view.error or _BEFORE)
            return
        self._pages.setCurrentIndex(1)
        self._show_head(here, view)
        layer = layer_at(here, preview)
        self.model.show_image(preview.image, layer)
        self.strip.show_blocks(blocks_of(here, preview, self._plan), self.model.last)
        self._show_bareness(view)
        if before is None or before.preview is None or before.preview.image is not preview.image:
            self._show_facts()

    def add_footer(self, widget: QWidget) -> None:
        """Have something below the preview, whatever it shows."""
        self._column.addWidget(widget)

    def show_plan(self, plan: Plan) -> None:
        """Say what became of the step since the last build."""
        self._plan = plan
        view = self.view
        if view is not None and view.here is not None and view.preview is not None:
            self._show_head(view.here, view)
            self.strip.show_blocks(blocks_of(view.here, view.preview, plan), self.model.last)

    def _step_plan(self, here: Here) -> StepPlan | None:
        """The plan of the step; of an earlier text only if it is the same instruction."""
        if self._plan is None or here.step is None:
            return None
        found = self._plan.step(here.stage.index, here.step.index)
        return found if found is not None and found.text == text_of(here.step) else None

    def _show_head(self, here: Here, view: View) -> None:
        assert view.preview is not None
        say(self.title, title_of(here))
        say(self.instruction, here.text)
        step = self._step_plan(here)
        kind = kind_of(here, view.preview, step)
        since = since_last_build(step)
        say(self._since, since)
        if self._since.isHidden() is bool(since):
            self._since.setVisible(bool(since))
        if kind is not self._kind:
            self._kind = kind
            self.badge.show_text(kind.word, kind.tone)
            self.badge.setToolTip(kind.help)
            self.badge.setAccessibleDescription(kind.help)
        notes = notes_of(view, self._plan)
        if notes != self._notes:
            self._notes = notes
            self._fill_notes()

    def _show_bareness(self, view: View) -> None:
        """Say why there is nothing yet where a stage begins with nothing."""
        assert view.preview is not None
        is_bare = not view.preview.layers
        self._files.setCurrentIndex(1 if is_bare else 0)
        if is_bare:
            unknown = isinstance(view.preview.base, Unresolved)
            title = "Its base is not here" if unknown else "Nothing yet"
            hint = "What the steps put on it appears here." if unknown else _SCRATCH
            if (title, hint) != self._explained:
                self._explained = (title, hint)
                self._bare.explain(title, hint)

    def _fill_notes(self) -> None:
        for row in self._note_rows:
            row.hide()
            row.deleteLater()
        self._note_rows = [self._note_row(note) for note in self._notes]
        for row in self._note_rows:
            self._note_box.addWidget(row)

    def _note_row(self, note: Note) -> QWidget:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.space(2))
        words = Label(note.text, row, role="warn" if note.warns else "muted", wrap=True)
        words.setToolTip(plain_tip(note.help))
        line.addWidget(words, 1)
        if note.base:
            button = QToolButton(row)
            button.setText("Choose a file…")
            button.setProperty("link", True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setToolTip(
                f"Have an archive or a layout on this machine stand for {note.base}; "
                "nothing is fetched"
            )
            button.clicked.connect(lambda: self.base_wanted.emit(note.base))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _unfold_changes(self) -> None:
        """Unfold what the step changes, when it is first looked at."""
        view, rows = self.view, self.tree.rows
        if view is None or view.here is None or view.preview is None or rows.arrangement is None:
            return
        listing = rows.arrangement.listing
        place = (view.here.stage.index, view.here.index)
        if place == self._unfolded or listing.image is not view.preview.image:
            return
        self._unfolded = place
        row = 0
        while row < rows.rowCount() < _MOST_UNFOLDED:
            if listing.inside[rows.node_at(row)] and rows.can_open(row):
                rows.open_row(row)
            row += 1

    def _show_facts(self) -> None:
        """The settings at this line, where they are looked at."""
        view = self.view
        if view is None or view.preview is None or self.tabs.currentWidget() is not self.facts:
            return
        if self._facts_of is not view.preview.image:
            self._facts_of = view.preview.image
            groups = groups_of(view.preview.image.image)
            self.facts.show_groups([g for g in groups if g.title not in _NOT_SHOWN])

    def _choose_layer(self, layer: int) -> None:
        self.model.select_layers(layer)

    def _selection_changed(self) -> None:
        view = self.view
        if view is not None and view.here is not None and view.preview is not None:
            self.strip.show_blocks(blocks_of(view.here, view.preview, self._plan), self.model.last)

    # -- composition --------------------------------------------------------------------------

    def _connect(self) -> None:
        self.strip.chosen.connect(self._choose_layer)
        self.model.selectionChanged.connect(self._selection_changed)
        self.tabs.currentChanged.connect(lambda _at: self._show_facts())
        self.tree.rows.modelReset.connect(self._unfold_changes)
        self.tree.reveal_wanted.connect(self._reveal)
        self.tree.view.activated.connect(lambda _index: self._show_file())

    def _reveal(self, node: int) -> None:
        self.model.set_mode("merged")
        self.tree.filter.clear()
        self.model.go_to(node)

    def _show_file(self) -> None:
        image, node = self.model.image, self.model.node
        if image is not None and node is not None and node != self.model.folder:
            entry = image.state(self.model.last).entry(node) if self._is_there(node) else None
            if entry is not None and not entry.is_dir:
                self.tabs.setCurrentIndex(1)

    def _is_there(self, node: int) -> bool:
        image = self.model.image
        return image is not None and node in image.state(self.model.last)

    def _lay_out(self) -> None:
        self.setAccessibleName("Preview")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.instruction.setFont(theme.mono_font(0.95))
        first = QHBoxLayout()
        first.setSpacing(theme.space(2))
        first.addWidget(self.title, 1)
        first.addWidget(self.badge)
        self._note_box = QVBoxLayout()
        self._note_box.setSpacing(theme.space(1))
        head = QVBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(1))
        head.setSpacing(theme.space(1))
        head.addLayout(first)
        head.addWidget(self.instruction)
        head.addWidget(self._since)
        head.addLayout(self._note_box)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Preview")
        self.tabs.tabBar().setAccessibleName("Ways to see the preview")
        files = QWidget(self)
        self._bare = EmptyState("layers", "", "", files)
        self._files = QStackedLayout(files)
        self._files.addWidget(self.tree)
        self._files.addWidget(self._bare)
        self.tabs.addTab(files, "Files")
        self.tabs.addTab(Late(self._make_inspector, self), "File")
        self.tabs.addTab(
            Late(lambda within: SectionView(self.model, within), self), "Cross-section"
        )
        self.tabs.addTab(self.facts, "Settings here")
        shown = QWidget(self)
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.strip)
        column.addWidget(self.tabs, 1)
        self._empty = EmptyState("eye", "Nothing to preview yet", _BEFORE, self)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(shown)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._pages, 1)
        self.setFocusProxy(self.tree)

    def _make_inspector(self, within: QWidget) -> QWidget:
        return InspectorView(self.model, within, settings=self._settings)


_SCRATCH: Final = "scratch is empty: the first COPY puts files in it."
_BEFORE: Final = "Put the caret on a line of a stage to see the files as they will be there."
