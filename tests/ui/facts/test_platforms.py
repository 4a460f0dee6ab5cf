"""The index in the window: a tree of platforms, opened and compared from there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem

from explorer.ui.explore.model import ViewerModel
from explorer.ui.explore.page import ExplorePage
from explorer.ui.facts import FactsView
from explorer.ui.facts.platforms import PlatformsView
from explorer.ui.tasks import tasks
from tests.factory import index, oci_layout
from tests.ui.accessibility import unnamed
from tests.ui.explore.held import remote_page
from tests.ui.explore.images import page_of, save, settled, tour
from tests.ui.waiting import until

LEFT = Qt.MouseButton.LeftButton


def layout(folder: Path) -> str:
    path = folder / "several.tar"
    both = index(tour(), tour("linux/arm64"), tags=["example.test/tour:1"])
    oci_layout(both).write(path)
    return str(path)


async def turned(page: ExplorePage) -> PlatformsView:
    facts = page.bench.show_view("facts")
    assert isinstance(facts, FactsView)
    facts.show_page("platforms")
    await settled(page)
    return facts.platforms


def item(view: PlatformsView, name: str) -> QTreeWidgetItem:
    (found,) = view.tree.findItems(name, Qt.MatchFlag.MatchRecursive | Qt.MatchFlag.MatchExactly)
    return found


def select(view: PlatformsView, name: str) -> None:
    where = view.tree.visualItemRect(item(view, name)).center()
    QTest.mouseClick(view.tree.viewport(), LEFT, pos=where)


async def test_platforms_show_what_they_store_and_share(tmp_path: Path) -> None:
    async with page_of(layout(tmp_path), tmp_path) as page:
        view = await turned(page)
        here, other = item(view, "linux/amd64"), item(view, "linux/arm64")
        assert here.font(0).bold() is not other.font(0).bold()
        assert here.text(1) == other.text(1)
        assert here.text(2) == here.text(1)  # the same layers
        assert here.text(3) == "4"
        assert unnamed(view) == []


async def test_another_platform_is_opened_from_there(tmp_path: Path) -> None:
    async with page_of(layout(tmp_path), tmp_path) as page:
        view = await turned(page)
        assert page.model.document is not None
        current = str(page.model.document.platform)
        other = next(n for n in ("linux/amd64", "linux/arm64") if n != current)
        assert not view.open.isEnabled()
        select(view, other)
        QTest.mouseClick(view.open, LEFT)
        await settled(page)
        document = page.model.document
        assert document is not None
        assert str(document.platform) == other
        assert item(view, other).font(0).bold()


async def test_two_platforms_are_compared(tmp_path: Path) -> None:
    async with page_of(layout(tmp_path), tmp_path) as page:
        view = await turned(page)
        assert page.model.document is not None
        current = str(page.model.document.platform)
        select(view, next(n for n in ("linux/amd64", "linux/arm64") if n != current))
        assert view.compare.text() == f"Compare with {current}"
        QTest.mouseClick(view.compare, LEFT)
        await settled(page)
        groups = {group.title: group for group in view.cards._groups}
        assert [fact.value for fact in groups["Layers"].facts][1:] == ["none", "none"]
        assert groups["Files"].facts[0].value == "0 added, 0 modified, 0 removed"
        assert groups["Settings"].said == ("They run the same way",)
        assert unnamed(view) == []


async def test_in_a_registry_files_are_not_fetched_to_compare(tmp_path: Path) -> None:
    both = index(tour(), tour("linux/arm64"))
    async with remote_page(both, tmp_path) as (page, registry):
        view = await turned(page)
        assert page.model.document is not None
        current = str(page.model.document.platform)
        select(view, next(n for n in ("linux/amd64", "linux/arm64") if n != current))
        QTest.mouseClick(view.compare, LEFT)
        await settled(page)
        groups = {group.title: group for group in view.cards._groups}
        assert groups["Files"].facts == ()
        layers = {str(layer.digest) for layer in page.model.document.layers}
        asked = {request.path.rpartition("/")[2] for request in registry.asked("GET", "/blobs/")}
        assert not layers & asked


async def test_an_image_that_stands_alone_says_so(tmp_path: Path) -> None:
    async with page_of(save(tour(), tmp_path), tmp_path) as page:
        view = await turned(page)
        assert view._stack.currentWidget() is view._empty
        assert view._empty._title.text() == "This image stands in no index"


async def test_the_menu_of_platforms_shows_their_sizes(tmp_path: Path) -> None:
    async with page_of(layout(tmp_path), tmp_path) as page:
        menu = page.bar.platform.menu()
        assert all("\t" not in entry.text() for entry in menu.actions())
        menu.aboutToShow.emit()
        await settled(page)
        texts = [entry.text().split("\t") for entry in menu.actions()]
        assert [words[0] for words in texts] == ["linux/amd64", "linux/arm64"]
        assert all(words[1] for words in texts)


async def test_a_view_of_nothing_asks_for_nothing() -> None:
    view = PlatformsView(ViewerModel())
    view.show()
    view.look()
    await until(lambda: not tasks().running)
    assert not view.open.isEnabled()
