"""The row above the tree: what of the layers to show, how it is laid out, which folder it is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from explorer.filesystem.names import display, unescape
from explorer.ui import theme
from explorer.ui.explore.arrange import Shape
from explorer.ui.explore.model import Mode, ViewerModel
from explorer.ui.settings import Settings
from explorer.ui.widgets.breadcrumbs import Breadcrumbs
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.segmented import Segment, SegmentedControl

_SHAPE_KEY: Final = "explore/shape"
_DELETED_KEY: Final = "explore/deleted"
_ROOM_FOR_TOOLS: Final = 220

_MODES: Final = (
    Segment(
        Mode.LAYER,
        "This layer",
        "What the selected layers touch, whatever is deleted or stored again included",
    ),
    Segment(Mode.MERGED, "Merged here", "The filesystem a container sees with this layer on top"),
    Segment(
        Mode.COMPARE,
        "Compare range",
        "What differs between the filesystem before and after the selected layers",
    ),
)
_SHAPES: Final = (
    Segment(Shape.TREE, "Tree", "As a tree", icon="tree"),
    Segment(
        Shape.COLLAPSED,
        "Collapsed tree",
        "As a tree, with chains of single directories in one row",
        icon="tree-collapsed",
    ),
    Segment(Shape.FLAT, "Flat list", "As one list of all files", icon="list"),
)


class TreeTools(QWidget):
    """Changes the model's mode and folder; keeps the shape and whether deleted files are shown."""

    changed = Signal()
    """``shape`` or ``deleted`` changed."""
    columns_wanted = Signal(object)
    """The user wants to choose columns, with a menu at this widget."""

    def __init__(self, model: ViewerModel, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._settings = model, settings
        self.modes = SegmentedControl("Show", _MODES, self)
        self.shapes = SegmentedControl("Layout", _SHAPES, self)
        self.crumbs = Breadcrumbs(self)
        self._deleted = _toggle("whiteout", "Show deleted files", self)
        self._columns = IconButton("columns", "Choose columns", self)
        self._up = IconButton("up", "Folder above (Backspace)", self, clicked=model.go_up)
        self._first = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._restore()
        self._lay_out()
        self._connect()
        self._follow()

    @property
    def shape(self) -> Shape:
        """How the paths are laid out."""
        return Shape(self.shapes.current())

    @property
    def deleted(self) -> bool:
        """Whether the merged view lists what lower layers deleted."""
        return self._deleted.isChecked()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tools below the modes where they have no room beside them."""
        super().resizeEvent(event)
        wide = self.width() >= self.modes.sizeHint().width() + _ROOM_FOR_TOOLS
        direction = QBoxLayout.Direction
        self._first.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than the modes."""
        return QSize(self.modes.sizeHint().width() + theme.space(4), super().sizeHint().height())

    def set_shape(self, shape: Shape) -> None:
        """Lay the paths out otherwise."""
        self.shapes.choose(shape)

    def show_deleted(self, wanted: bool) -> None:
        """Show deleted files, or hide them."""
        self._deleted.setChecked(wanted)

    def toggle_deleted(self) -> None:
        """Show deleted files, or hide them again."""
        self._deleted.toggle()

    def _follow(self) -> None:
        model = self._model
        several = model.first < model.last
        self.modes.choose(model.mode)
        self.crumbs.show_path(display(model.path(model.folder)))
        self._up.setEnabled(model.image is not None and model.folder > 0)
        self._deleted.setEnabled(model.mode is Mode.MERGED)
        self.modes.setEnabled(bool(model.layer_count))
        words = "the selected layers" if several else "the selected layer"
        self.modes.setAccessibleDescription(f"What to show of {words}")

    def _go(self, path: str) -> None:
        image = self._model.image
        node = image.stack.trie.find(unescape(path)) if image is not None else None
        if node is not None:
            self._model.go_to(node)

    def _shape_chosen(self, shape: str) -> None:
        self._settings.set(_SHAPE_KEY, str(shape))
        self.changed.emit()

    def _deleted_toggled(self, on: bool) -> None:
        self._settings.set(_DELETED_KEY, on)
        self.changed.emit()

    def _restore(self) -> None:
        kept = self._settings.text(_SHAPE_KEY, Shape.TREE)
        self.shapes.choose(kept if kept in list(Shape) else Shape.TREE)
        self._deleted.setChecked(self._settings.flag(_DELETED_KEY))

    def _connect(self) -> None:
        model = self._model
        self.modes.chosen.connect(model.set_mode)
        self.shapes.chosen.connect(self._shape_chosen)
        self._deleted.toggled.connect(self._deleted_toggled)
        self._columns.clicked.connect(lambda: self.columns_wanted.emit(self._columns))
        self.crumbs.chosen.connect(self._go)
        for signal in (
            model.imageChanged,
            model.modeChanged,
            model.folderChanged,
            model.selectionChanged,
        ):
            signal.connect(self._follow)

    def _lay_out(self) -> None:
        second = QHBoxLayout()
        tools = QHBoxLayout()
        tools.setSpacing(theme.space(2))
        for widget in (self._deleted, self.shapes, self._columns):
            tools.addWidget(widget)
        tools.addStretch(1)
        self._first.setSpacing(theme.space(2))
        self._first.addWidget(self.modes)
        self._first.addStretch(1)
        self._first.addLayout(tools)
        second.setSpacing(theme.space(1))
        second.addWidget(self._up)
        second.addWidget(self.crumbs, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.space(2), theme.space(2), theme.space(2), theme.space(1))
        layout.setSpacing(theme.space(1))
        layout.addLayout(self._first)
        layout.addLayout(second)


def _toggle(icon: str, name: str, parent: QWidget) -> QToolButton:
    button = IconButton(icon, name, parent)
    button.setCheckable(True)
    return button
