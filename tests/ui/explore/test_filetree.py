"""The files of the selected layers, used by mouse and keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.ui.explore.arrange import Shape
from explorer.ui.explore.filetree import FileTree
from explorer.ui.explore.model import ROOT, Mode, ViewerModel
from explorer.ui.explore.rowpaint import fold_left
from explorer.ui.explore.treeview import TreeView
from explorer.ui.settings import Settings
from explorer.ui.tasks import tasks
from tests.ui.accessibility import unnamed
from tests.ui.explore.images import LAYERS
from tests.ui.viewing import opened, show, viewed
from tests.ui.waiting import until

Key = Qt.Key


@pytest.fixture
def model() -> Iterator[ViewerModel]:
    with viewed(*LAYERS) as model:
        model.select_layers(1)
        yield model


@asynccontextmanager
async def tree_of(model: ViewerModel, folder: Path) -> AsyncIterator[FileTree]:
    tree = FileTree(model, Settings.at(folder / "settings.ini"))
    tree.resize(700, 500)
    tree.show()
    tree.renew()
    await rest(tree)
    yield tree


async def rest(tree: FileTree) -> None:
    """Wait until the rows are those that are wanted."""
    await until(lambda: not tasks().running)


def names(tree: FileTree) -> list[str]:
    return [tree.rows.index(row, 0).data() for row in range(tree.rows.rowCount())]


def at(view: TreeView, name: str) -> QPoint:
    """The middle of a name on the screen."""
    rows = view.model()
    row = next(r for r in range(rows.rowCount()) if rows.index(r, 0).data() == name)
    return view.visualRect(rows.index(row, 0)).center()


def click(tree: FileTree, name: str) -> None:
    QTest.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=at(tree.view, name))


def press(tree: FileTree, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(tree.view, key)


async def test_rows_are_there_once_they_are_made(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        assert names(tree) == ["etc", "usr", "cache", "old.conf"]


async def test_a_click_looks_at_a_path(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "old.conf")
        assert model.node is not None
        assert model.path(model.node) == b"/old.conf"


async def test_the_fold_mark_unfolds_and_folds(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        mark = QPoint(fold_left(0) + 8, at(tree.view, "etc").y())
        viewport = tree.view.viewport()
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=mark)
        assert names(tree)[:3] == ["etc", "motd", "passwd"]
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=mark)
        assert names(tree) == ["etc", "usr", "cache", "old.conf"]
        assert model.node is None


async def test_arrow_keys_unfold_walk_and_fold(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "etc")
        press(tree, Key.Key_Right, Key.Key_Right)
        assert model.node is not None
        assert model.path(model.node) == b"/etc/motd"
        press(tree, Key.Key_Down)
        assert model.path(model.node) == b"/etc/passwd"
        press(tree, Key.Key_Left)
        assert model.path(model.node) == b"/etc"
        press(tree, Key.Key_Left)
        assert names(tree) == ["etc", "usr", "cache", "old.conf"]


async def test_home_and_end_go_to_the_ends_of_the_list(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "usr")
        press(tree, Key.Key_End)
        assert tree.view.currentIndex().row() == 3
        press(tree, Key.Key_Home)
        assert tree.view.currentIndex().row() == 0


async def test_an_asterisk_unfolds_everything(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        press(tree, Key.Key_Asterisk)
        assert "readme" in names(tree)


async def test_enter_goes_into_a_folder_and_backspace_out(
    model: ViewerModel, tmp_path: Path
) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "etc")
        press(tree, Key.Key_Return)
        await rest(tree)
        assert model.path(model.folder) == b"/etc"
        assert names(tree) == ["motd", "passwd"]
        press(tree, Key.Key_Backspace)
        await rest(tree)
        assert model.folder == ROOT
        assert tree.view.currentIndex().data() == "etc"


async def test_a_double_press_goes_in_and_on_a_file_only_looks(
    model: ViewerModel, tmp_path: Path
) -> None:
    async with tree_of(model, tmp_path) as tree:
        button = Qt.MouseButton.LeftButton
        QTest.mouseDClick(tree.view.viewport(), button, pos=at(tree.view, "old.conf"))
        assert model.folder == ROOT
        QTest.mouseDClick(tree.view.viewport(), button, pos=at(tree.view, "usr"))
        assert model.path(model.folder) == b"/usr"


async def test_breadcrumbs_lead_back(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        assert model.image is not None
        model.go_to(model.image.node("/usr/share"))
        assert tree.tools.crumbs.path() == "/usr/share"
        tree.tools.crumbs.chosen.emit("/usr")
        assert model.path(model.folder) == b"/usr"


async def test_what_another_view_looks_at_is_revealed(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        assert model.image is not None
        model.select_node(model.image.node("/usr/share/doc/readme"))
        assert tree.view.currentIndex().data() == "readme"
        assert [index.row() for index in tree.view.selectionModel().selectedRows()] == [4]


async def test_what_has_no_row_leaves_nothing_selected(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "etc")
        assert model.image is not None
        model.select_node(model.image.node("/app/main.py"))
        await rest(tree)
        assert not tree.view.selectionModel().hasSelection()
        assert model.path(model.node or 0) == b"/app/main.py"


async def test_modes_change_what_is_listed(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        tree.tools.modes.choose(Mode.LAYER)
        await rest(tree)
        assert model.mode is Mode.LAYER
        assert names(tree) == ["etc", "cache"]
        model.set_mode(Mode.MERGED)
        assert tree.tools.modes.current() == Mode.MERGED


async def test_unfolded_rows_and_the_current_one_stay_from_layer_to_layer(
    model: ViewerModel, tmp_path: Path
) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "etc")
        press(tree, Key.Key_Right, Key.Key_Right)
        model.select_layers(3)
        await rest(tree)
        assert names(tree) == ["app", "etc", "motd", "passwd", "usr"]
        assert tree.view.currentIndex().data() == "motd"


async def test_another_opening_keeps_what_is_unfolded(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "etc")
        press(tree, Key.Key_Right)
        with opened(*LAYERS[:2]) as again:
            model.clear()
            assert tree.rows.rowCount() == 0
            show(model, again)
            await rest(tree)
            assert names(tree)[:3] == ["etc", "motd", "passwd"]


async def test_deleted_files_can_be_listed(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        model.select_layers(3)
        tree.tools.toggle_deleted()
        await rest(tree)
        assert {"cache", "old.conf"} <= set(names(tree))


async def test_a_press_on_a_title_sorts_and_another_turns_it_over(
    model: ViewerModel, tmp_path: Path
) -> None:
    async with tree_of(model, tmp_path) as tree:
        header = tree.view.horizontalHeader()
        size = [column.key for column in tree.rows.columns].index("size")
        place = QPoint(header.sectionViewportPosition(size) + 10, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await rest(tree)
        assert names(tree) == ["cache", "old.conf", "usr", "etc"]
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await rest(tree)
        assert names(tree) == ["etc", "usr", "old.conf", "cache"]


async def test_shapes_are_remembered(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        tree.tools.shapes.choose(Shape.FLAT)
        await rest(tree)
        assert "readme" in names(tree)
    async with tree_of(model, tmp_path) as again:
        assert again.tools.shape is Shape.FLAT


async def test_columns_are_chosen_and_remembered(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "usr")
        menu = tree.view.columns.menu()
        action = next(a for a in menu.actions() if a.text() == "Modified")
        action.trigger()
        assert "modified" in [column.key for column in tree.rows.columns]
        assert tree.view.currentIndex().data() == "usr"
    async with tree_of(model, tmp_path) as again:
        assert "modified" in [column.key for column in again.rows.columns]
        again.view.columns.menu().actions()[-1].trigger()
        assert "modified" not in [column.key for column in again.rows.columns]


async def test_columns_give_way_to_names_where_room_is_short(
    model: ViewerModel, tmp_path: Path
) -> None:
    async with tree_of(model, tmp_path) as tree:
        last = tree.rows.columnCount() - 1
        assert not tree.view.isColumnHidden(last)
        tree.resize(330, 500)
        QApplication.processEvents()
        assert tree.view.isColumnHidden(last)
        assert tree.view.columnWidth(0) >= 160
        tree.resize(700, 500)
        QApplication.processEvents()
        assert not tree.view.isColumnHidden(last)


async def test_typing_filters_after_a_moment(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        QTest.keyClicks(tree.filter.line, "readme")
        await until(lambda: names(tree)[-1:] == ["readme"])
        assert names(tree) == ["usr", "share", "doc", "readme"]
        QTest.keyClick(tree.filter.line, Key.Key_Escape)
        await rest(tree)
        assert names(tree) == ["etc", "usr", "cache", "old.conf"]


async def test_what_was_unfolded_before_a_filter_is_so_after_it(
    model: ViewerModel, tmp_path: Path
) -> None:
    async with tree_of(model, tmp_path) as tree:
        click(tree, "etc")
        press(tree, Key.Key_Right)
        before = names(tree)
        QTest.keyClicks(tree.filter.line, "readme")
        await until(lambda: names(tree)[-1:] == ["readme"])
        tree.filter.clear()
        await rest(tree)
        assert names(tree) == before


async def test_an_invalid_filter_is_explained_and_leaves_the_rows(
    model: ViewerModel, tmp_path: Path
) -> None:
    async with tree_of(model, tmp_path) as tree:
        QTest.keyClicks(tree.filter.line, "size>")
        assert tree.filter.problem()
        await rest(tree)
        assert names(tree) == ["etc", "usr", "cache", "old.conf"]
        QTest.keyClicks(tree.filter.line, "1k")
        assert not tree.filter.problem()
        await until(lambda: "etc" not in names(tree))
        assert names(tree) == ["cache", "old.conf"]


@pytest.mark.parametrize(
    ("mode", "layer", "words", "found"),
    [
        (Mode.LAYER, 2, "change:removed", ["cache", "old.conf"]),
        (Mode.LAYER, 1, "change:modified", ["etc", "motd"]),
        (Mode.MERGED, 3, "layer:3 type:symlink", ["app", "link"]),
        (Mode.COMPARE, 2, "old", ["old.conf"]),
        (Mode.MERGED, 3, '"hello, world"', ["etc", "motd"]),
    ],
)
async def test_a_filter_asks_what_the_mode_shows(
    model: ViewerModel, tmp_path: Path, mode: Mode, layer: int, words: str, found: list[str]
) -> None:
    async with tree_of(model, tmp_path) as tree:
        model.select_layers(layer)
        model.set_mode(mode)
        tree.filter.line.setText(words)
        await until(lambda: names(tree) == found)


async def test_a_filter_finds_deleted_files_where_they_are_listed(
    model: ViewerModel, tmp_path: Path
) -> None:
    async with tree_of(model, tmp_path) as tree:
        model.select_layers(3)
        tree.tools.show_deleted(True)
        tree.filter.line.setText("old.conf")
        await until(lambda: names(tree) == ["old.conf"])


async def test_nothing_to_show_is_explained(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        tree.filter.line.setText("no-such-name")
        await until(lambda: not names(tree))
        assert "filter" in tree.explanation()
        tree.filter.clear()
        await rest(tree)
        model.clear()
        assert "Reading" in tree.explanation()


async def test_every_part_has_a_name(model: ViewerModel, tmp_path: Path) -> None:
    async with tree_of(model, tmp_path) as tree:
        assert unnamed(tree) == []
