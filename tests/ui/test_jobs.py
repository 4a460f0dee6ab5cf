"""Running work in the status line, and the list behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from explorer.progress import Job, Progress
from explorer.ui.jobs import JobsIndicator, describe
from explorer.ui.jobs_card import JobsCard
from explorer.ui.settings import Settings
from explorer.ui.shell import Workspace
from explorer.ui.tasks import Operation, Running
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.window import MainWindow
from tests.ui.waiting import until


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    made = MainWindow(Settings.at(tmp_path / "s.ini"))
    made.add_workspace(
        Workspace("x", "X", "explore", "X", lambda *_: pytest.fail(), lambda _: QWidget())
    )
    made.show()
    made.activateWindow()
    yield made


def start(window: MainWindow, title: str = "Opening nginx.tar", *, quiet: bool = False) -> Running:
    def work(job: Job) -> None:
        job.expect(100)
        job.advance(45)
        while True:
            threading.Event().wait(0.005)
            job.check()

    operation = Operation(window, title).work(work)
    return (operation.quiet() if quiet else operation).start()


def indicator(window: MainWindow) -> JobsIndicator:
    return window.findChildren(JobsIndicator)[0]


def card(window: MainWindow) -> JobsCard:
    return window.findChildren(JobsCard)[0]


def words(window: MainWindow) -> str:
    buttons = indicator(window).findChildren(QToolButton)
    return next(b.text() for b in buttons if b.accessibleName() == "Running work")


async def test_work_that_lasts_is_shown_and_can_be_cancelled(window: MainWindow) -> None:
    running = start(window)
    assert not indicator(window).isVisible()
    await until(indicator(window).isVisible)
    await until(lambda: words(window) == "Opening nginx.tar — 45%")
    cancel = indicator(window).findChildren(IconButton)[0]
    assert cancel.accessibleName() == "Cancel Opening nginx.tar"
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    await until(lambda: not indicator(window).isVisible())
    assert running.cancelled


async def test_short_and_quiet_work_is_never_shown(window: MainWindow) -> None:
    Operation(window, "Short").work(lambda _job: None).start()
    start(window, "Quiet", quiet=True)
    await asyncio.sleep(0.4)
    assert not indicator(window).isVisible()


async def test_more_work_is_counted(window: MainWindow) -> None:
    for title in ("One", "Two", "Three"):
        start(window, title)
    await until(indicator(window).isVisible)
    await until(lambda: words(window) == "One — 45%  +2")


async def test_the_list_opens_by_keyboard_and_cancels(window: MainWindow) -> None:
    one, two = start(window, "One"), start(window, "Two")
    await until(lambda: one.progress is not None)
    window.actions_.trigger("view.jobs")
    assert [row.cancel.accessibleName() for row in card(window).rows()] == [
        "Cancel One",
        "Cancel Two",
    ]
    assert card(window).rows()[0].cancel.hasFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    await until(lambda: len(card(window).rows()) == 1)
    assert (one.cancelled, two.cancelled) == (True, False)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not card(window).isVisible()


async def test_the_list_follows_what_begins_and_ends(window: MainWindow) -> None:
    window.actions_.trigger("view.jobs")
    assert card(window).rows() == []
    running = start(window)
    await until(lambda: len(card(window).rows()) == 1)
    running.cancel()
    await until(lambda: card(window).rows() == [])
    assert card(window).isVisible()


async def test_the_list_is_within_the_window(window: MainWindow) -> None:
    window.resize(430, 330)
    start(window)
    window.actions_.trigger("view.jobs")
    await asyncio.sleep(0.02)
    assert window.rect().contains(card(window).geometry())


def running_with(progress: Progress | None, *samples: tuple[float, int]) -> Running:
    running = Running("Opening", quiet=False, listener=None)
    running.progress = progress
    for now, done in samples:
        running.meter.add(now, done)
    return running


def test_progress_is_told_in_words() -> None:
    running = running_with(
        Progress("", 45_000_000, 187_000_000), (0.0, 0), (1.0, 22_500_000), (2.0, 45_000_000)
    )
    assert describe(running) == "45 MB of 187 MB · 22 MB/s · about 5 s left"


def test_what_is_unknown_is_not_told() -> None:
    assert describe(running_with(None)) == "Working"
    assert describe(running_with(Progress("", 45_000_000, None))) == "45 MB"
