"""A failing build, a click on "Terminal here", and a shell by real keys."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from explorer.store.data import data_root
from explorer.store.images import ImageStore
from explorer.ui.build.page import BuildPage
from explorer.ui.terminal.panel import TerminalPanel
from explorer.ui.window import MainWindow
from tests.build.engines.building import add_base, need_a_sandbox
from tests.ui.build.conftest import keys, opened
from tests.ui.waiting import until

FAILS = "FROM base\nENV KIND=tide\nRUN echo left >/left; false\n"
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


async def a_failed_build(window: MainWindow, project: Path) -> BuildPage:
    need_a_sandbox()
    add_base(ImageStore.at())
    page = await opened(window, project / "Dockerfile", FAILS)
    page.console.run()
    build = page.console.build
    assert build is not None
    await until(lambda: build.is_over, 25)
    return page


async def a_terminal(page: BuildPage) -> TerminalPanel:
    """Click on "Terminal here", and wait for the shell's prompt."""
    button = page.console.view.output.why.terminal
    await until(lambda: button.isVisible(), 10)
    await keys(lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton))
    panel = page.terminal.panel
    assert panel is not None
    assert page.bench.tabs.currentWidget() is panel
    await until(lambda: "/ # " in shown(panel), 25)
    return panel


def shown(panel: TerminalPanel) -> str:
    """The lines of the screen and those above it."""
    screen = panel.view.grid
    numbers = range(screen.first, screen.scrolled + screen.rows)
    return "\n".join(screen.line(number).text().rstrip() or "" for number in numbers) + "/ # " * (
        screen.line(screen.scrolled + screen.cursor.y).text() == "/ # "
    )


async def type_line(panel: TerminalPanel, words: str) -> None:
    await keys(
        lambda: QTest.keyClicks(panel.view, words),
        lambda: QTest.keyClick(panel.view, Qt.Key.Key_Return),
    )


async def test_a_failed_step_is_looked_into_with_real_keys(
    window: MainWindow, project: Path
) -> None:
    page = await a_failed_build(window, project)
    panel = await a_terminal(page)
    assert panel.view.hasFocus()
    await type_line(panel, "echo hi > /x; cat /x /left; echo $KIND")
    await until(lambda: "hi\nleft\ntide" in shown(panel), 15)
    assert "What you change here is gone when it ends" in shown(panel)
    await type_line(panel, "exit 3")
    await until(lambda: panel.state.text() == "It ended with 3", 15)
    assert panel.again.isVisible()
    assert not list((data_root() / "snapshots").glob("tmp-*"))
    await keys(lambda: QTest.mouseClick(panel.again, Qt.MouseButton.LeftButton))
    await until(lambda: page.terminal.running is not None and panel.view.channel is not None, 25)
    await type_line(panel, "ls /x")
    await until(lambda: "/x: No such file" in shown(panel), 15)
    await asyncio.wait_for(page.aclose(), 20)
    assert not list((data_root() / "snapshots").glob("tmp-*"))


async def test_control_keys_go_to_the_shell_and_not_to_the_window(
    window: MainWindow, project: Path
) -> None:
    page = await a_failed_build(window, project)
    panel = await a_terminal(page)
    await type_line(panel, "sh -c \"trap 'echo caught' INT; echo rea''dy; sleep 1000\"")
    await until(lambda: "\nready" in shown(panel), 15)
    await keys(lambda: QTest.keyClick(panel.view, Qt.Key.Key_C, CONTROL))
    await until(lambda: "\ncaught" in shown(panel) or "^Ccaught" in shown(panel), 15)
    QGuiApplication.clipboard().setText("echo pas''ted")
    await keys(
        lambda: QTest.keyClick(panel.view, Qt.Key.Key_V, CONTROL | SHIFT),
        lambda: QTest.keyClick(panel.view, Qt.Key.Key_Return),
    )
    await until(lambda: "\npasted" in shown(panel), 15)
    await keys(lambda: QTest.keyClick(panel.view, Qt.Key.Key_1, CONTROL))
    assert page.editor.view.hasFocus(), "one can leave with the keyboard"


async def test_a_flood_waits_and_the_window_does_not(window: MainWindow, project: Path) -> None:
    page = await a_failed_build(window, project)
    panel = await a_terminal(page)
    view = panel.view
    await type_line(panel, "yes")
    await until(lambda: view.grid.scrolled > 2000, 25)
    page.show_line(1, enter=True)
    before = view.grid.scrolled
    await keys(lambda: QTest.keyClicks(page.editor.view, "# typed meanwhile"))
    assert "# typed meanwhile" in page.editor.text()
    await until(lambda: view.grid.scrolled > before, 15)
    view.setFocus()
    await keys(lambda: QTest.keyClick(view, Qt.Key.Key_C, CONTROL))
    await type_line(panel, "echo over''")
    await until(lambda: "\nover" in shown(panel), 25)
    assert len(view.grid.history) <= 10_000


async def test_it_is_an_action(window: MainWindow, project: Path) -> None:
    page = await a_failed_build(window, project)
    assert page.shell.actions.can_run("build.terminal")
    await keys(lambda: QTest.keyClick(page.editor.view, Qt.Key.Key_9, CONTROL))
    panel = page.terminal.panel
    assert panel is not None
    await until(lambda: "/ # " in shown(panel), 25)
    await keys(lambda: QTest.mouseClick(panel._close, Qt.MouseButton.LeftButton))
    assert page.terminal.panel is None
    await until(lambda: not _below(os.getpid()), 15)


def _below(process: int) -> list[str]:
    """Workers of sandboxes that this process has started."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        for child in path.read_text().split():
            words = Path(f"/proc/{child}/cmdline")
            if words.exists() and b"sandbox.worker" in words.read_bytes():
                found.append(child)
    return found


async def test_nothing_left_means_no_terminal(window: MainWindow, project: Path) -> None:
    page = await opened(window, project / "Dockerfile", "FROM scratch\nCOPY src /src\n")
    assert not page.shell.actions.can_run("build.terminal")
