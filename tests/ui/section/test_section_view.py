"""The cross-section in the window: what it shows, how it is driven, what it tells without eyes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QWidget

from explorer.analysis.opened import OpenImage
from explorer.analysis.section import CellKind, cross_section
from explorer.ui.explore.model import ROOT, ViewerModel
from explorer.ui.section.items import SectionItems
from explorer.ui.section.look import Run, Thread, cell_look, merged_look, runs
from explorer.ui.section.view import SectionView
from tests.factory import Entry, directory, file, opaque, whiteout
from tests.ui.accessibility import unnamed
from tests.ui.viewing import opened, show, viewed
from tests.ui.waiting import until

LAYERS: tuple[tuple[Entry, ...], ...] = (
    (directory("etc"), file("etc/a.conf", "a" * 10), file("etc/old", "12345"), file("readme", "r")),
    (file("etc/a.conf", "a" * 10, mode=0o600), file("etc/b.conf", "bb")),
    (whiteout("etc/old"), file("etc/a.conf", "changed")),
)


@pytest.fixture
def model() -> Iterator[ViewerModel]:
    with viewed(*LAYERS) as model:
        yield model


async def shown(model: ViewerModel, folder: str = "/etc") -> SectionView:
    """A view of that folder, in the state a user finds it."""
    view = SectionView(model)
    view.resize(900, 500)
    assert model.image is not None
    model.go_to(model.image.node(folder))
    view.show()
    await until(lambda: view.section is not None)
    return view


def cell(view: SectionView, name: str, column: int) -> QModelIndex:
    for row in range(view.items.rowCount()):
        header = view.items.headerData(row, Qt.Orientation.Vertical)
        if header.rstrip("/") == name:
            return view.items.index(row, column)
    raise AssertionError(f"no row {name}")


def press(view: SectionView, index: QModelIndex) -> None:
    place = view.table.visualRect(index).center()
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


async def test_rows_are_entries_and_columns_layers_with_the_merged_one_last(
    model: ViewerModel,
) -> None:
    view = await shown(model)
    header = view.items.headerData
    names = [header(row, Qt.Orientation.Vertical) for row in range(view.items.rowCount())]
    assert names == ["a.conf", "b.conf", "old"]
    columns = [header(number, Qt.Orientation.Horizontal) for number in range(4)]
    assert columns == ["Layer 0", "Layer 1", "Layer 2", "Merged"]


async def test_the_item_model_keeps_its_promises(model: ViewerModel) -> None:
    items = SectionItems()
    tester = QAbstractItemModelTester(
        items, QAbstractItemModelTester.FailureReportingMode.Fatal, items
    )
    assert model.image is not None
    items.show(cross_section(model.image, ROOT))
    items.show(cross_section(model.image, model.image.node("/etc")), eventful=True)
    items.show(None)
    assert tester.model() is items


async def test_pressing_a_cell_opens_that_version(model: ViewerModel) -> None:
    view = await shown(model)
    press(view, cell(view, "a.conf", 1))
    assert model.node == model.image.node("/etc/a.conf")  # type: ignore[union-attr]
    assert model.version == 1


async def test_pressing_where_a_version_shows_through_opens_the_one_below(
    model: ViewerModel,
) -> None:
    view = await shown(model)
    press(view, cell(view, "b.conf", 2))
    assert model.version == 1


async def test_pressing_the_merged_column_looks_at_what_is_selected(model: ViewerModel) -> None:
    view = await shown(model)
    press(view, cell(view, "old", 3))
    assert model.node == model.image.node("/etc/old")  # type: ignore[union-attr]
    assert model.version is None


async def test_the_keyboard_moves_between_cells_and_enter_opens(model: ViewerModel) -> None:
    view = await shown(model)
    view.table.setFocus()
    view.table.setCurrentIndex(cell(view, "a.conf", 0))
    QTest.keyClick(view.table, Qt.Key.Key_Down)
    QTest.keyClick(view.table, Qt.Key.Key_Right)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert model.node == model.image.node("/etc/b.conf")  # type: ignore[union-attr]
    assert model.version == 1


async def test_typing_a_name_goes_to_it(model: ViewerModel) -> None:
    view = await shown(model)
    view.table.setFocus()
    view.table.setCurrentIndex(cell(view, "a.conf", 1))
    QTest.keyClicks(view.table, "old")
    assert view.table.currentIndex() == cell(view, "old", 1)


async def test_a_double_click_goes_into_a_folder_and_backspace_out_again(
    model: ViewerModel,
) -> None:
    view = await shown(model, "/")
    place = view.table.visualRect(cell(view, "etc", 3)).center()
    QTest.mouseDClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert model.path(model.folder) == b"/etc"
    await until(lambda: view.section is not None and view.section.folder == model.folder)
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Backspace)
    assert model.folder == ROOT


async def test_pressing_a_layer_selects_it_and_with_shift_a_range(model: ViewerModel) -> None:
    view = await shown(model)
    header = view.table.layer_header
    for layer, modifier in (
        (0, Qt.KeyboardModifier.NoModifier),
        (1, Qt.KeyboardModifier.ShiftModifier),
    ):
        place = QPoint(header.sectionViewportPosition(layer) + 5, 10)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, place)
    assert (model.first, model.last) == (0, 1)
    assert list(header.selected) == [0, 1]


async def test_hovering_explains_the_cell_in_words_with_its_instruction(
    model: ViewerModel,
) -> None:
    view = await shown(model)
    QTest.mouseMove(view.table.viewport(), view.table.visualRect(cell(view, "a.conf", 1)).center())
    await until(lambda: "copied a.conf up to change its mode" in view.explanation.text())
    assert "0644 → 0600" in view.explanation.text()


async def test_every_cell_has_its_words_for_screen_readers(model: ViewerModel) -> None:
    view = await shown(model)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert "deletes old" in view.items.data(cell(view, "old", 2), role)
    table = QAccessible.queryAccessibleInterface(view.table)
    assert table.text(QAccessible.Text.Name) == "Overlay cross-section of /etc"
    assert unnamed(view) == []


async def test_what_one_layer_alone_stores_can_be_left_out(model: ViewerModel) -> None:
    view = await shown(model)
    view._eventful.click()
    names = [
        view.items.headerData(row, Qt.Orientation.Vertical) for row in range(view.items.rowCount())
    ]
    assert names == ["a.conf", "old"]
    assert view._count.text() == "2 of 3 entries"


async def test_the_picture_follows_the_folder_the_node_and_the_image(model: ViewerModel) -> None:
    view = await shown(model)
    assert model.image is not None
    model.open_version(model.image.node("/etc/b.conf"), 1)
    assert view.table.currentIndex() == cell(view, "b.conf", 1)
    with opened([file("only", "1")]) as other:
        show(model, other)
        assert view.section is None
        await until(lambda: view.section is not None and view.section.image is other)
        assert len(view.section or ()) == 1


async def test_while_more_layers_are_read_the_picture_stays_and_answers_nothing_void(
    model: ViewerModel,
) -> None:
    view = await shown(model)
    assert model.image is not None
    old = view.section
    model.set_image(OpenImage(model.image.image, model.image.layers, model.image.caches))
    assert view.section is old
    view._open(0, 0)
    assert model.node is None
    await until(lambda: view.section is not old)


async def test_a_path_deep_in_the_tree_is_shown_in_its_own_folder(model: ViewerModel) -> None:
    view = await shown(model, "/")
    model.select_node(model.image.node("/etc/old"))  # type: ignore[union-attr]
    assert model.folder == ROOT
    await until(lambda: len(view.section or ()) == 3)
    assert view.table.currentIndex().row() == cell(view, "old", 0).row()
    view._up.click()
    await until(lambda: len(view.section or ()) == 2)


async def test_in_little_room_the_legend_comes_on_demand(model: ViewerModel) -> None:
    view = await shown(model)
    assert view.legend.isVisible()
    view.resize(900, 240)
    assert not view.legend.isVisible()
    view._help.click()
    assert view.legend.isVisible()


async def test_out_of_view_nothing_is_computed(model: ViewerModel) -> None:
    view = SectionView(model)
    model.go_to(model.image.node("/etc"))  # type: ignore[union-attr]
    assert view.section is None
    view.show()
    await until(lambda: view.section is not None)


async def test_breadcrumbs_lead_up(model: ViewerModel) -> None:
    view = await shown(model)
    view._crumbs.chosen.emit("/")
    assert model.folder == ROOT


async def test_the_merged_column_stays_in_view_and_answers_where_it_is_seen() -> None:
    many = [[file("a", str(number))] for number in range(40)]
    with viewed(*many) as model:
        view = await shown(model, "/")
        merged = view.items.index(0, 40)
        assert view.table.visualRect(merged).right() == view.table.viewport().width() - 1
        place = view.table.visualRect(merged).center()
        assert view.table.indexAt(place) == merged
        view.table.setCurrentIndex(view.items.index(0, 39))
        last = view.table.visualRect(view.items.index(0, 39))
        assert last.right() < view.table.merged_left()


async def test_any_part_of_the_picture_can_be_painted_alone() -> None:
    many = [[file("a", str(number))] for number in range(30)]
    with viewed(*many) as model:
        view = await shown(model, "/")
        viewport = view.table.viewport()
        for left in range(0, viewport.width(), 37):
            viewport.repaint(left, 0, 20, viewport.height())
        view.table.horizontalScrollBar().setValue(10_000)
        viewport.repaint(viewport.width() - 5, 0, 5, 40)


def test_pieces_to_paint_join_cells_in_which_one_version_shows_through() -> None:
    with opened([file("a", "1")], [file("b")], [file("b", "2")], [file("a", "3")]) as image:
        section = cross_section(image, ROOT)
        assert list(runs(section, 0, range(4))) == [
            Run(0, 0),
            Run(1, 2, Thread(0, reaches=False)),
            Run(3, 3),
        ]
        assert list(runs(section, 0, range(0))) == []
        assert list(runs(section, 0, range(1, 2))) == [Run(1, 1, Thread(0, reaches=False))]


def test_looks_carry_a_glyph_beside_the_colour() -> None:
    with opened([directory("d"), file("d/x", "123")], [directory("d"), opaque("d")]) as image:
        section = cross_section(image, ROOT)
        look = cell_look(section, 0, 1)
        assert (look.kind, look.glyph) == (CellKind.OPAQUE, "◌")
        assert cell_look(section, 0, 0).covered
        merged = merged_look(section, 0)
        assert (merged.origin, merged.note, merged.unseen) == (
            "from 1",
            "opaque from 1: 1 hidden",
            "3 B unseen",
        )


async def test_a_copied_up_block_travels_from_the_layer_it_was_in(model: ViewerModel) -> None:
    view = await shown(model)
    motion = view.table.motion
    press(view, cell(view, "b.conf", 1))
    assert motion.progress is None
    press(view, cell(view, "a.conf", 2))
    assert motion.progress is not None
    assert (motion.source, motion.target) == (1, 2)
    view.grab()
    view.items.show(None)
    assert motion.progress is None


async def test_nothing_moves_where_the_desktop_asks_for_stillness(
    model: ViewerModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.ui.section.motion.animations_wanted", lambda _widget: False)
    view = await shown(model)
    press(view, cell(view, "a.conf", 2))
    assert view.table.motion.progress is None


def test_what_went_with_its_folder_is_called_hidden_not_deleted() -> None:
    with opened([directory("d"), file("d/x", "1"), file("y")], [whiteout("y"), whiteout("d")]) as i:
        assert merged_look(cross_section(i, i.node("/d")), 0).origin == "hidden in 1"
        top = cross_section(i, ROOT)
        assert merged_look(top, top.find(i.node("/y")) or 0).origin == "deleted in 1"


async def test_the_legend_explains_each_sign(model: ViewerModel) -> None:
    view = await shown(model)
    legend = view.legend
    sign = legend.sign_at(20, 15)
    assert sign is not None
    assert sign.meaning in legend.accessibleDescription()
    assert "whiteout" in legend.accessibleDescription()


async def test_it_paints_in_both_schemes_without_a_complaint(model: ViewerModel) -> None:
    from explorer.ui import theme

    view = await shown(model)
    light = _corner(view)
    theme.switch().set_mode(theme.Mode.DARK)
    assert _corner(view) != light


def _corner(view: QWidget) -> str:
    return view.grab().toImage().pixelColor(QPointF(3, view.height() / 2).toPoint()).name()
