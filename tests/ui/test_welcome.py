"""The page of a window with nothing open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from explorer.ui.commands import START
from explorer.ui.page import Page
from explorer.ui.recents import Recents
from explorer.ui.recents_list import RecentRow, RecentsList
from explorer.ui.settings import Settings
from explorer.ui.shell import Workspace
from explorer.ui.tasks import loop_runs
from explorer.ui.welcome import StartCard, Welcome
from explorer.ui.widgets.badge import Badge
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.window import MainWindow
from tests.ui.accessibility import unnamed
from tests.ui.waiting import until

Make = Callable[..., MainWindow]


@pytest.fixture
def make(qapp: QApplication, tmp_path: Path) -> Iterator[Make]:
    settings = Settings.at(tmp_path / "s.ini")
    recents = Recents(settings)
    (tmp_path / "here.tar").touch()
    recents.add(str(tmp_path / "gone.tar"), "gone.tar", "alpine:3.20, 7 MB", [7_000_000])
    recents.add(
        str(tmp_path / "here.tar"), "here.tar", "nginx:1.27, 135 MB", [74_000_000, 61_000_000]
    )

    def window(sample: str = "") -> MainWindow:
        made = MainWindow(settings, sample=(lambda: sample) if sample else None)
        made.add_workspace(
            Workspace(
                "explore",
                "Explore",
                "explore",
                "Look inside",
                lambda _shell, location: Page(location, location=location),
                lambda shell: Welcome(shell, START),
            )
        )
        made.show()
        made.activateWindow()
        if not loop_runs():
            qapp.processEvents()
        made.actions_.renew()
        return made

    yield window


def cards(window: MainWindow) -> dict[str, StartCard]:
    return {card.text(): card for card in window.findChildren(StartCard)}


def rows(window: MainWindow) -> list[RecentRow]:
    return window.findChildren(RecentsList)[0].rows()


def opened(window: MainWindow) -> list[str]:
    return [Path(page.location).name for page in window.pages()]


def test_it_offers_archive_folder_registry_and_sample(make: Make) -> None:
    assert list(cards(make())) == [
        "Open archive…",
        "Open folder…",
        "Open from a registry…",
        "Open the sample",
    ]


def test_the_sample_opens_where_there_is_one(qtbot: QtBot, make: Make) -> None:
    window = make("/x/sample.tar")
    qtbot.mouseClick(cards(window)["Open the sample"], Qt.MouseButton.LeftButton)
    assert opened(window) == ["sample.tar"]


def test_without_a_sample_its_card_is_disabled(make: Make) -> None:
    assert not cards(make())["Open the sample"].isEnabled()


async def test_recents_open_with_mouse_and_keyboard(make: Make, tmp_path: Path) -> None:
    window = make()
    (tmp_path / "gone.tar").touch()  # its drive is back
    QTest.mouseClick(rows(window)[0], Qt.MouseButton.LeftButton)
    await until(lambda: opened(window) == ["here.tar"])
    QTest.keyClick(rows(window)[1], Qt.Key.Key_Return)
    await until(lambda: opened(window) == ["here.tar", "gone.tar"])


async def test_recents_tell_what_they_are(make: Make) -> None:
    here, gone = rows(make())
    await until(lambda: "missing" in gone.accessibleName())
    assert here.accessibleName().startswith("Open here.tar, nginx:1.27, 135 MB · ")
    assert gone.accessibleName().startswith("Open gone.tar, missing, alpine:3.20, 7 MB · ")


async def test_what_is_missing_is_marked(make: Make) -> None:
    here, gone = rows(make())
    await until(lambda: gone.findChildren(Badge)[0].isVisible())
    assert gone.findChildren(Badge)[0].text() == "Missing"
    assert not here.findChildren(Badge)[0].isVisible()


async def test_what_is_missing_opens_no_tab_but_can_be_forgotten(make: Make) -> None:
    window = make()
    QTest.mouseClick(rows(window)[1], Qt.MouseButton.LeftButton)
    await until(window.banners.banners)
    banner = window.banners.banners()[0]
    assert banner.report.what == "gone.tar is no longer there"
    assert opened(window) == []
    remove = next(b for b in banner.findChildren(QPushButton) if b.text() == "Remove from the list")
    QTest.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert [Path(row.location).name for row in rows(window)] == ["here.tar"]
    assert window.banners.banners() == []


def test_recents_are_forgotten_with_cross_and_delete(qtbot: QtBot, make: Make) -> None:
    window = make()
    cross = rows(window)[0].findChildren(IconButton)[0]
    assert cross.accessibleName() == "Remove here.tar from the list"
    qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert [Path(row.location).name for row in rows(window)] == ["gone.tar"]
    qtbot.waitUntil(rows(window)[0].hasFocus)
    qtbot.keyClick(rows(window)[0], Qt.Key.Key_Delete)
    assert rows(window) == []


def test_arrows_go_through_the_recents(qtbot: QtBot, make: Make) -> None:
    window = make()
    rows(window)[0].setFocus()
    qtbot.keyClick(rows(window)[0], Qt.Key.Key_Down)
    assert rows(window)[1].hasFocus()
    qtbot.keyClick(rows(window)[1], Qt.Key.Key_Up)
    assert rows(window)[0].hasFocus()


def test_columns_stand_below_each_other_where_it_is_narrow(qtbot: QtBot, make: Make) -> None:
    window = make()
    card, recents = cards(window)["Open archive…"], window.findChildren(RecentsList)[0]

    def beside() -> bool:
        return recents.mapTo(window, recents.rect().topLeft()).x() > card.width()

    window.resize(1100, 700)
    qtbot.waitUntil(beside)
    window.resize(500, 700)
    qtbot.waitUntil(lambda: not beside())
    assert window.findChildren(Welcome)[0].horizontalScrollBar().maximum() == 0


async def test_the_menu_lists_recents_and_can_forget_them(make: Make) -> None:
    window = make()
    file_menu = window.menuBar().actions()[0].menu()
    recent = next(a.menu() for a in file_menu.actions() if a.text() == "Open &recent")
    recent.aboutToShow.emit()
    entries = {action.text(): action for action in recent.actions() if action.text()}
    assert list(entries) == ["here.tar", "gone.tar", "Forget &recent images"]
    entries["here.tar"].trigger()
    await until(lambda: opened(window) == ["here.tar"])
    window.actions_.renew()
    window.actions_.trigger("file.forget-recents")
    assert rows(window) == []


def test_everything_reachable_has_a_name(make: Make) -> None:
    assert unnamed(make()) == []


async def test_the_list_is_made_anew_only_where_it_is_seen(make: Make) -> None:
    window = make()
    list_ = window.findChildren(RecentsList)[0]
    before = list(list_._rows)
    list_.hide()
    window.shell.recents.add("/x/new.tar", "new")
    assert list_._rows == before
    list_.show()
    assert list_._rows[0].location == "/x/new.tar"
