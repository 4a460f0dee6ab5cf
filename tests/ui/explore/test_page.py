"""The page of an image in the window: everything linked, keys, menus, errors, closing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from explorer.ui.banner import Kind
from explorer.ui.explore.choosing import reference_of
from explorer.ui.explore.commands import FILE_MENU, LAYER_MENU, SPECS
from explorer.ui.explore.filterhelp import FilterHelp
from explorer.ui.explore.model import ROOT, Mode
from explorer.ui.explore.page import ExplorePage
from explorer.ui.help.library import Place
from explorer.ui.help.page import HelpPage
from explorer.ui.resources import resource
from explorer.ui.tour.panel import TourPanel
from explorer.ui.window import MainWindow
from tests.factory import docker_archive_v25, index, oci_layout
from tests.ui.accessibility import unnamed
from tests.ui.explore.images import page_of, save, settled, tour, window_with
from tests.ui.waiting import until

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def location(tmp_path: Path) -> str:
    return save(tour(), tmp_path)


def names(page: ExplorePage) -> list[str]:
    rows = page.bench.tree.rows
    return [rows.index(row, 0).data() for row in range(rows.rowCount())]


def press(
    page: ExplorePage,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press a key anywhere in the window, once what can be done is known."""
    page.shell.actions.renew()
    QTest.keyClick(page.window(), key, modifier)


def do(page: ExplorePage, action: str) -> None:
    page.shell.actions.renew()
    page.shell.actions.trigger(f"explore.{action}")


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


async def test_an_opened_image_names_its_tab_and_is_remembered(
    location: str, tmp_path: Path
) -> None:
    async with page_of(location, tmp_path) as page:
        assert page.title == "example.test/tour:1.0"
        (recent,) = page.shell.recents.all()
        assert (recent.location, recent.title) == (location, "example.test/tour:1.0")
        assert len(recent.layers) == 4
        assert recent.subtitle.startswith("4 layers")


async def test_the_page_says_that_it_reads_until_there_is_something(
    location: str, tmp_path: Path
) -> None:
    async with window_with(location, tmp_path) as page:
        assert page._pages.currentWidget() is page._empty
        await settled(page)
        assert page._pages.currentWidget() is page.bench


