"""An image in a registry: its stack at once, files of its layers when they are asked for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from explorer.ui.explore.fromregistry import RegistryNameDialog
from explorer.ui.explore.model import Mode
from explorer.ui.explore.page import ExplorePage
from explorer.ui.explore.stackmodel import CARD_ROLE, Card, Trust, figures_in_words
from explorer.ui.tasks import run_in_thread, tasks
from explorer.ui.window import MainWindow
from tests.factory import ImageBuilder, file, index
from tests.registry.server import FaultyRegistry, serving
from tests.sources.registry.serving import giving
from tests.ui.accessibility import unnamed
from tests.ui.explore.held import ask_as_nobody, hold, remote_page
from tests.ui.explore.images import page_of, save, settled, tour
from tests.ui.waiting import until

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def card(page: ExplorePage, layer: int) -> Card:
    rows = page.bench.stack.rows
    found: Card = rows.index(rows.row_of(layer)).data(CARD_ROLE)
    return found


def trusts(page: ExplorePage) -> list[Trust]:
    return [card(page, layer).trust for layer in range(4)]


def names(page: ExplorePage) -> list[str]:
    rows = page.bench.tree.rows
    return [rows.index(row, 0).data() for row in range(rows.rowCount())]


def layers_asked(page: ExplorePage, registry: FaultyRegistry) -> list[int]:
    """The layers whose content was fetched, in the order of the first requests."""
    assert page.model.document is not None
    digests = [str(layer.digest) for layer in page.model.document.layers]
    asked = [request.path.rpartition("/")[2] for request in registry.asked("GET", "/blobs/")]
    return [digests.index(digest) for digest in dict.fromkeys(asked) if digest in digests]


async def click(page: ExplorePage, layer: int) -> None:
    view, rows = page.bench.stack.view, page.bench.stack.rows
    index = rows.index(rows.row_of(layer))
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(index).center())
    await settled(page)


async def test_the_stack_shows_at_once_and_no_layer_is_fetched(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        assert trusts(page) == [Trust.UNREAD] * 4
        assert all(card(page, layer).stored for layer in range(4))
        assert layers_asked(page, registry) == []
        assert len(registry.log) <= 4
        assert "none of 4 layers listed" in page.remote.words.text()
        assert page.bench.tree.explanation() == "4 layers are not listed yet"
        assert page.title.endswith("/tour:1")


async def test_a_click_on_a_layer_lists_it_and_no_other(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        page.model.set_mode(Mode.LAYER)
        await click(page, 1)
        assert layers_asked(page, registry) == [1]
        assert trusts(page) == [Trust.UNREAD, Trust.VERIFIED, Trust.UNREAD, Trust.UNREAD]
        assert names(page) == ["etc", "cache"]
        await click(page, 1)
        assert layers_asked(page, registry) == [1]


async def test_keys_move_without_fetching_and_return_lists(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        view = page.bench.stack.view
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_Down)
        await settled(page)
        assert layers_asked(page, registry) == []
        QTest.keyClick(view, Qt.Key.Key_Return)
        await settled(page)
        assert layers_asked(page, registry) == [2]


async def test_a_large_layer_waits_for_more_than_a_click(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.ui.explore.stack._LISTED_BY_CLICK", 10)
    async with remote_page(tour(), tmp_path) as (page, registry):
        await click(page, 1)
        assert layers_asked(page, registry) == []
        assert page.remote.one.isVisible()
        QTest.mouseClick(page.remote.one, LEFT)
        await settled(page)
        assert layers_asked(page, registry) == [1]


async def test_what_a_layer_changes_is_not_guessed_before_those_below_are_listed(
    tmp_path: Path,
) -> None:
    async with remote_page(tour(), tmp_path) as (page, _registry):
        page.list_layers((1,))
        await settled(page)
        assert card(page, 1).effect is None
        assert card(page, 1).entries == 3
        page.list_layers((0,))
        await settled(page)
        effect = card(page, 1).effect
        assert effect is not None
        assert (effect.added, effect.modified) == (1, 1)


async def test_the_merged_view_fills_as_layers_arrive(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, _registry):
        page.list_layers((3,))
        await settled(page)
        assert names(page) == ["app"]
        assert page.bench.tree._count.text().endswith("without 3 layers, not listed")
        page.list_layers((0, 1, 2))
        await settled(page)
        assert names(page) == ["app", "etc", "usr"]
        assert page.model.is_complete
        assert "all layers are listed" in page.remote.words.text()


async def test_the_empty_tree_offers_to_list_what_it_lacks(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        page.model.select_layers(1)
        await settled(page)
        (button,) = page.bench.tree.unlisted.findChildren(QPushButton)
        assert button.isVisible()
        QTest.mouseClick(button, LEFT)
        await settled(page)
        assert sorted(layers_asked(page, registry)) == [0, 1]


async def test_all_layers_are_listed_by_one_button_which_then_goes(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        assert page.remote.all.text().startswith("List all (")
        QTest.mouseClick(page.remote.all, LEFT)
        await settled(page)
        assert trusts(page) == [Trust.VERIFIED] * 4
        assert not page.remote.all.isVisible()
        assert not page.remote.one.isVisible()
        assert sorted(layers_asked(page, registry)) == [0, 1, 2, 3]


async def test_bytes_fetched_and_spared_are_shown_and_counted_right(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, _registry):
        assert page.model.document is not None
        traffic = page.model.document.traffic
        assert traffic is not None
        whole = sum(layer.stored for layer in page.model.document.layers)
        assert traffic.now.spared == whole
        documents = traffic.now.fetched
        page.list_layers((0,))
        await settled(page)
        first = page.model.document.layers[0].stored
        assert traffic.now.fetched == documents + first
        assert traffic.now.spared == whole - first
        await until(lambda: "spared" in page.remote.words.text())
        page.list_layers(page.model.unread)
        await settled(page)
        await until(lambda: "spared" not in page.remote.words.text())


async def test_a_layer_that_is_asked_for_meanwhile_comes_next(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, _registry):
        page.list_layers((0,))
        page.list_layers((3,))
        assert page.model.listing == {0, 3}
        await settled(page)
        assert trusts(page) == [Trust.VERIFIED, Trust.UNREAD, Trust.UNREAD, Trust.VERIFIED]
        assert page.model.listing == frozenset()


async def test_a_failure_keeps_what_came_and_can_be_tried_again(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        page.list_layers((0,))
        await settled(page)
        assert page.model.document is not None
        digest = str(page.model.document.layers[1].digest)
        registry.answers.append(("GET", digest, 403, {}))
        page.list_layers((1,))
        await settled(page)
        await until(lambda: bool(page.banners.banners()))
        assert trusts(page)[:2] == [Trust.VERIFIED, Trust.UNREAD]
        (banner,) = page.banners.banners()
        assert registry.host in banner.accessibleName() + banner.accessibleDescription()
        buttons = [b for b in page.findChildren(QPushButton) if b.text() == "Try again"]
        QTest.mouseClick(buttons[0], LEFT)
        await settled(page)
        assert trusts(page)[1] is Trust.VERIFIED


async def test_cancel_stops_a_layer_that_does_not_come(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        registry.stall = True
        registry.cut.append(10)
        page.list_layers((0,))
        await until(lambda: registry.served > 0)
        await until(page.strip.isVisible)
        assert page.strip.words.text().startswith("Listing layer 0")
        QTest.mouseClick(page.strip.cancel, LEFT)
        await until(lambda: not tasks().running)
        registry.release.set()
        assert page.model.listing == frozenset()
        assert trusts(page)[0] is Trust.UNREAD
        assert not page.strip.isVisible()


async def test_an_image_that_is_not_there_is_named_and_can_be_tried_again(
    tmp_path: Path,
) -> None:
    async with (
        serving() as registry,
        page_of(f"docker://{registry.host}/app:1", tmp_path) as page,
    ):
        await until(lambda: bool(page.banners.banners()))
        (banner,) = page.banners.banners()
        assert registry.host in banner.accessibleName() + banner.accessibleDescription()
        assert [b for b in page.findChildren(QPushButton) if b.text() == "Try again"]


async def test_actions_list_layers_and_are_off_where_nothing_is_to_be_listed(
    tmp_path: Path,
) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        actions = page.shell.actions
        actions.renew()
        page.model.select_layers(2)
        actions.renew()
        actions.trigger("explore.list-layer")
        await settled(page)
        assert layers_asked(page, registry) == [2]
        actions.renew()
        assert not actions.action("explore.list-layer").isEnabled()
        actions.trigger("explore.list-all")
        await settled(page)
        actions.renew()
        assert not actions.action("explore.list-all").isEnabled()


async def test_what_is_on_this_machine_has_no_line_of_a_registry(tmp_path: Path) -> None:
    async with page_of(save(tour(), tmp_path), tmp_path) as page:
        assert not page.remote.isVisible()
        assert page.model.unread == ()
        assert not page.shell.actions.action("explore.list-all").isEnabled()


async def test_everything_has_a_name(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, _registry):
        for part in (page.bar, page.remote, page.strip, page.bench.tree, page.bench.stack):
            assert unnamed(part) == []
        page.list_layers((0,))
        await settled(page)
        assert page.remote.one.text().startswith("List layer 3")
        assert unnamed(page.remote) == []


async def test_an_image_is_opened_by_typing_its_name(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        window = page.window()
        assert isinstance(window, MainWindow)
        location = hold(registry, tour(), tag="2")
        page.shell.actions.renew()
        QTest.keyClick(window, Qt.Key.Key_R, CONTROL)
        await until(lambda: bool(window.findChildren(RegistryNameDialog)))
        (dialog,) = window.findChildren(RegistryNameDialog)
        assert unnamed(dialog) == []
        assert not dialog.ok.isEnabled()
        QTest.keyClicks(dialog.name, location.removeprefix("docker://"))
        assert dialog.ok.isEnabled()
        QTest.keyClick(dialog.name, Qt.Key.Key_Return)
        await until(lambda: window.front() is not page)
        opened = window.front()
        assert isinstance(opened, ExplorePage)
        await settled(opened)
        assert opened.location == location
        assert opened.model.document is not None
        await opened.aclose()


@pytest.mark.parametrize("words", ["", "Foo", "a b", "docker://", "nginx:" + "x" * 200])
def test_what_is_no_name_cannot_be_opened(words: str) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    dialog = RegistryNameDialog((), parent)
    dialog.name.setText(words)
    assert not dialog.ok.isEnabled()
    assert dialog.check()


async def test_copying_the_command_names_the_registry(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        page.shell.actions.renew()
        page.shell.actions.trigger("explore.copy-command")
        assert QGuiApplication.clipboard().text().startswith("layerscope ls docker://")
        assert QApplication.instance() is not None
        assert registry.host in QGuiApplication.clipboard().text()


async def test_a_layer_with_a_table_of_contents_is_listed_by_it_and_its_files_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_as_nobody(monkeypatch, tmp_path)
    noise = random.Random(1).randbytes(3_000_000)
    parts = file("etc/motd", "hello"), file("big", noise)
    image = ImageBuilder().add(*parts, compression="estargz").build()
    with giving() as registry:
        async with page_of(registry.hold(image), tmp_path) as page:
            assert page.model.document is not None
            page.list_layers((0,))
            await settled(page)
            assert card(page, 0).trust is Trust.TABLE
            assert "table of contents" in " ".join(figures_in_words(card(page, 0)))
            layer = page.model.document.layers[0]
            assert registry.sent(str(layer.digest)) < layer.stored / 10
            opened = page.model.image
            assert opened is not None
            page.model.select_node(opened.node("/etc/motd"))
            await settled(page)
            provider = int(opened.final.visible[opened.node("/etc/motd")])
            found = await run_in_thread(opened.content(provider).read_at, 0, 10)
            assert found == b"hello"
            assert registry.sent(str(layer.digest)) < layer.stored / 10


async def test_an_index_shows_its_stack_after_at_most_four_requests(tmp_path: Path) -> None:
    both = index(tour(), tour("linux/arm64"))
    async with remote_page(both, tmp_path) as (page, registry):
        assert len(registry.log) <= 4
        assert len(page.model.indexed) == 4
        assert layers_asked(page, registry) == []


async def test_no_view_takes_layers_that_are_not_listed_for_empty_ones(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, _registry):
        page.bench.show_view("overlay")
        await settled(page)
        assert page.bench.section._empty._title.text() == "Not all layers are listed"
        page.list_layers((0,))
        page.bench.show_view("usage")
        await settled(page)
        assert page.bench.usage._summary.text().endswith("not all layers are listed")
        page.list_layers(page.model.unread)
        await settled(page)
        assert "wasted" in page.bench.usage._summary.text()


async def test_a_search_says_which_layers_it_could_not_look_into(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, _registry):
        page.list_layers((0,))
        await settled(page)
        page.bench.show_view("search")
        QTest.keyClicks(page.bench.search.line, "motd")
        await until(lambda: "found" in page.bench.search.status())
        assert page.bench.search.status().endswith("without 3 layers, not listed")


async def test_a_layer_that_comes_with_a_wrong_byte_is_marked_and_the_others_are_not(
    tmp_path: Path,
) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        registry.corrupt = 1
        page.list_layers((0,))
        await settled(page)
        assert card(page, 0).trust.is_bad
        page.list_layers((1,))
        await settled(page)
        assert card(page, 1).trust is Trust.VERIFIED


async def test_closing_the_page_while_a_layer_is_fetched_ends_it(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, registry):
        registry.stall = True
        registry.cut.append(10)
        page.list_layers((0,))
        await until(lambda: registry.served > 0)
        await page.aclose()
        await until(lambda: not tasks().running)
        registry.release.set()
        assert page.model.document is None


async def test_another_platform_begins_with_nothing_listed(tmp_path: Path) -> None:
    both = index(tour(), tour("linux/arm64"))
    async with remote_page(both, tmp_path) as (page, _registry):
        assert page.model.document is not None
        first = page.model.document.platform
        other = next(p for p in page.model.document.platforms if p != first)
        page.reload(other)
        await settled(page)
        assert page.model.document.platform == other
        assert page.model.listing == frozenset()
        assert len(page.model.unread) == 4


async def test_bars_fit_while_some_layers_are_not_listed(tmp_path: Path) -> None:
    async with remote_page(tour(), tmp_path) as (page, _registry):
        page.list_layers((0, 1))
        await settled(page)
        for layer in range(4):
            found = card(page, layer)
            assert found.effect is None or found.effect.cumulative <= found.scale
            assert found.stored <= found.scale
