"""Where the bytes go: the treemap at the left, lists and advice at the right."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.opened import OpenImage
from explorer.analysis.suggestions import Suggestion, advise
from explorer.analysis.treemap import Tile, Weights, lay_out
from explorer.filesystem.names import display
from explorer.progress import Progress
from explorer.ui import text, theme
from explorer.ui.explore.model import NO_NODE, ROOT, ViewerModel
from explorer.ui.tasks import Operation, loop_runs
from explorer.ui.usage.advicelist import AdviceList
from explorer.ui.usage.canvas import TreemapCanvas
from explorer.ui.usage.findings import Findings, Row, find_duplicates, look
from explorer.ui.usage.rows import RowTable
from explorer.ui.widgets.breadcrumbs import Breadcrumbs
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState
from explorer.ui.widgets.labels import muted
from explorer.ui.widgets.segmented import Segment, SegmentedControl

_RESIZE_PAUSE_MS: Final = 60
_BYTES: Final = (
    Segment("visible", "Visible", "Bytes a container sees, as of the selected layer"),
    Segment("wasted", "Wasted", "Bytes that layers store and nobody sees"),
)
_LISTS: Final = (
    Segment("largest", "Largest", "The largest files, as of the selected layer"),
    Segment("wasteful", "Wasted", "Paths whose bytes are stored and hidden"),
    Segment("advice", "Advice", "What would make the image smaller"),
    Segment("repeated", "Duplicates", "Files that hold the same bytes"),
)


class UsageView(QWidget):
    """Follows the viewer model, and drives it: what is chosen here is looked at everywhere."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._findings: Findings | None = None
        self._advised: OpenImage | None = None
        self._stale = True
        self._top = ROOT
        self.canvas = TreemapCanvas(self._name, self._explain, self)
        self.bytes = SegmentedControl("Bytes shown", _BYTES, self)
        self.lists = SegmentedControl("List", _LISTS, self)
        self.largest = RowTable("Largest files", ("Size", "Layer", "Path"), self)
        self.wasteful = RowTable("Wasted paths", ("Wasted", "Layers", "Path"), self)
        self.advice = AdviceList(self)
        self.repeated = RowTable("Duplicate files", ("Saves", "Copies", "Path"), self)
        self.crumbs = Breadcrumbs(self)
        self._up = IconButton("up", "Out of this folder", self, clicked=self._go_out)
        self._summary = muted("", self)
        self._line = ElidedLabel("", self)
        self._find = QPushButton("Find duplicates", self)
        self._progress = QProgressBar(self)
        self._empty = EmptyState("layers", "No layers yet", parent=self)
        self._pause = QTimer(self, singleShot=True, interval=_RESIZE_PAUSE_MS)
        self._lay_out()
        self._connect()
        self._clear()

    @property
    def findings(self) -> Findings | None:
        """What is in view."""
        return self._findings

    def refresh(self) -> None:
        """Measure anew; later, if the view is not in sight."""
        self._stale = True
        if self.isVisible():
            self._measure()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while out of sight."""
        super().showEvent(event)
        if self._stale:
            self._measure()
        else:
            self._draw()

    # -- layout -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(theme.space(2), theme.space(1), theme.space(3), theme.space(1))
        bar.setSpacing(theme.space(2))
        bar.addWidget(self._up)
        bar.addWidget(self.crumbs, 1)
        bar.addWidget(self._summary)
        bar.addWidget(self.bytes)
        content = QSplitter(self)
        content.setHandleWidth(1)
        content.setChildrenCollapsible(False)
        content.addWidget(self._picture())
        content.addWidget(self._side())
        content.setStretchFactor(0, 3)
        content.setStretchFactor(1, 2)
        content.setSizes([600, 400])
        self._pages = QStackedWidget(self)
        self._pages.addWidget(content)
        self._pages.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._pages, 1)

    def _picture(self) -> QWidget:
        box = QWidget(self)
        column = QVBoxLayout(box)
        column.setContentsMargins(theme.space(3), 0, theme.space(3), theme.space(1))
        column.setSpacing(theme.space(1))
        column.addWidget(self.canvas, 1)
        column.addWidget(self._line)
        return box

    def _side(self) -> QWidget:
        box = QWidget(self)
        repeated = QWidget(box)
        inner = QVBoxLayout(repeated)
        inner.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        row.addWidget(self._find)
        row.addWidget(self._progress, 1)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Reading files")
        inner.addLayout(row)
        inner.addWidget(self.repeated, 1)
        self._panes = QStackedWidget(box)
        self.wasteful.setProperty("help_topic", "sizes#waste")
        self.advice.setProperty("help_topic", "sizes#what-to-do-about-it")
        for pane in (self.largest, self.wasteful, self.advice, repeated):
            self._panes.addWidget(pane)
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(2), 0, theme.space(2), theme.space(1))
        head.addWidget(self.lists)
        head.addStretch(1)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._panes, 1)
        return box

    def _connect(self) -> None:
        model = self._model
        model.imageChanged.connect(self._clear)
        model.imageChanged.connect(self.refresh)
        model.selectionChanged.connect(self.refresh)
        model.nodeChanged.connect(self._follow_node)
        self.bytes.chosen.connect(lambda _key: self._zoom(ROOT))
        self.lists.chosen.connect(self._show_list)
        self.crumbs.chosen.connect(self._go_to_crumb)
        self.canvas.chosen.connect(model.select_node)
        self.canvas.entered.connect(self._enter)
        self.canvas.left.connect(self._go_out)
        self.canvas.pointed.connect(self._point)
        self.canvas.resized.connect(self._pause.start)
        self._pause.timeout.connect(self._draw)
        for table in (self.largest, self.wasteful, self.repeated):
            table.chosen.connect(model.select_node)
        self.advice.asked_layer.connect(model.select_layers)
        self.advice.asked_node.connect(model.select_node)
        self._find.clicked.connect(self._find_duplicates)

    # -- following the model ------------------------------------------------------------------

    def _clear(self) -> None:
        self._findings, self._advised, self._top = None, None, ROOT
        self.canvas.show_tiles((), 1)
        for table in (self.largest, self.wasteful, self.repeated):
            table.rows.show(())
        self._summary.setText("")
        self._line.setText("")
        self._progress.hide()
        self._find.setEnabled(True)
        self._empty.explain("No layers yet", "The bytes are counted as the layers are read.")
        self._pages.setCurrentIndex(1)

    def _measure(self) -> None:
        image, upto = self._model.image, self._model.last
        if image is None:
            return
        self._stale = False
        (
            Operation(self, "Counting bytes")
            .work(lambda job: look(image, upto, job))
            .success(lambda findings: self._show(image, findings))
            .quiet()
            .replacing("measure")
            .start()
        )

    def _show(self, image: OpenImage, findings: Findings) -> None:
        if image is not self._model.image:
            return
        self._findings = findings
        waste = findings.waste
        seen = text.size(int(findings.visible.totals[ROOT]))
        lost = f"{text.size(waste.wasted)} wasted ({waste.percent:.0f} %)"
        if self._model.is_remote and not self._model.is_complete:
            lost = "not all layers are listed"
        elif not waste.wasted:
            lost = "nothing wasted"
        self._summary.setText(f"{seen} visible · {lost}")
        self.largest.rows.show(findings.largest)
        self.wasteful.rows.show(findings.wasteful)
        self._pages.setCurrentIndex(0)
        self._follow_node(NO_NODE if self._model.node is None else self._model.node)
        self._advise()
        self._zoom(self._top)

    def _follow_node(self, node: int) -> None:
        """Mark the path that is looked at, or the folder around it that has a tile."""
        image = self._model.image
        trail = [node] if node != NO_NODE else []
        while image is not None and trail and trail[-1] not in (ROOT, self._top):
            trail.append(int(image.stack.trie.parent[trail[-1]]))
        self.canvas.show_trail(trail)

    # -- the treemap --------------------------------------------------------------------------

    def _weights(self) -> Weights | None:
        if self._findings is None:
            return None
        visible = self.bytes.current() == "visible"
        return self._findings.visible if visible else self._findings.wasted

    def _zoom(self, node: int) -> None:
        self._top = node
        self.crumbs.show_path(display(self._model.path(node)))
        self._up.setEnabled(node != ROOT)
        self._draw()

    def _draw(self) -> None:
        weights, room = self._weights(), self.canvas.size()
        if weights is None or not self.isVisible() or not loop_runs():
            return
        top, width, height = self._top, float(room.width()), float(room.height())
        layers = self._model.layer_count
        (
            Operation(self, "Drawing the treemap")
            .work(lambda _job: lay_out(weights, top, width, height))
            .success(lambda tiles: self._show_tiles(weights, tiles, layers))
            .quiet()
            .replacing("draw")
            .start()
        )

    def _show_tiles(self, weights: Weights, tiles: tuple[Tile, ...], layers: int) -> None:
        if weights is not self._weights():
            return
        self.canvas.show_tiles(tiles, layers)
        wasted = self.bytes.current() == "wasted"
        nothing = "Nothing is wasted here" if wasted else "There are no bytes here"
        self._line.setText("" if tiles else nothing)

    def _enter(self, node: int) -> None:
        """Zoom into the directory that holds a tile, one step below the current one."""
        image = self._model.image
        if image is None:
            return
        trie = image.stack.trie
        while node != self._top and int(trie.parent[node]) != self._top and node != ROOT:
            node = int(trie.parent[node])
        if int(trie.end[node]) > node + 1:
            self._zoom(node)

    def _go_out(self) -> None:
        image = self._model.image
        if image is not None and self._top != ROOT:
            self._zoom(int(image.stack.trie.parent[self._top]))

    def _go_to_crumb(self, path: str) -> None:
        image = self._model.image
        if image is None:
            return
        node = self._top
        while node != ROOT and display(image.stack.trie.path(node)) != path:
            node = int(image.stack.trie.parent[node])
        self._zoom(node)

    def _point(self, node: int) -> None:
        tile = next((tile for tile in self.canvas.tiles if tile.node == node), None)
        self._line.setText("" if tile is None else self._explain(tile).replace("\n", "   "))

    def _name(self, tile: Tile) -> str:
        image = self._model.image
        name = display(image.stack.trie.name(tile.node)) if image is not None else ""
        return f"{name}  {text.size(tile.size)}" if tile.header else name

    def _explain(self, tile: Tile) -> str:
        words = f"{display(self._model.path(tile.node))}\n{text.exact_size(tile.size)}"
        image = self._model.image
        if tile.layer < 0 or image is None:
            return words
        made = image.instructions.get(tile.layer)
        by = f" · {made.summary}" if made is not None else ""
        return f"{words}\nlayer {tile.layer}{by}"

    # -- the lists ----------------------------------------------------------------------------

    def _show_list(self, key: str) -> None:
        places = {segment.key: number for number, segment in enumerate(_LISTS)}
        self._panes.setCurrentIndex(places[key])
        self._advise()

    def _advise(self) -> None:
        """Work out advice once its list is looked at: it reads content, unlike all else here."""
        image, findings = self._model.image, self._findings
        if image is None or findings is None or self._advised is image:
            return
        if self.lists.current() != "advice":
            return
        self._advised = image
        self.advice.wait()
        (
            Operation(self, "Working out advice")
            .work(lambda job: advise(image, findings.waste, job))
            .success(lambda found: self._show_advice(image, found))
            .replacing("advice")
            .start()
        )

    def _show_advice(self, image: OpenImage, found: tuple[Suggestion, ...]) -> None:
        if image is self._model.image:
            self.advice.show_advice(found)

    def _find_duplicates(self) -> None:
        image, upto = self._model.image, self._model.last
        if image is None:
            return
        self._find.setEnabled(False)
        self._progress.setRange(0, 0)
        self._progress.show()
        (
            Operation(self, "Finding duplicates")
            .work(lambda job: find_duplicates(image, upto, job))
            .success(lambda rows: self._show_duplicates(image, rows))
            .progress(self._show_progress)
            .finished(self._finish_duplicates)
            .replacing("duplicates")
            .start()
        )

    def _show_progress(self, progress: Progress) -> None:
        if progress.total:
            self._progress.setRange(0, 1000)
            self._progress.setValue(int(1000 * progress.done / progress.total))

    def _show_duplicates(self, image: OpenImage, rows: tuple[Row, ...]) -> None:
        if image is self._model.image:
            self.repeated.rows.show(rows)
            found = f"{text.plural(len(rows), 'group')} found" if rows else "No duplicates"
            self._find.setText(found)

    def _finish_duplicates(self) -> None:
        self._progress.hide()
        self._find.setEnabled(True)
