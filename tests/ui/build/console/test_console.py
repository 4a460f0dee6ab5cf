"""Building from the window with real clicks and keys: steps go, fail, are mended, are kept."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from explorer.build.events import Done, Failed, Stopped
from explorer.build.runs import BuildState, StepState
from explorer.oci import Digest
from explorer.store.images import ImageStore
from explorer.ui.build.console import console
from explorer.ui.build.page import BuildPage
from explorer.ui.explore.page import ExplorePage
from explorer.ui.session import make_window
from explorer.ui.settings import Settings
from explorer.ui.window import MainWindow
from tests.build.engines.building import add_base, need_a_sandbox
from tests.ui.build.conftest import opened, settled
from tests.ui.waiting import until

SCRATCH = "FROM scratch AS files\nCOPY src /src\nFROM scratch\nCOPY --from=files /src /srv\n"
RUNS = "FROM base AS build\nRUN echo one >/one && echo begun\nRUN cat /two\n"
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


async def ended(page: BuildPage) -> None:
    """Wait until the newest build is over and kept."""
    console = page.console
    await until(lambda: console.build is not None and console.build.is_over, 25)
    await settled(page)


def states(page: BuildPage) -> list[StepState]:
    assert page.console.build is not None
    return [step.state for step in page.console.build.log.steps.values()]


def with_base() -> None:
    need_a_sandbox()
    add_base(ImageStore.at())


async def test_a_click_builds_the_text_that_is_not_saved(window: MainWindow, project: Path) -> None:
    page = await opened(window, project / "Dockerfile", "FROM scratch\n")
    page.editor.set_text(SCRATCH)
    await settled(page)
    QTest.mouseClick(page.console.button, Qt.MouseButton.LeftButton)
    assert page.bench.tabs.currentWidget() is page.console.view
    await ended(page)
    assert page.console.build is not None
    assert isinstance(page.console.build.log.end, Done)
    assert states(page) == [StepState.DONE, StepState.DONE]
    assert (project / "Dockerfile").read_text() == "FROM scratch\n"
    assert "2 steps" in page.console.view.totals.words()


async def test_the_second_build_is_kept_and_chips_tell_so(
    window: MainWindow, project: Path
) -> None:
    page = await opened(window, project / "Dockerfile", SCRATCH)
    assert "will run" in page.editor.chips.words(1)
    QTest.keyClick(page.editor.view, Qt.Key.Key_Return, CONTROL)
    await ended(page)
    await until(lambda: "cached" in page.editor.chips.words(1), 10)
    QTest.keyClick(page.editor.view, Qt.Key.Key_Return, CONTROL)
    await ended(page)
    assert states(page) == [StepState.CACHED, StepState.CACHED]
    assert page.editor.text() == SCRATCH, "the keys build, and write nothing"


async def test_run_to_here_ends_behind_the_instruction_at_the_caret(
    window: MainWindow, project: Path
) -> None:
    page = await opened(window, project / "Dockerfile", SCRATCH)
    page.editor.go_to_line(2)
    QTest.keyClick(page.editor.view, Qt.Key.Key_Return, CONTROL | SHIFT)
    await ended(page)
    assert states(page) == [StepState.DONE]


async def test_run_to_here_in_the_last_stage_builds_what_it_needs(
    window: MainWindow, project: Path
) -> None:
    text = f"{SCRATCH}WORKDIR /late\n"
    page = await opened(window, project / "Dockerfile", text)
    page.editor.go_to_line(4)
    page.console.run_here()
    await ended(page)
    assert states(page) == [StepState.DONE, StepState.DONE]
    assert isinstance(page.console.build and page.console.build.log.end, Done)


async def test_fail_see_the_line_mend_build_from_cache_and_open(
    window: MainWindow, project: Path
) -> None:
    with_base()
    page = await opened(window, project / "Dockerfile", RUNS)
    QTest.mouseClick(page.console.button, Qt.MouseButton.LeftButton)
    await ended(page)
    build = page.console.build
    assert build is not None
    assert isinstance(build.log.end, Failed)
    assert states(page) == [StepState.DONE, StepState.FAILED]
    assert page.editor.line == 3, "the caret is at what failed"
    assert any("build failed" in row.message for row in page.bench.problems.model.rows)
    shown = page.console.view.output
    assert shown.step is not None
    assert shown.step.info.line == 3
    assert any("can't open" in line for line in shown.view.output.texts())
    assert shown.step.left, "what it left can be opened"

    start = page.editor.text().index("/two")
    page.editor.reveal(start, len("/two"))
    QTest.keyClicks(page.editor.view, "/one")
    await settled(page)
    assert not any("build failed" in row.message for row in page.bench.problems.model.rows)
    QTest.keyClick(page.editor.view, Qt.Key.Key_Return, CONTROL)
    await ended(page)
    assert states(page) == [StepState.CACHED, StepState.DONE]

    await until(lambda: "cached" in page.editor.chips.words(2), 10)
    view = page.session.view
    assert view is not None
    assert view.preview is not None
    assert not view.preview.unknown, "what RUN left is seen"

    QTest.mouseClick(page.console.view.totals.open, Qt.MouseButton.LeftButton)
    await until(lambda: isinstance(window.front(), ExplorePage), 10)


async def test_stopping_ends_what_runs(window: MainWindow, project: Path) -> None:
    with_base()
    page = await opened(window, project / "Dockerfile", "FROM base\nRUN echo on; sleep 300\n")
    page.console.run()
    build = page.console.build
    assert build is not None
    await until(lambda: any(len(s.output) for s in build.log.steps.values()), 20)
    assert build.running is not None
    assert "0 of 1" in build.running.title
    QTest.mouseClick(page.console.view.totals.stop, Qt.MouseButton.LeftButton)
    await ended(page)
    assert isinstance(build.log.end, Stopped)
    assert states(page) == [StepState.STOPPED]


async def test_of_a_flood_the_end_is_shown_and_the_whole_can_be_opened(
    window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_base()
    told: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: told.append(url.toLocalFile()))
    page = await opened(window, project / "Dockerfile", "FROM base\nRUN seq 1 700000\n")
    page.console.run()
    await ended(page)
    step = page.console.view.output.step
    assert step is not None
    assert step.output.text(step.output.end - 1) == "700000"
    assert step.output.first > 0, "the oldest lines are not at hand"
    await until(lambda: step.whole, 10)
    whole = page.console.view.output.why._whole
    await until(whole.isVisible)
    QTest.mouseClick(whole, Qt.MouseButton.LeftButton)
    assert Path(told[0]).read_text().split() == [str(number) for number in range(1, 700_001)]


async def test_two_builds_run_at_once(window: MainWindow, project: Path) -> None:
    page = await opened(window, project / "Dockerfile", SCRATCH)
    page.console.run()
    page.console.run()
    assert len(page.console.builds.running) == 2
    await until(lambda: not page.console.builds.running, 20)
    await until(lambda: len(page.console.builds.history.summaries()) == 2)


async def test_the_history_survives_and_compares(window: MainWindow, project: Path) -> None:
    page = await opened(window, project / "Dockerfile", SCRATCH)
    page.console.run()
    await ended(page)
    (project / "src" / "app.ts").write_text("run(2)\n")
    page.session.look_again()
    page.console.run()
    await ended(page)
    await until(lambda: len(page.console.builds.history.summaries()) == 2)
    page.bench.show_tab(page.console.history)
    history = page.console.history
    await until(lambda: len(history.model.rows) == 2)
    await until(lambda: history.view.log is not None)
    assert history.view.log is not None
    assert history.view.log.state is BuildState.DONE
    history.compare_chosen()
    await until(lambda: len(history.comparison.model.rows) == 2)
    assert [pair.same_layer for pair in history.comparison.model.rows] == [False, False]
    assert "src/app.ts" in history.comparison.model.rows[0].step.because[0]

    files = history.comparison.files
    await until(lambda: files.model.rows)
    assert [files.model.cells(row) for row in files.model.rows] == [
        ("~", "/src/app.ts", "6 B", "7 B", "content")
    ]
    assert files.words() == "1 modified · 2 the same"
    table, model = history.comparison.table, history.comparison.model
    place = table.visualRect(model.index(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    await until(lambda: files.model.rows and files.model.rows[0].path == "/srv/app.ts")


async def test_another_window_finds_the_builds_of_the_one_before(
    window: MainWindow, project: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    page = await opened(window, project / "Dockerfile", SCRATCH)
    page.console.run()
    await ended(page)
    await until(lambda: page.console.builds.history.summaries())
    digest = page.console.digest
    await page.aclose()

    second = make_window(Settings.at(tmp_path / "settings.ini"))
    qtbot.addWidget(second)
    second.show()
    again = await opened(second, project / "Dockerfile", SCRATCH)
    again.bench.show_tab(again.console.history)
    await until(lambda: again.console.history.view.log is not None)
    log = again.console.history.view.log
    assert log is not None
    assert isinstance(log.end, Done)
    assert log.end.digest == digest
    QTest.mouseClick(again.console.history.view.totals.save, Qt.MouseButton.LeftButton)
    saver = again.console.results.saver
    await until(lambda: saver.dialog is not None and saver.dialog.isVisible())
    assert saver.dialog is not None
    saver.dialog.reject()
    await until(lambda: saver.dialog is None)


async def test_files_that_are_no_longer_kept_are_said(window: MainWindow, project: Path) -> None:
    page = await opened(window, project / "Dockerfile", SCRATCH)
    page.console.run()
    await ended(page)
    (project / "src" / "app.ts").write_text("run(2)\n")
    page.session.look_again()
    page.console.run()
    await ended(page)
    assert page.console.build is not None
    layer = page.console.build.log.steps["0.0"].layer
    assert layer is not None
    ImageStore.at().layout.remove(Digest.parse(layer.digest))
    page.bench.show_tab(page.console.history)
    history = page.console.history
    await until(lambda: len(history.model.rows) == 2)
    history.table.selectRow(0)
    history.compare_chosen()
    await until(lambda: "no longer kept" in history.comparison.files.words())


async def test_a_chooser_leads_to_each_of_several_builds(window: MainWindow, project: Path) -> None:
    with_base()
    text = "FROM base\nRUN echo on; sleep 300\n"
    page = await opened(window, project / "Dockerfile", text)
    runs = page.console.view.totals.runs
    page.console.run()
    assert not runs.isVisible(), "there is nothing to choose yet"
    page.console.run_fresh()
    first, second = page.console.builds.recent
    await until(lambda: runs.isVisible() and runs.count() == 2)
    assert runs.currentText() == "#2 · running"
    await until(lambda: any(len(s.output) for s in first.log.steps.values()), 20)
    runs.setFocus()
    QTest.keyClick(runs, Qt.Key.Key_Down)
    assert page.console.build is first
    QTest.mouseClick(page.console.view.totals.stop, Qt.MouseButton.LeftButton)
    await until(lambda: first.is_over, 20)
    await until(lambda: "stopped" in runs.currentText())
    assert not second.is_over, "each is stopped by itself"
    second.stop()
    await until(lambda: second.is_over, 20)
    await settled(page)


async def test_a_long_build_that_ends_out_of_sight_calls(
    window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    monkeypatch.setattr(QApplication, "alert", called.append)
    monkeypatch.setattr(QMainWindow, "isActiveWindow", lambda _self: False)
    page = await opened(window, project / "Dockerfile", SCRATCH)
    page.console.run()
    await ended(page)
    assert called == [], "a short one does not"
    monkeypatch.setattr(console, "LONG", 0.0)
    page.console.run()
    await ended(page)
    assert called == [window]
    said = window.statusBar().currentMessage()
    assert said.startswith("Dockerfile: built in")
    monkeypatch.setattr(QMainWindow, "isActiveWindow", lambda _self: True)
    page.console.run()
    await ended(page)
    assert len(called) == 1, "nor does one that is being looked at"


async def test_what_an_engine_refuses_is_told(window: MainWindow, project: Path) -> None:
    text = "FROM base\nRUN --security=insecure true\n"
    page = await opened(window, project / "Dockerfile", text)
    page.console.run()
    await ended(page)
    build = page.console.build
    assert build is not None
    assert isinstance(build.log.end, Failed)
    assert build.log.end.message


async def test_the_page_can_close_while_it_builds(window: MainWindow, project: Path) -> None:
    with_base()
    page = await opened(window, project / "Dockerfile", "FROM base\nRUN echo on; sleep 300\n")
    page.console.run()
    build = page.console.build
    assert build is not None
    await until(lambda: any(len(s.output) for s in build.log.steps.values()), 20)
    await asyncio.wait_for(page.aclose(), 10)
    assert isinstance(build.log.end, Stopped)


@pytest.mark.parametrize("id", ["run", "run-here", "run-fresh", "show-steps", "show-history"])
async def test_everything_is_an_action(window: MainWindow, project: Path, id: str) -> None:
    page = await opened(window, project / "Dockerfile", SCRATCH)
    assert page.shell.actions.can_run(f"build.{id}")
    assert not page.shell.actions.can_run("build.stop")
    assert not page.shell.actions.can_run("build.open-result")
