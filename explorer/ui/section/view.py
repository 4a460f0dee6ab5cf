"""The panel with the cross-section: it follows the viewer model, and drives it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.analysis.section import CellKind, Section, cross_section
from explorer.filesystem.names import display
from explorer.oci import base_boundary
from explorer.ui import theme
from explorer.ui.explore.model import NO_NODE, ROOT, ViewerModel
from explorer.ui.section.explain import Explanation
from explorer.ui.section.items import SectionItems
from explorer.ui.section.legend import Legend
from explorer.ui.section.look import cell_look
from explorer.ui.section.table import SectionTable
from explorer.ui.tasks import Operation
from explorer.ui.text import plural
from explorer.ui.widgets.breadcrumbs import Breadcrumbs
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import muted

_ROOMY = 340
"""The least height, in pixels, at which there is room for the legend and all words."""


class SectionView(QWidget):
    """The current folder cut through the layers, with a legend and an explanation in words."""

    shown = Signal()
    """Another section is in view."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._folder = ROOT
        self._stale = True
        self.items = SectionItems(self)
        self.table = SectionTable(self.items, self)
        self.explanation = Explanation(self)
        self.legend = Legend(self)
        self._empty = EmptyState("overlay", "Nothing to cut through", parent=self)
        self._crumbs = Breadcrumbs(self)
        self._up = IconButton("up", "Folder above", self, clicked=self._go_up)
        self._help = IconButton("help", "What the signs mean", self)
        self._count = muted("", self)
        self._eventful = QCheckBox("Only what several layers touch", self)
        self._eventful.setToolTip("Leave out entries that one layer stores and no other touches")
        self._lay_out()
        self._connect()
        self._clear()
        self._follow_image()

    @property
    def section(self) -> Section | None:
        """What is in view."""
        return self.items.section

    def refresh(self) -> None:
        """Cut anew through the current folder; later, if the panel is not in view."""
        self._stale = True
        if self.isVisible():
            self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up words and legend where the picture itself would have no room."""
        super().resizeEvent(event)
        if (event.oldSize().height() < _ROOMY) != (event.size().height() < _ROOMY):
            self._help.setChecked(event.size().height() >= _ROOMY)
        self.explanation.set_compact(event.size().height() < _ROOMY)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while out of view."""
        super().showEvent(event)
        if self._stale:
            self._cut()

    # -- layout -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.space(2), theme.space(1), theme.space(3), theme.space(1))
        bar.setSpacing(theme.space(2))
        bar.addWidget(self._up)
        bar.addWidget(self._crumbs, 1)
        bar.addWidget(self._count)
        bar.addWidget(self._eventful)
        bar.addWidget(self._help)
        picture = QWidget(self)
        inner = QVBoxLayout(picture)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.table, 1)
        inner.addWidget(_line(self))
        inner.addWidget(self.explanation)
        inner.addWidget(_line(self))
        inner.addWidget(self.legend)
        self._stack = QStackedLayout()
        self._stack.addWidget(picture)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(_line(self))
        layout.addLayout(self._stack, 1)

    def _connect(self) -> None:
        model, table = self._model, self.table
        model.imageChanged.connect(self._follow_image)
        model.folderChanged.connect(self._follow_folder)
        model.selectionChanged.connect(self._follow_layers)
        model.nodeChanged.connect(self._look)
        self._crumbs.chosen.connect(self._go_to_crumb)
        self._eventful.toggled.connect(lambda _on: self._show(self.section))
        table.opened.connect(self._open)
        table.entered.connect(self._enter)
        table.pointed.connect(self._explain)
        table.left.connect(self._go_up)
        table.layer_header.pressed_layer.connect(self._select_layer)
        theme.switch().changed.connect(table.refresh_fonts)
        self._help.setCheckable(True)
        self._help.toggled.connect(self.legend.setVisible)
        self.legend.hide()

    # -- following the model ------------------------------------------------------------------

    def _clear(self) -> None:
        self.items.show(None)
        self.explanation.rest()
        self._up.setEnabled(False)
        self._count.setText("")
        self._empty.explain("No layers yet", "The picture comes as soon as the layers are read.")
        self._stack.setCurrentIndex(1)

    def _follow_image(self) -> None:
        """Cut anew; while an image is being read, its picture stays until the next is there."""
        node, section = self._model.node, self.section
        if section is not None and self._model.image is not None:
            before, now = section.image.image, self._model.image.image
            if (before.location, before.image_id) != (now.location, now.image_id):
                self._clear()
        else:
            self._clear()
        self._folder = self._model.folder if node is None else self._parent(node)
        self.refresh()

    def _follow_folder(self, folder: int) -> None:
        self._folder = folder
        self.refresh()

    def _parent(self, node: int) -> int:
        image = self._model.image
        return int(image.stack.trie.parent[node]) if image is not None else ROOT

    def _cut(self) -> None:
        image, folder = self._model.image, self._folder
        if image is None:
            return
        self._stale = False
        self._crumbs.show_path(display(self._model.path(folder)))
        self._up.setEnabled(folder != ROOT)
        Operation(self, "Cutting through the layers").work(
            lambda job: cross_section(image, folder, job)
        ).success(self._show_if_current).replacing("section").quiet().start()

    def _show_if_current(self, section: Section) -> None:
        if section.image is self._model.image and section.folder == self._folder:
            self._show(section)

    def _show(self, section: Section | None) -> None:
        if section is None:
            return
        eventful = self._eventful.isChecked()
        self.items.show(section, eventful=eventful)
        self.explanation.rest()
        shown, every = self.items.rowCount(), len(section)
        entries = plural(every, "entry", "entries")
        self._count.setText(f"{shown} of {entries}" if shown != every else entries)
        where = display(self._model.path(section.folder))
        self.table.setAccessibleName(f"Overlay cross-section of {where}")
        bounds = base_boundary(section.image.steps)
        self.table.layer_header.boundary = bounds.last_layer if bounds is not None else -1
        self._explain_emptiness(every)
        self._stack.setCurrentIndex(0 if shown else 1)
        self._follow_layers()
        self._follow_node(NO_NODE if self._model.node is None else self._model.node)
        self.shown.emit()

    def _explain_emptiness(self, entries: int) -> None:
        if entries:
            hint = "Every entry here is stored by one layer, and no other touches it."
            self._empty.explain("Nothing that several layers touch", hint)
        elif self._model.is_remote and not self._model.is_complete:
            hint = "What the others have here shows once their files are listed, too."
            self._empty.explain("Not all layers are listed", hint)
        else:
            self._empty.explain("An empty folder", "No layer has anything in it.")

    def _follow_layers(self) -> None:
        self.table.layer_header.selected = self._model.layers
        self.table.layer_header.viewport().update()
        self.table.viewport().update()

    def _look(self, node: int) -> None:
        """Show the folder around the path that is looked at, wherever the tree has it."""
        if node > ROOT and self._parent(node) != self._folder:
            self._folder = self._parent(node)
            self.refresh()
        else:
            self._follow_node(node)

    @property
    def _is_current(self) -> bool:
        """Whether the picture is of the image the model has now: else its nodes are void."""
        return self.section is not None and self.section.image is self._model.image

    def _follow_node(self, node: int) -> None:
        row = self.items.row_of(node) if node != NO_NODE and self._is_current else -1
        if row < 0 or row == self.table.currentIndex().row():
            return
        version = self._model.version
        column = self.items.layers if version is None else version
        self.table.setCurrentIndex(self.items.index(row, column))

    # -- driving the model --------------------------------------------------------------------

    def _open(self, row: int, column: int) -> None:
        section = self.section
        if section is None or not self._is_current:
            return
        shown = self.items.section_row(row)
        node = section.node(shown)
        if column >= section.layers or section.kind(shown, column) is CellKind.ABSENT:
            self._model.select_node(node)
        elif section.kind(shown, column) in (CellKind.SHOWS, CellKind.INSIDE):
            self._model.open_version(node, max(0, section.source(shown, column)))
        else:
            self._model.open_version(node, column)

    def _enter(self, row: int) -> None:
        if self.section is not None and self._is_current:
            self._model.go_to(self.section.node(self.items.section_row(row)))

    def _select_layer(self, layer: int, extend: bool) -> None:
        model = self._model
        if extend and model.first >= 0:
            model.select_layers(min(model.first, layer), max(model.last, layer))
        else:
            model.select_layers(layer)

    def _go_up(self) -> None:
        if self._folder != ROOT:
            self._visit(self._parent(self._folder))

    def _go_to_crumb(self, path: str) -> None:
        """Go up to a part of the path; by its depth, for shown names may be escaped."""
        trail = [self._folder]
        while trail[-1] != ROOT:
            trail.append(self._parent(trail[-1]))
        depth = len([part for part in path.split("/") if part])
        self._visit(trail[::-1][min(depth, len(trail) - 1)])

    def _visit(self, folder: int) -> None:
        self._folder = folder
        self._model.go_to(folder)
        self.refresh()

    def _explain(self, row: int, column: int) -> None:
        section = self.section
        if row < 0:
            index = self.table.currentIndex()
            row, column = index.row(), index.column()
        if section is None or row < 0 or column < 0:
            self.explanation.rest()
            return
        shown = self.items.section_row(row)
        words = self.items.words(shown, column)
        if column >= section.layers:
            self.explanation.explain(words, -1, "", None, section.layers)
            return
        look = cell_look(section, shown, column)
        made_by = " ".join(section.image.created_by(column).split())
        instruction = section.image.instructions.get(column)
        if instruction is not None:
            made_by = instruction.summary or " ".join(instruction.text.split())
        self.explanation.explain(words, column, made_by, look, section.layers)


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.HLine)
    line.setForegroundRole(QPalette.ColorRole.Mid)
    line.setFixedHeight(1)
    line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return line
