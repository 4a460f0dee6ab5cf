"""What the page's actions do."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING
from explorer.sources.image import Image
from explorer.transfer.naming import references
from explorer.ui.explore.arrange import Shape
from explorer.ui.explore.commands import FILE_MENU, LAYER_MENU, SAVE_MENU, SPECS
from explorer.ui.explore.gotopath import PathSource
from explorer.ui.explore.model import Mode, ViewerModel
from explorer.ui.menus import context_menu
from explorer.ui.saving.choice import Subject
from explorer.ui.saving.saver import Saver, engine_titles
from explorer.ui.saving.work import EngineName

if TYPE_CHECKING:
    from explorer.ui.explore.page import ExplorePage


class PageActions:
    """Binds the actions of :data:`SPECS` to one page."""

    def __init__(self, page: ExplorePage) -> None:
        self._page, self._model = page, page.model
        self._actions = page.shell.actions
        self._actions.declare(*SPECS)
        self._source = PathSource(page.model, page, self.reveal)
        self.saver = Saver(page, page.shell.settings)
        self._bind_all()
        for signal in (
            page.model.imageChanged,
            page.model.selectionChanged,
            page.model.listingChanged,
            page.model.modeChanged,
            page.model.folderChanged,
            page.model.nodeChanged,
            page.bench.tree.tools.changed,
        ):
            signal.connect(self._actions.refresh)
        page.bench.stack.menu_wanted.connect(self._layer_menu)
        page.bench.tree.menu_wanted.connect(self._file_menu)
        page.bench.tree.reveal_wanted.connect(self.reveal)

    def reveal(self, node: int) -> None:
        """Show a path wherever it is: in the merged view, with deleted files if it is one."""
        model = self._model
        if model.image is None:
            return
        if int(model.image.state(model.last).visible[node]) == NOTHING:
            self._page.bench.tree.tools.show_deleted(True)
            if model.latest_layer(node) is None:
                model.select_layers(model.layer_count - 1)
        model.set_mode(Mode.MERGED)
        self._page.bench.tree.filter.clear()
        model.go_to(node)
        self._page.bench.tree.setFocus()

    def _bind_all(self) -> None:
        page, model, bench = self._page, self._model, self._page.bench
        tree = bench.tree
        opened, chosen = self._is_open, lambda: model.node is not None
        several = self._has_several
        self._bind("go-to-path", self._go_to_path, opened)
        self._bind("search", self._search, opened)
        self._bind("go-up", model.go_up, lambda: model.folder > 0)
        self._bind("go-in", self._go_in, chosen)
        self._bind("layer-above", lambda: self._step_layer(1), several)
        self._bind("layer-below", lambda: self._step_layer(-1), several)
        self._bind(
            "list-layer",
            lambda: page.list_layers(tuple(model.layers)),
            lambda: bool(set(model.layers) & set(model.unread)),
        )
        self._bind("list-all", lambda: page.list_layers(model.unread), lambda: bool(model.unread))
        self._bind("filter", tree.filter.setFocus, opened)
        self._bind("copy-path", self._copy_path, chosen)
        self._bind("copy-digest", page.bar.copy_digest, lambda: model.document is not None)
        self._bind("copy-layer-digest", self._copy_layer_digest, lambda: model.last >= 0)
        self._bind("copy-instruction", self._copy_instruction, opened)
        self._bind("copy-command", self._copy_command, opened)
        for mode in Mode:
            self._bind(
                f"mode-{mode}",
                partial(model.set_mode, mode),
                opened,
                partial(self._is_mode, mode),
            )
        self._bind(
            "deleted",
            tree.tools.toggle_deleted,
            lambda: opened() and model.mode is Mode.MERGED,
            lambda: tree.tools.deleted,
        )
        for shape in Shape:
            self._bind(
                f"shape-{shape}",
                partial(tree.tools.set_shape, shape),
                opened,
                partial(self._is_shape, shape),
            )
        self._bind("unfold-all", tree.rows.open_all, opened)
        self._bind("fold-all", tree.rows.close_all, opened)
        self._bind("turn-stack", page.bench.stack.turn, lambda: model.document is not None)
        self._bind("focus-layers", page.bench.stack.setFocus)
        self._bind("focus-files", tree.setFocus)
        self._bind("below", bench.toggle_below, None, lambda: not bench.tabs.isHidden())
        self._bind(
            "inspector", bench.toggle_inspector, None, lambda: not bench.inspector.isHidden()
        )
        for view in ("overlay", "usage", "facts"):
            self._bind(f"view-{view}", partial(self._show_view, view), opened)
        self._bind("tour", page.start_tour, page.has_tour)
        self._bind("reload", page.reload)
        self._bind_saving()

    def _bind_saving(self) -> None:
        known = lambda: self._model.document is not None  # noqa: E731
        self._bind("save-as", lambda: self.saver.ask(self._subject()), known)
        for engine, _title in engine_titles():
            self._bind(f"load-{engine}", partial(self._load_into, engine), known)
        self._page.bar.offer(self._actions, SAVE_MENU)

    def _load_into(self, engine: EngineName) -> None:
        self.saver.load_into(engine, self._subject())

    def _subject(self) -> Subject:
        """The image as it is open, for who takes it elsewhere."""
        document = self._model.document
        assert document is not None
        names = tuple(dict.fromkeys(references(document.names)))
        called = names[0].path.rpartition("/")[2] if names else document.title
        return Subject(
            self._page.opening.location, document.title, names, document.platform, called
        )

    def _bind(
        self,
        id: str,
        handler: Callable[[], object],
        enabled: Callable[[], bool] | None = None,
        checked: Callable[[], bool] | None = None,
    ) -> None:
        self._actions.bind(f"explore.{id}", self._page, handler, enabled=enabled, checked=checked)

    def _is_open(self) -> bool:
        return self._model.image is not None

    def _show_view(self, name: str) -> None:
        view = self._page.bench.show_view(name)
        if view is not None:
            view.setFocus()

    def _is_mode(self, mode: Mode) -> bool:
        return self._model.mode is mode

    def _is_shape(self, shape: Shape) -> bool:
        return self._page.bench.tree.tools.shape is shape

    def _has_several(self) -> bool:
        return self._model.layer_count > 1

    def _go_to_path(self) -> None:
        self._page.shell.palette.ask(self._source)

    def _search(self) -> None:
        bench = self._page.bench
        bench.show_view("search")
        bench.search.setFocus()
        bench.search.line.selectAll()

    def _go_in(self) -> None:
        if self._model.node is not None:
            self._model.go_to(self._model.node)

    def _step_layer(self, by: int) -> None:
        self._model.select_layers(self._model.last + by)

    # -- copying ------------------------------------------------------------------------------

    def _copy_path(self) -> None:
        if self._model.node is not None:
            _copy(display(self._model.path(self._model.node)))

    def _copy_layer_digest(self) -> None:
        document = self._model.document
        if document is not None and self._model.last >= 0:
            layer = document.layers[self._model.last]
            _copy(str(layer.digest or layer.diff_id or ""))

    def _copy_instruction(self) -> None:
        if self._model.image is not None:
            instruction = self._model.image.instructions.get(self._model.last)
            _copy(instruction.text if instruction is not None else "")

    def _copy_command(self) -> None:
        """Copy the command that lists in a terminal what the tree shows."""
        document = self._model.document
        if document is not None:
            _copy(command_for(self._page.opening.location, document, self._model))

    # -- menus --------------------------------------------------------------------------------

    def _layer_menu(self, where: QPoint) -> None:
        context_menu(self._page, self._actions, LAYER_MENU).popup(where)

    def _file_menu(self, where: QPoint) -> None:
        context_menu(self._page, self._actions, FILE_MENU).popup(where)


def _copy(words: str) -> None:
    if words:
        QGuiApplication.clipboard().setText(words)


def command_for(location: str, document: Image, model: ViewerModel) -> str:
    """The command line that lists what the tree shows of a model's image."""
    words = ["layerscope", "ls", location, display(model.path(model.folder))]
    if model.mode is Mode.COMPARE:
        words = ["layerscope", "diff", location, "--layers", _range(model.first - 1, model.last)]
    elif model.mode is Mode.MERGED:
        words += ["--upto", str(model.last)]
    elif model.first == model.last:
        words += ["--layer", str(model.last)]
    else:
        words = ["layerscope", "diff", location, "--layers", _range(model.first - 1, model.last)]
    if len(document.platforms) > 1:
        words += ["--platform", str(document.platform)]
    return shlex.join(words)


def _range(before: int, last: int) -> str:
    """``I..J`` as the command takes it: without I, from an empty filesystem on."""
    return f"{before if before >= 0 else ''}..{last}"
