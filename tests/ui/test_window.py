"""The window through real events: tabs, workspaces, menus, closing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from explorer.errors import DamagedImage
from explorer.progress import Job
from explorer.ui import theme
from explorer.ui.actions import ActionSpec
from explorer.ui.page import Page
from explorer.ui.settings import Settings
from explorer.ui.shell import Workspace
from explorer.ui.tabs import PageTabs
from explorer.ui.tasks import Operation, run_in_thread, tasks
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.window import MainWindow
from tests.ui.accessibility import focus_order, unnamed
from tests.ui.waiting import until

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Recorder(Page):
    """A page that keeps what happens to it."""

    closed: list[str] = []  # noqa: RUF012 - emptied before each test

    def __init__(self, location: str) -> None:
        super().__init__(Path(location).name, location=location)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Page")
        self.moves: list[object] = []
        self.navigator.moved.connect(self.moves.append)

    async def aclose(self) -> None:
        await asyncio.sleep(0)
        self.closed.append(self.title)


def workspace(id: str = "explore", **more: object) -> Workspace:
    return Workspace(
        id=id,
        title=id.title(),
        icon="explore",
        help="Look inside images",
        open=lambda _shell, location: Recorder(location),
        home=lambda _shell: QWidget(),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.at(tmp_path / "settings.ini")


@pytest.fixture
def window(qapp: QApplication, settings: Settings) -> Iterator[MainWindow]:
    Recorder.closed.clear()
    made = MainWindow(settings)
    made.add_workspace(workspace())
    made.show()
    made.activateWindow()
    qapp.processEvents()
    yield made


def titles(window: MainWindow) -> list[str]:
    return [page.title for page in window.pages()]


def front(window: MainWindow) -> str:
    page = window.front()
    return page.title if page else ""


async def press(window: MainWindow, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    window.actions_.renew()
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    QTest.keyClick(QApplication.focusWidget() or window, key, held)
    await asyncio.sleep(0.01)


async def test_each_thing_opens_in_a_tab_of_its_own(window: MainWindow) -> None:
    window.open_paths(["/x/a.tar", "/x/b.tar"])
    assert titles(window) == ["a.tar", "b.tar"]
    assert front(window) == "b.tar"
    assert window.windowTitle() == "b.tar — Layerscope"


async def test_what_is_open_already_comes_to_the_front(window: MainWindow) -> None:
    window.open_paths(["/x/a.tar", "/x/b.tar", "/x/a.tar"])
    assert titles(window) == ["a.tar", "b.tar"]
    assert front(window) == "a.tar"


async def test_tabs_close_and_reopen_by_keyboard(window: MainWindow) -> None:
    window.open_paths(["/x/a.tar", "/x/b.tar"])
    await press(window, Qt.Key.Key_W, CONTROL)
    assert titles(window) == ["a.tar"]
    await until(lambda: Recorder.closed == ["b.tar"])
    await press(window, Qt.Key.Key_T, CONTROL, SHIFT)
    assert titles(window) == ["a.tar", "b.tar"]


async def test_tabs_close_by_cross_and_middle_button(window: MainWindow) -> None:
    window.open_paths(["/x/a.tar", "/x/b.tar"])
    await asyncio.sleep(0)
    bar = window.findChildren(QTabBar)[0]
    cross = bar.tabButton(1, QTabBar.ButtonPosition.RightSide)
    assert isinstance(cross, IconButton)
    assert cross.accessibleName() == "Close b.tar"
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert titles(window) == ["a.tar"]
    QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(0).center())
    assert titles(window) == []
    assert window.windowTitle() == "Layerscope"
    await until(lambda: sorted(Recorder.closed) == ["a.tar", "b.tar"])


async def test_the_keyboard_goes_from_tab_to_tab(window: MainWindow) -> None:
    window.open_paths(["/a", "/b", "/c"])
    seen = []
    for modifiers in ((CONTROL,), (CONTROL,), (CONTROL, SHIFT)):
        await press(window, Qt.Key.Key_Tab, *modifiers)
        seen.append(front(window))
    assert seen == ["a", "b", "a"]


async def test_tabs_can_be_moved(window: MainWindow) -> None:
    window.open_paths(["/a", "/b"])
    await asyncio.sleep(0)
    bar = window.findChildren(QTabBar)[0]
    start, end = bar.tabRect(0).center(), bar.tabRect(1).center() + QPoint(20, 0)
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(bar, start + (end - start) * step / 5)
        await asyncio.sleep(0.01)
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=end)
    await until(lambda: titles(window) == ["b", "a"])


async def test_a_name_with_an_ampersand_is_shown_as_it_is(window: MainWindow) -> None:
    window.open_paths(["/x/a&b.tar"])
    assert window.findChildren(QTabBar)[0].tabText(0) == "a&&b.tar"


async def test_back_and_forward_reach_the_page_in_front(window: MainWindow) -> None:
    window.open_paths(["/a"])
    page = window.front()
    assert isinstance(page, Recorder)
    page.navigator.visit("/etc")
    page.navigator.visit("/usr")
    await press(window, Qt.Key.Key_Left, ALT)
    await press(window, Qt.Key.Key_Right, ALT)
    assert page.moves == ["/etc", "/usr"]
    window.actions_.renew()
    assert not window.actions_.action("go.forward").isEnabled()


async def test_the_first_workspace_that_accepts_gets_the_file(window: MainWindow) -> None:
    window.add_workspace(workspace("build"))
    window.open_paths(["/x/a.tar"])
    bars = {bar.accessibleName(): bar.count() for bar in window.findChildren(QTabBar)}
    assert bars == {"Open in Explore": 1}


async def test_a_workspace_may_decline(qapp: QApplication, settings: Settings) -> None:
    window = MainWindow(settings)
    window.add_workspace(workspace("build", accepts=lambda it: it.endswith("Dockerfile")))
    window.add_workspace(workspace())
    window.open_paths(["/x/Dockerfile", "/x/a.tar"])
    bars = {bar.accessibleName(): bar.count() for bar in window.findChildren(QTabBar)}
    assert bars == {"Open in Explore": 1, "Open in Build": 1}


async def test_the_rail_switches_workspaces(window: MainWindow) -> None:
    window.add_workspace(workspace("build"))
    window.open_paths(["/x/a.tar"])
    rail = window.findChild(QWidget, "rail")
    buttons = [b for b in rail.findChildren(QWidget) if b.accessibleName() == "Build"]
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert front(window) == ""
    window.open_paths(["/x/a.tar"])
    assert front(window) == "a.tar"


async def test_a_workspace_brings_its_actions_into_the_menus(window: MainWindow) -> None:
    spec = ActionSpec("build.run", "&Run", "Run it", menu="Edit", context="Build")
    window.add_workspace(workspace("build", specs=(spec,)))
    menus = [action.text() for action in window.menuBar().actions()]
    assert menus == ["&File", "&Edit", "&View", "&Go", "&Help"]


async def test_no_two_actions_share_their_keys(window: MainWindow) -> None:
    keys = [key for spec in window.actions_.specs() for key in spec.shortcuts]
    assert len(keys) == len(set(keys))


async def test_every_action_says_what_it_does(window: MainWindow) -> None:
    for spec in window.actions_.specs():
        assert spec.help, spec.id
        assert not spec.help.endswith("."), spec.id


async def test_the_palette_opens_by_its_keys(window: MainWindow) -> None:
    await press(window, Qt.Key.Key_P, CONTROL, SHIFT)
    assert window.shell.palette.isVisible()
    QTest.keyClicks(QApplication.focusWidget(), "dark colours")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert theme.colors().dark


async def test_the_choice_of_colours_is_remembered(window: MainWindow, settings: Settings) -> None:
    window.actions_.trigger("view.theme-dark")
    assert theme.colors().dark
    theme.switch().set_mode(theme.Mode.LIGHT)
    MainWindow(settings)
    assert theme.colors().dark


async def test_the_shortcuts_page_opens_once(window: MainWindow) -> None:
    for _ in range(2):
        window.actions_.trigger("help.shortcuts")
    assert titles(window) == ["Keyboard shortcuts"]


async def test_the_window_comes_back_in_its_size(window: MainWindow, settings: Settings) -> None:
    window.resize(QSize(777, 555))
    await closing(window)
    assert MainWindow(settings).size() == QSize(777, 555)


async def test_a_failure_without_a_page_is_shown_on_the_window(window: MainWindow) -> None:
    def fails(_job: Job) -> None:
        raise DamagedImage("Cut short")

    Operation(QObject(window), "Opening").work(fails).start()
    await until(window.banners.banners)
    assert window.banners.banners()[0].report.what == "Cut short"


async def test_a_failure_of_a_page_is_shown_on_that_page(window: MainWindow) -> None:
    def fails(_job: Job) -> None:
        raise DamagedImage("Cut short")

    window.open_paths(["/a", "/b"])
    first, second = window.pages()
    Operation(first, "Opening").work(fails).start()
    await until(first.banners.banners)
    assert not second.banners.banners()
    assert not window.banners.banners()


async def closing(window: MainWindow) -> None:
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    window.close()
    await until(lambda: closed)


async def test_closing_hides_at_once_and_lets_pages_clean_up(window: MainWindow) -> None:
    window.open_paths(["/a", "/b"])
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    window.close()
    assert window.isHidden()
    window.close()
    await until(lambda: closed)
    assert Recorder.closed == ["a", "b"]
    assert closed == [True]


async def test_closing_stops_all_work(window: MainWindow) -> None:
    def endless(job: Job) -> None:
        while True:
            job.advance(1)

    running = Operation(window, "Reading").work(endless).start()
    await until(lambda: running.progress is not None)
    await closing(window)
    assert running.cancelled
    assert tasks().running == []
    assert await run_in_thread(lambda: True)


async def test_a_page_that_fails_to_close_keeps_nothing_else(
    window: MainWindow, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Recorder):
        async def aclose(self) -> None:
            raise OSError(5, "Input/output error")

    window.show_page(Broken("/a"))
    window.open_paths(["/b"])
    await closing(window)
    assert Recorder.closed == ["b"]
    assert "A page did not close well" in caplog.text


async def test_everything_reachable_has_a_name(window: MainWindow) -> None:
    window.open_paths(["/a"])
    window.actions_.trigger("help.shortcuts")
    window.banners.show_error("Opening", DamagedImage("Cut short"))
    assert unnamed(window) == []


async def test_tab_goes_from_the_rail_into_the_page(window: MainWindow) -> None:
    window.open_paths(["/a"])
    names = [widget.accessibleName() for widget in focus_order(window)]
    assert names.index("Explore") < names.index("Page")


async def test_full_screen_and_back(window: MainWindow) -> None:
    window.actions_.trigger("view.full-screen")
    assert window.isFullScreen()
    window.actions_.trigger("view.full-screen")
    assert not window.isFullScreen()


async def test_showing_begins_with_the_focus_on_the_content(settings: Settings) -> None:
    window = MainWindow(settings)
    home = QWidget()
    home.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made = workspace()
    window.add_workspace(
        Workspace(made.id, made.title, made.icon, made.help, made.open, lambda _shell: home)
    )
    window.show()
    window.activateWindow()
    await until(home.hasFocus)


def test_without_a_loop_the_window_closes_plainly(qapp: QApplication, settings: Settings) -> None:
    window = MainWindow(settings)
    window.show()
    window.close()
    assert window.isHidden()


async def test_a_home_is_made_when_it_is_first_in_view(window: MainWindow) -> None:
    made: list[str] = []

    def home(_shell: object) -> QWidget:
        made.append("build")
        return QWidget()

    plain = workspace("build")
    window.add_workspace(Workspace(plain.id, plain.title, plain.icon, plain.help, plain.open, home))
    assert made == []
    rail = window.findChild(QWidget, "rail")
    button = next(b for b in rail.findChildren(QWidget) if b.accessibleName() == "Build")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert made == ["build"]


async def test_no_home_is_shown_where_something_is_about_to_open(settings: Settings) -> None:
    made: list[str] = []

    def home(_shell: object) -> QWidget:
        made.append("home")
        return QWidget()

    plain = workspace()
    window = MainWindow(settings)
    window.add_workspace(Workspace(plain.id, plain.title, plain.icon, plain.help, plain.open, home))
    window.expect_pages(True)
    window.show()
    window.open_paths(["/a.tar"])
    window.expect_pages(False)
    assert made == []
    window.close_page(next(window.pages()))
    assert made == ["home"]


async def test_what_was_expected_and_did_not_come_leaves_the_home(settings: Settings) -> None:
    window = MainWindow(settings)
    window.add_workspace(workspace())
    window.expect_pages(True)
    window.show()
    area = window.findChildren(PageTabs)[0]
    assert area.currentWidget() is None
    window.expect_pages(False)
    assert area.currentWidget() is not None
