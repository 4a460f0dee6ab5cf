"""Where the bytes go: the treemap and the lists beside it, linked with everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFrame, QToolButton

from explorer.analysis.suggestions import Kind, Suggestion
from explorer.progress import Job
from explorer.ui.explore.model import ROOT, ViewerModel
from explorer.ui.usage.advicelist import AdviceList
from explorer.ui.usage.findings import find_duplicates, largest, look
from explorer.ui.usage.rows import RowModel
from explorer.ui.usage.view import UsageView
from tests.factory import Entry, directory, file, hardlink, whiteout
from tests.ui.accessibility import unnamed
from tests.ui.viewing import opened, show, viewed
from tests.ui.waiting import until

LAYERS: tuple[tuple[Entry, ...], ...] = (
    (
        directory("usr"),
        file("usr/large", "x" * 60_000),
        file("usr/linked", "y" * 9_000),
        hardlink("usr/other", "usr/linked"),
        file("log", "l" * 20_000),
    ),
    (file("copy", "x" * 60_000), file("usr/large", "x" * 60_000, mode=0o600)),
    (whiteout("log"),),
)


@pytest.fixture
def model() -> Iterator[ViewerModel]:
    with viewed(*LAYERS) as model:
        yield model


def node(model: ViewerModel, path: str) -> int:
    assert model.image is not None
    return model.image.node(path)


async def shown(model: ViewerModel) -> UsageView:
    view = UsageView(model)
    view.resize(1000, 500)
    view.show()
    await until(lambda: view.canvas.tiles)
    return view


def place(view: UsageView, wanted: int) -> QPoint:
    """A point on the tile of a path, inside of it and of none that it holds."""
    rect = next(tile.rect for tile in view.canvas.tiles if tile.node == wanted)
    return QPoint(round(rect.x + rect.width / 2), round(rect.y + 6))


# -- what is found ----------------------------------------------------------------------------


def test_the_largest_files_come_first_and_an_inode_once() -> None:
    with opened(*LAYERS) as image:
        rows = largest(image.state(0))
        assert [(row.words, row.size) for row in rows] == [
            ("/usr/large", 60_000),
            ("/log", 20_000),
            ("/usr/linked", 9_000),
        ]
        assert [row.words for row in largest(image.state(0), most=1)] == ["/usr/large"]


def test_wasted_paths_name_who_stores_them_and_who_is_to_blame() -> None:
    with opened(*LAYERS) as image:
        found = look(image, image.top, Job())
        assert [(row.words, row.size, row.layers) for row in found.wasteful] == [
            ("/usr/large", 60_000, "0 → 1"),
            ("/log", 20_000, "0 → 2"),
        ]
        assert "hidden by layer 2: RUN step 2" in found.wasteful[1].tip
        assert int(found.wasted.totals[ROOT]) == found.waste.wasted == 80_000


def test_duplicates_are_found_by_content() -> None:
    with opened(*LAYERS) as image:
        rows = find_duplicates(image, image.top, Job())
        assert [(row.size, row.layers) for row in rows] == [(60_000, "2 ×")]
        assert "/copy" in rows[0].tip
        assert "/usr/large" in rows[0].tip


# -- the treemap ------------------------------------------------------------------------------


async def test_pressing_a_rectangle_has_everything_look_at_its_path(model: ViewerModel) -> None:
    view = await shown(model)
    wanted = node(model, "/copy")
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=place(view, wanted))
    assert model.node == wanted


async def test_a_double_click_goes_into_a_folder_and_backspace_out(model: ViewerModel) -> None:
    view = await shown(model)
    folder = node(model, "/usr")
    QTest.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=place(view, folder))
    assert view.crumbs.path() == "/usr"
    await until(lambda: view.canvas.tiles and view.canvas.tiles[0].node == folder)
    QTest.keyClick(view.canvas, Qt.Key.Key_Backspace)
    assert view.crumbs.path() == "/"


async def test_arrow_keys_walk_over_the_rectangles(model: ViewerModel) -> None:
    view = await shown(model)
    model.select_node(node(model, "/usr/large"))
    view.canvas.setFocus()
    seen = set()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(view.canvas, key)
        seen.add(model.node)
    assert node(model, "/copy") in seen


async def test_the_mark_follows_the_path_or_the_folder_around_it(model: ViewerModel) -> None:
    view = await shown(model)
    model.select_node(node(model, "/usr/other"))
    marked = view.canvas._marked_tile()
    assert marked is not None
    assert marked.node in (node(model, "/usr"), node(model, "/usr/other"))
    model.select_node(None)
    assert view.canvas._marked_tile() is None


async def test_wasted_bytes_fill_the_picture_on_demand(model: ViewerModel) -> None:
    view = await shown(model)
    view.bytes.choose("wasted")
    log = node(model, "/log")
    await until(lambda: any(tile.node == log for tile in view.canvas.tiles))
    assert view._summary.text() == "129 kB visible · 80 kB wasted (38 %)"


async def test_the_picture_is_of_the_layer_that_is_selected(model: ViewerModel) -> None:
    view = await shown(model)
    model.select_layers(0)
    log = node(model, "/log")
    await until(lambda: any(tile.node == log for tile in view.canvas.tiles))


# -- the lists --------------------------------------------------------------------------------


async def test_choosing_a_row_has_everything_look_at_its_path(model: ViewerModel) -> None:
    view = await shown(model)
    view.largest.setFocus()
    QTest.keyClick(view.largest, Qt.Key.Key_Down)
    assert model.node in (node(model, "/usr/large"), node(model, "/copy"))


async def test_advice_is_worked_out_once_it_is_looked_at(model: ViewerModel) -> None:
    view = await shown(model)
    view.lists.choose("advice")
    await until(lambda: "Layer 2" in [b.text() for b in view.advice.findChildren(QToolButton)])
    links = {button.text(): button for button in view.advice.findChildren(QToolButton)}
    links["Layer 2"].click()
    assert (model.first, model.last) == (2, 2)


async def test_duplicates_are_looked_for_when_asked(model: ViewerModel) -> None:
    view = await shown(model)
    view.lists.choose("repeated")
    view._find.click()
    assert not view._find.isEnabled()
    await until(lambda: view.repeated.rows.rowCount() == 1)
    await until(lambda: view._find.isEnabled())
    assert view._find.text() == "1 group found"


async def test_another_image_empties_what_was_found(model: ViewerModel) -> None:
    view = await shown(model)
    with opened([file("only", "1" * 5000)]) as other:
        show(model, other)
        assert view.findings is None
        await until(lambda: view.largest.rows.rowCount() == 1)


async def test_out_of_sight_nothing_is_measured(model: ViewerModel) -> None:
    view = UsageView(model)
    assert view.findings is None
    view.show()
    await until(lambda: view.findings is not None)


async def test_everything_has_a_name(model: ViewerModel) -> None:
    view = await shown(model)
    for key in ("largest", "wasteful", "advice", "repeated"):
        view.lists.choose(key)
        assert unnamed(view) == []


def test_the_rows_keep_the_promises_of_an_item_model() -> None:
    with opened(*LAYERS) as image:
        rows = RowModel(("Size", "Layer", "Path"))
        mode = QAbstractItemModelTester.FailureReportingMode.Fatal
        tester = QAbstractItemModelTester(rows, mode, rows)
        rows.show(largest(image.state(0)))
        rows.show(())
        assert tester.model() is rows


async def test_cards_of_advice_are_made_a_few_at_a_time(qapp: QApplication) -> None:
    many = [Suggestion(f"Number {n}", "why", "do", Kind.CACHE, n + 1) for n in range(20)]
    advice = AdviceList()
    advice.show()
    advice.show_advice(many)

    def cards() -> int:
        return len(advice.findChildren(QFrame, "card"))

    first = cards()
    assert 0 < first < len(many)
    await until(lambda: cards() == len(many))
    advice.show_advice(many)
    advice.wait()
    await asyncio.sleep(0.05)
    assert len(advice.widget().findChildren(QFrame, "card")) == 0
