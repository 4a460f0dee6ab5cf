"""The help in the window, through real keys and clicks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QTextCursor
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget

from explorer.ui import theme
from explorer.ui.actions import ActionSpec
from explorer.ui.help.context import topic_of
from explorer.ui.help.library import Place
from explorer.ui.help.page import HelpPage
from explorer.ui.page import Page
from explorer.ui.settings import Settings
from explorer.ui.shell import Shell, Workspace
from explorer.ui.window import MainWindow
from tests.ui.accessibility import unnamed
from tests.ui.waiting import until

GO_TO_PATH = ActionSpec("explore.go-to-path", "Go to &path…", "Find any path")


class Image(Page):
    """A page with two parts, of which one says what explains it, and an action."""

    def __init__(self, shell: Shell, location: str) -> None:
        super().__init__("image", location=location)
        self.section, self.other = QLineEdit(self), QLineEdit(self)
        self.section.setProperty("help_topic", "cross-section")
        self.setProperty("help_topic", "layers#the-rules")
        for part in (self.section, self.other):
            part.setAccessibleName("Part")
            self.body.addWidget(part)
        self.asked = 0
        shell.actions.bind(GO_TO_PATH.id, self, self._ask)

    def _ask(self) -> None:
        self.asked += 1


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    made = MainWindow(Settings.at(tmp_path / "s.ini"), sample=lambda: "/sample.tar")
    made.add_workspace(
        Workspace(
            "x", "Explore", "explore", "Look", Image, lambda _shell: QWidget(), specs=(GO_TO_PATH,)
        )
    )
    made.show()
    made.activateWindow()
    qapp.processEvents()
    yield made


def help_page(window: MainWindow) -> HelpPage:
    page = window.front()
    assert isinstance(page, HelpPage)
    return page


def open_help(window: MainWindow, topic: str = "index") -> HelpPage:
    window.actions_.trigger("help.contents")
    page = help_page(window)
    page.show_place(Place.parse(topic))
    return page


async def press(key: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key)
    await asyncio.sleep(0.02)


def search_line(page: HelpPage) -> QLineEdit:
    return page.findChildren(QLineEdit)[0]


async def click_link(page: HelpPage, words: str) -> None:
    """Click the first link with these words, where it is on the screen."""
    reader = page.reader
    cursor = reader.document().find(words)
    while not cursor.charFormat().anchorHref():
        assert not cursor.isNull(), words
        cursor = reader.document().find(words, cursor)
    cursor.setPosition(cursor.selectionStart() + 1)
    reader.setTextCursor(cursor)
    reader.ensureCursorVisible()
    await asyncio.sleep(0.02)
    where = reader.cursorRect(cursor).center()
    QTest.mouseClick(reader.viewport(), Qt.MouseButton.LeftButton, pos=where)
    await asyncio.sleep(0.02)


# -- F1 ------------------------------------------------------------------------------------------


async def test_f1_explains_what_has_the_focus(window: MainWindow) -> None:
    window.open_paths(["/a"])
    image = window.front()
    assert isinstance(image, Image)
    image.section.setFocus()
    await press(Qt.Key.Key_F1)
    assert help_page(window).place == Place("cross-section")


async def test_f1_falls_back_to_what_is_around_it(window: MainWindow) -> None:
    window.open_paths(["/a"])
    image = window.front()
    assert isinstance(image, Image)
    image.other.setFocus()
    await press(Qt.Key.Key_F1)
    assert help_page(window).place == Place("layers", "the-rules")


async def test_f1_shows_the_contents_where_nothing_fits(window: MainWindow) -> None:
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_F1)
    await until(lambda: isinstance(window.front(), HelpPage))
    assert help_page(window).place == Place("index")


def test_a_widget_that_says_nothing_is_explained_by_its_parent(qapp: QApplication) -> None:
    outer, inner = QWidget(), QWidget()
    inner.setParent(outer)
    assert topic_of(inner) == "index"
    outer.setProperty("help_topic", "sizes")
    assert topic_of(inner) == "sizes"
    inner.setProperty("help_topic", "layers")
    assert topic_of(inner) == "layers"
    assert topic_of(None) == "index"


async def test_help_opens_once(window: MainWindow) -> None:
    window.actions_.trigger("help.privacy")
    window.actions_.trigger("help.filter-language")
    assert [page.title for page in window.pages()] == ["Help"]
    assert help_page(window).place == Place("filter-language")


async def test_help_that_was_closed_opens_again(window: MainWindow) -> None:
    page = open_help(window)
    window.close_page(page)
    await until(lambda: window.front() is None)
    window.reopen_page()
    assert isinstance(window.front(), HelpPage)


# -- reading -------------------------------------------------------------------------------------


async def test_links_lead_to_topics_and_back_leads_back(window: MainWindow) -> None:
    page = open_help(window, "layers")
    await click_link(page, "waste")
    assert page.place == Place("sizes", "waste")
    assert page.reader.verticalScrollBar().value() > 0
    window.actions_.renew()
    window.actions_.trigger("go.back")
    assert page.place == Place("layers")
    window.actions_.trigger("go.forward")
    assert page.place == Place("sizes", "waste")


async def test_back_finds_the_page_scrolled_as_it_was(window: MainWindow) -> None:
    page = open_help(window, "filter-language")
    await asyncio.sleep(0.02)
    page.reader.turn_page(1)
    scrolled = page.reader.verticalScrollBar().value()
    page.show_place(Place("layers"))
    page.navigator.back()
    assert page.reader.verticalScrollBar().value() == scrolled > 0


async def test_keys_are_those_of_the_commands(window: MainWindow) -> None:
    page = open_help(window, "index")
    keys = window.actions_.action("file.open-archive").shortcut().toString()
    assert f"Open archive {keys}" in " ".join(page.reader.toPlainText().split())


async def test_a_link_runs_its_command_on_the_image_before(window: MainWindow) -> None:
    window.open_paths(["/a"])
    image = window.front()
    assert isinstance(image, Image)
    page = open_help(window, "start")
    await click_link(page, "Go to path")
    assert image.asked == 1
    assert window.front() is image


async def test_a_command_with_nothing_to_work_on_says_so(window: MainWindow) -> None:
    page = open_help(window, "start")
    await click_link(page, "Go to path")
    report = page.banners.banners()[0].report
    assert report.what == "“Go to path” has nothing to work on"
    assert window.front() is page


async def test_links_out_go_to_the_browser_and_nothing_is_loaded(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    page = open_help(window, "layers")
    await click_link(page, "overlayfs")
    assert opened == ["https://docs.kernel.org/filesystems/overlayfs.html"]
    assert page.reader.loadResource(2, QUrl("https://example.com/a.png")) is None
    assert page.reader.loadResource(2, QUrl("file:///etc/passwd")) is None


async def test_a_switch_of_the_theme_repaints_where_it_was(window: MainWindow) -> None:
    page = open_help(window, "filter-language")
    await asyncio.sleep(0.02)
    page.reader.turn_page(1)
    scrolled = page.reader.verticalScrollBar().value()
    theme.switch().set_mode(theme.Mode.DARK)
    assert ink_of(page, "Joining") == theme.DARK.text
    assert page.reader.verticalScrollBar().value() == scrolled


def ink_of(page: HelpPage, words: str) -> QColor:
    return page.reader.document().find(words).charFormat().foreground().color()


async def test_lines_stay_short_in_a_wide_window(window: MainWindow) -> None:
    window.resize(1800, 800)
    page = open_help(window, "layers")
    await asyncio.sleep(0.05)
    cursor = QTextCursor(page.reader.document().find("An image is a stack"))
    assert cursor.block().layout().lineAt(0).width() <= 720


# -- searching -----------------------------------------------------------------------------------


async def test_typing_finds_topics_and_marks_the_words(window: MainWindow) -> None:
    page = open_help(window)
    QTest.keyClicks(search_line(page), "opaque")
    assert "Copy-on-write and whiteouts" in page.contents.titles()
    assert "Platforms" not in page.contents.titles()
    assert page.place == Place("copy-on-write", "emptying-a-folder-opaque")
    assert len(page.reader.extraSelections()) >= 2


async def test_arrow_keys_go_through_what_was_found(window: MainWindow) -> None:
    page = open_help(window)
    line = search_line(page)
    line.setFocus()
    QTest.keyClicks(line, "digest")
    first = page.place.topic
    await press(Qt.Key.Key_Down)
    assert page.place.topic != first
    await press(Qt.Key.Key_Up)
    assert page.place.topic == first
    await press(Qt.Key.Key_Return)
    assert page.reader.hasFocus()


async def test_what_nothing_matches_is_said(window: MainWindow) -> None:
    page = open_help(window)
    QTest.keyClicks(search_line(page), "zebra")
    assert page.contents.titles() == ["Nothing found"]
    search_line(page).setFocus()
    await press(Qt.Key.Key_Escape)
    assert "Sharing layers" in page.contents.titles()


async def test_arrow_keys_pass_the_headings_of_groups(window: MainWindow) -> None:
    page = open_help(window)
    page.contents.setFocus()
    await press(Qt.Key.Key_Down)
    assert page.place == Place("start")
    await press(Qt.Key.Key_Down)
    assert page.place == Place("layers")


async def test_a_click_in_the_list_shows_the_topic(window: MainWindow) -> None:
    page = open_help(window)
    await asyncio.sleep(0.02)
    row = page.contents.titles().index("Platforms")
    where = page.contents.visualRect(page.contents.model().index(row, 0)).center()
    QTest.mouseClick(page.contents.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where))
    assert page.place == Place("platforms")


async def test_the_list_is_a_sound_model(window: MainWindow) -> None:
    page = open_help(window)
    QAbstractItemModelTester(
        page.contents.model(), QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    search_line(page).setText("layer")
    search_line(page).setText("zebra")
    search_line(page).clear()


# -- room and access -----------------------------------------------------------------------------


async def test_a_narrow_window_shows_the_text_or_the_list(window: MainWindow) -> None:
    window.resize(480, 700)
    page = open_help(window, "layers")
    await asyncio.sleep(0.05)
    assert page.reader.isVisible()
    assert not page.contents.isVisible()
    button = next(b for b in page.findChildren(QToolButton) if "Contents" in b.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.contents.isVisible()
    assert not page.reader.isVisible()
    assert search_line(page).hasFocus()
    await press(Qt.Key.Key_Down)
    assert page.reader.isVisible()


async def test_escape_leaves_the_list_of_a_narrow_window(window: MainWindow) -> None:
    window.resize(480, 700)
    page = open_help(window, "layers")
    await asyncio.sleep(0.05)
    QTest.mouseClick(
        next(b for b in page.findChildren(QToolButton) if "Contents" in b.text()),
        Qt.MouseButton.LeftButton,
    )
    await press(Qt.Key.Key_Escape)
    assert page.reader.isVisible()
    assert page.place == Place("layers")


async def test_everything_reachable_has_a_name(window: MainWindow) -> None:
    page = open_help(window)
    assert unnamed(page) == []


async def test_links_can_be_followed_with_the_keyboard(window: MainWindow) -> None:
    page = open_help(window, "layers")
    page.reader.setFocus()
    await press(Qt.Key.Key_Tab)
    await press(Qt.Key.Key_Return)
    assert page.place == Place("copy-on-write", "deleting-whiteouts")