async def test_selecting_a_layer_drives_the_tree(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        page.bench.stack.setFocus()
        QTest.keyClick(page.bench.stack.view, Qt.Key.Key_Down)
        await settled(page)
        assert list(page.model.layers) == [2]
        assert names(page) == ["etc", "usr"]


async def test_back_and_forward_are_those_of_the_window(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        assert page.model.image is not None
        etc, app = page.model.image.node("/etc"), page.model.image.node("/app")
        page.model.go_to(etc)
        page.model.go_to(app)
        press(page, Qt.Key.Key_Left, ALT)
        assert page.model.folder == etc
        press(page, Qt.Key.Key_Left, ALT)
        assert page.model.folder == ROOT
        press(page, Qt.Key.Key_Right, ALT)
        assert page.model.folder == etc


async def test_control_k_goes_to_any_path_deleted_ones_too(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        press(page, Qt.Key.Key_K, CONTROL)
        palette = page.shell.palette
        await until(palette.isVisible)
        line = QApplication.focusWidget()
        assert line is not None
        QTest.keyClicks(line, "old.conf")
        await until(lambda: [choice.title for choice in palette.choices()] == ["old.conf"])
        QTest.keyClick(line, Qt.Key.Key_Return)
        await settled(page)
        assert page.model.path(page.model.node or 0) == b"/old.conf"
        assert page.model.mode is Mode.MERGED
        assert page.bench.tree.view.currentIndex().data() == "old.conf"


@pytest.mark.parametrize(
    ("view", "topic"),
    [
        ("stack", "layers"),
        ("tree", "start#three-ways-to-look-at-the-files"),
        ("inspector", "copy-on-write"),
        ("overlay", "cross-section"),
        ("usage", "sizes"),
        ("facts", "processes"),
        ("search", "filter-language"),
    ],
)
async def test_f1_explains_the_view_that_has_the_focus(
    location: str, tmp_path: Path, view: str, topic: str
) -> None:
    async with page_of(location, tmp_path) as page:
        window = page.window()
        assert isinstance(window, MainWindow)
        assert page.model.image is not None
        page.model.select_node(page.model.image.node("/etc/motd"))
        shown = page.bench.show_view(view)
        await settled(page)
        assert shown is not None
        inside = next(
            widget
            for widget in [shown, *shown.findChildren(QWidget)]
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
        )
        inside.setFocus()
        QTest.keyClick(inside, Qt.Key.Key_F1)
        await until(lambda: isinstance(window.front(), HelpPage))
        help = window.front()
        assert isinstance(help, HelpPage)
        assert help.place == Place.parse(topic)


async def test_f1_in_the_filter_explains_its_language(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        window = page.window()
        assert isinstance(window, MainWindow)
        press(page, Qt.Key.Key_F, CONTROL)
        QTest.keyClick(page.bench.tree.filter.line, Qt.Key.Key_F1)
        await until(lambda: isinstance(window.front(), HelpPage))
        help = window.front()
        assert isinstance(help, HelpPage)
        assert help.place == Place("filter-language")


async def test_keys_move_the_focus_between_the_views(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        bench = page.bench
        press(page, Qt.Key.Key_2, CONTROL)
        assert bench.tree.view.hasFocus()
        press(page, Qt.Key.Key_1, CONTROL)
        assert bench.stack.view.hasFocus()
        press(page, Qt.Key.Key_F, CONTROL)
        assert bench.tree.filter.line.hasFocus()
        press(page, Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        assert bench.search.line.hasFocus()
        assert bench.front_tab() == "search"


async def test_modes_shapes_and_layers_have_actions(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        do(page, "mode-layer")
        assert page.model.mode is Mode.LAYER
        do(page, "mode-merged")
        do(page, "layer-below")
        assert list(page.model.layers) == [2]
        do(page, "layer-above")
        assert list(page.model.layers) == [3]
        do(page, "shape-flat")
        await settled(page)
        assert "main.py" in names(page)
        do(page, "shape-tree")
        do(page, "unfold-all")
        await settled(page)
        do(page, "unfold-all")
        assert "main.py" in names(page)
        do(page, "fold-all")
        assert "main.py" not in names(page)
        do(page, "deleted")
        await settled(page)
        assert "old.conf" in names(page)


async def test_what_names_things_can_be_copied(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        model = page.model
        assert model.image is not None
        assert model.document is not None
        model.select_layers(2)
        model.select_node(model.image.node("/etc/motd"))
        do(page, "copy-path")
        assert clipboard() == "/etc/motd"
        do(page, "copy-digest")
        assert clipboard() == str(model.document.digest or model.document.image_id)
        do(page, "copy-layer-digest")
        layer = model.document.layers[2]
        assert clipboard() == str(layer.digest or layer.diff_id)
        do(page, "copy-instruction")
        assert clipboard() == "RUN rm /old.conf /cache"


@pytest.mark.parametrize(
    ("mode", "layers", "command"),
    [
        (Mode.MERGED, (2, 2), "layerscope ls {} /etc --upto 2"),
        (Mode.LAYER, (1, 1), "layerscope ls {} /etc --layer 1"),
        (Mode.COMPARE, (0, 2), "layerscope diff {} --layers ..2"),
        (Mode.COMPARE, (1, 2), "layerscope diff {} --layers 0..2"),
    ],
)
async def test_the_same_in_a_terminal_can_be_copied(
    location: str, tmp_path: Path, mode: Mode, layers: tuple[int, int], command: str
) -> None:
    async with page_of(location, tmp_path) as page:
        assert page.model.image is not None
        page.model.go_to(page.model.image.node("/etc"))
        page.model.set_mode(mode)
        page.model.select_layers(*layers)
        do(page, "copy-command")
        assert clipboard() == command.format(location)


async def test_an_action_without_an_object_is_off(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        actions = page.shell.actions
        page.model.select_node(None)
        actions.renew()
        assert not actions.action("explore.copy-path").isEnabled()
        assert not actions.action("explore.go-up").isEnabled()
        assert actions.action("explore.filter").isEnabled()


def test_every_action_of_the_menus_is_declared() -> None:
    declared = {spec.id for spec in SPECS}
    assert {*FILE_MENU, *LAYER_MENU} <= declared


def test_no_two_actions_share_keys() -> None:
    from explorer.ui.commands import WINDOW

    keys = [key for spec in (*SPECS, *WINDOW) for key in spec.shortcuts]
    assert len(keys) == len(set(keys))


async def test_every_declared_action_does_something(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        entries = page.shell.actions._entries
        assert [spec.id for spec in SPECS if not entries[spec.id].bindings] == []


async def test_what_is_not_listed_can_be_shown_all_the_same(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        assert page.model.image is not None
        tree = page.bench.tree
        page.model.open_version(page.model.image.node("/old.conf"), 0)
        await settled(page)
        assert "old.conf" not in names(page)
        (button,) = [b for b in tree.findChildren(QToolButton) if "old.conf" in b.text()]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await settled(page)
        assert "old.conf" in names(page)
        assert not button.isVisible()


async def test_views_can_be_put_away_and_come_back_when_they_are_asked_for(
    location: str, tmp_path: Path
) -> None:
    async with page_of(location, tmp_path) as page:
        bench = page.bench
        press(page, Qt.Key.Key_J, CONTROL)
        assert not bench.tabs.isVisible()
        press(page, Qt.Key.Key_4, CONTROL)
        assert bench.front_tab() == "usage"
        assert bench.tabs.isVisible()
        press(page, Qt.Key.Key_I, CONTROL)
        assert not bench.inspector.isVisible()
        assert bench.show_view("inspector") is bench.inspector
        assert bench.inspector.isVisible()
        assert bench.show_view("periscope") is None


async def test_the_filter_language_is_at_hand(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        bar = page.bench.tree.filter
        bar.line.setText("main")
        bar.show_help()
        help = bar.findChild(FilterHelp)
        assert isinstance(help, FilterHelp)
        example = next(b for b in help.findChildren(QToolButton) if b.text() == "size>1M")
        QTest.mouseClick(example, Qt.MouseButton.LeftButton)
        assert bar.line.text() == "main size>1M"
        assert not help.isVisible()


# -- the tour ------------------------------------------------------------------------------------


@pytest.fixture
def sample() -> str:
    path = resource("sample.tar")
    if not path.exists():
        pytest.skip("the sample is not built here")
    return str(path)


async def test_the_sample_offers_its_tour_once(sample: str, tmp_path: Path) -> None:
    async with page_of(sample, tmp_path) as page:
        (banner,) = page.banners.banners()
        start = next(b for b in banner.findChildren(QPushButton) if b.text() == "Start the tour")
        QTest.mouseClick(start, Qt.MouseButton.LeftButton)
        assert page.banners.banners() == []
        tour = page.findChild(TourPanel)
        assert isinstance(tour, TourPanel)
        tour.go(3)
        assert page.model.path(page.model.node or 0) == tour.step.path
        tour.close_tour()
        assert page.bench.stack.view.hasFocus()
    async with page_of(sample, tmp_path) as again:
        assert again.banners.banners() == []
        do(again, "tour")
        assert again.findChild(TourPanel) is not None


async def test_other_images_have_no_tour(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        page.shell.actions.renew()
        assert not page.shell.actions.action("explore.tour").isEnabled()
        page.start_tour()
        assert page.findChild(TourPanel) is None


# -- what can go wrong ---------------------------------------------------------------------------


async def test_what_cannot_be_opened_is_told_with_a_way_to_try_again(tmp_path: Path) -> None:
    path = tmp_path / "words.tar"
    path.write_text("no image")
    async with window_with(str(path), tmp_path) as page:
        await until(lambda: page.banners.banners())
        (banner,) = page.banners.banners()
        assert banner.kind is Kind.ERROR
        Path(save(tour(), tmp_path, "words.tar"))
        again = next(b for b in banner.findChildren(QPushButton) if b.text() == "Try again")
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
        await until(lambda: page.model.is_complete)
        assert page.banners.banners() == []


async def test_a_damaged_layer_is_told_and_the_rest_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "layout"
    oci_layout(tour()).extract(path)
    manifest = json.loads(tour().manifest)
    blob = path / "blobs" / "sha256" / manifest["layers"][1]["digest"].partition(":")[2]
    blob.write_bytes(blob.read_bytes()[:-30])
    async with page_of(str(path), tmp_path) as page:
        (banner,) = page.banners.banners()
        assert banner.kind is Kind.ERROR
        assert "layer 1" in str(banner.report)
        assert "app" in names(page)


async def test_cancelling_keeps_the_page_and_offers_to_read_again(
    location: str, tmp_path: Path
) -> None:
    async with window_with(location, tmp_path) as page:
        page.strip.cancel_wanted.emit()
        await until(lambda: page.banners.banners())
        (banner,) = page.banners.banners()
        assert banner.kind is Kind.INFO
        again = next(b for b in banner.findChildren(QPushButton) if b.text() == "Read again")
        QTest.mouseClick(again, Qt.MouseButton.LeftButton)
        await until(lambda: page.model.is_complete)


async def test_of_several_images_the_user_chooses(tmp_path: Path) -> None:
    path = tmp_path / "two.tar"
    one, other = tour().tagged("one:1"), tour("linux/arm64").tagged("other:1")
    docker_archive_v25(one, other).write(path)
    async with window_with(str(path), tmp_path) as page:
        await until(lambda: page.is_built and page._pages.count() == 3)
        buttons = page._pages.currentWidget().findChildren(QPushButton)
        assert [button.text().partition(" ")[0] for button in buttons] == ["one:1", "other:1"]
        QTest.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
        await until(lambda: page.model.is_complete)
        assert page.title == "other:1"


@pytest.mark.parametrize(
    ("label", "reference"),
    [
        ("a:1", "a:1"),
        ("a:1, b:2 (linux/amd64)", "a:1"),
        ("sha256:0123 (linux/arm64) [artifact]", "sha256:0123"),
    ],
)
def test_a_choice_is_opened_by_its_first_name(label: str, reference: str) -> None:
    assert reference_of(label) == reference


# -- the bar -------------------------------------------------------------------------------------


async def test_the_bar_says_what_the_image_is(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        bar, document = page.bar, page.model.document
        assert document is not None
        assert bar.name.text() == "example.test/tour:1.0"
        assert "linux/amd64" in bar.platform.text()
        assert "in 4 layers" in bar._sizes.text()
        assert "base image" in bar._base.text()
        assert bar._digest.text() == (document.digest or document.image_id).encoded[:12]


async def test_another_platform_opens_in_the_same_page(tmp_path: Path) -> None:
    path = tmp_path / "layout"
    oci_layout(index(tour("linux/amd64"), tour("linux/arm64"))).extract(path)
    async with page_of(str(path), tmp_path) as page:
        page.model.select_layers(1)
        other = next(
            action for action in page.bar.platform.menu().actions() if not action.isChecked()
        )
        before = page.model.document
        other.trigger()
        await until(lambda: page.model.is_complete and page.model.document is not before)
        assert page.model.document is not None
        assert page.model.document.platform.full == other.text()
        assert list(page.model.layers) == [1]


async def test_remarks_are_counted_and_shown_when_asked_for(tmp_path: Path, fixtures: Path) -> None:
    odd = fixtures / "google__go-containerregistry/pkg/v1/tarball/testdata/hello-world-v25.tar"
    async with page_of(str(odd), tmp_path) as page:
        count = len(page.bar.all_warnings())
        assert page.bar.warnings.isVisibleTo(page) == (count > 0)
        if count:
            QTest.mouseClick(page.bar.warnings, Qt.MouseButton.LeftButton)
            (banner,) = page.banners.banners()
            assert banner.kind is Kind.WARN


# -- the whole -----------------------------------------------------------------------------------


async def test_sizes_of_the_panes_begin_as_shares_and_stay_as_moved(
    location: str, tmp_path: Path
) -> None:
    async with page_of(location, tmp_path) as page:
        upper, lower = page.bench.sizes()
        assert upper > lower
        page.bench.moveSplitter(300, 1)
        moved = page.bench.sizes()
        assert moved != [upper, lower]
    async with page_of(location, tmp_path) as again:
        assert again.bench.sizes()[0] == pytest.approx(moved[0], abs=40)


async def test_in_a_narrow_window_the_inspector_is_one_of_the_tabs(
    location: str, tmp_path: Path
) -> None:
    async with page_of(location, tmp_path) as page:
        bench, window = page.bench, page.window()
        assert bench.tabs.indexOf(bench.inspector) < 0
        window.resize(600, 700)
        await settled(page)
        assert bench.tabs.indexOf(bench.inspector) == 0
        press(page, Qt.Key.Key_I, CONTROL)
        assert bench.inspector.isVisible()
        assert bench.tree.tools.modes.width() >= bench.tree.tools.modes.sizeHint().width()
        window.resize(1300, 800)
        await settled(page)
        assert bench.tabs.indexOf(bench.inspector) < 0
        assert bench.inspector.isVisible()


async def test_the_tab_below_is_remembered(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        page.bench.show_view("search")
    async with page_of(location, tmp_path) as again:
        assert again.bench.front_tab() == "search"


async def test_every_part_of_the_page_has_a_name(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        assert unnamed(page.bar) == []
        assert unnamed(page.bench.tree) == []
        assert unnamed(page.bench.stack) == []


async def test_closing_lets_go_of_the_image(location: str, tmp_path: Path) -> None:
    async with page_of(location, tmp_path) as page:
        image = page.model.image
        assert image is not None
    assert page.model.image is None
