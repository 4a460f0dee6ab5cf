"""The automatic mode by real keys: off until the folder is trusted, then real layers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.build.events import Done, Failed, Stopped
from explorer.store.images import ImageStore
from explorer.ui.build.automatic.folders import TrustedFoldersDialog
from explorer.ui.build.automatic.runs import State
from explorer.ui.build.page import BuildPage
from explorer.ui.tasks import tasks
from explorer.ui.window import MainWindow
from tests.build.engines.building import add_base, need_a_sandbox
from tests.ui.build.conftest import keys, opened, settled
from tests.ui.waiting import until

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
RUNS = "FROM base\nRUN echo one >/one\nRUN cat /one >/two\n"


@pytest.fixture
def dockerfile(project: Path) -> Path:
    need_a_sandbox()
    add_base(ImageStore.at())
    return project / "Dockerfile"


async def switch(page: BuildPage) -> None:
    """The keys of the automatic mode."""
    await keys(lambda: QTest.keyClick(page.editor.view, Qt.Key.Key_Return, CONTROL | ALT))


async def trust(page: BuildPage) -> None:
    await switch(page)
    question = page.automatic.question
    assert question.isVisible()
    await keys(lambda: QTest.mouseClick(question.yes, Qt.MouseButton.LeftButton))


async def rests(page: BuildPage, state: State = State.UP_TO_DATE) -> None:
    await until(lambda: page.automatic.runs.status.state is state, 30)


def files(page: BuildPage) -> set[bytes]:
    """The files of the preview, as far as they are of a layer above the base."""
    image = page.bench.preview.model.image
    assert image is not None
    trie, final = image.stack.trie, image.final
    return {trie.path(int(node)) for node in final.nodes(0) if final.entry(int(node)) is not None}


async def test_nothing_runs_in_a_folder_that_is_not_trusted(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, RUNS)
    page.editor.go_to_line(3)
    await settled(page)
    runs = page.automatic.runs
    await switch(page)
    assert page.automatic.question.isVisible()
    assert "A Dockerfile is code" in page.automatic.question.accessibleDescription()
    runs.text_changed()
    runs._evaluate()
    assert not runs.is_on
    assert runs.count == 0
    question = page.automatic.question
    await keys(lambda: QTest.keyClick(question.no, Qt.Key.Key_Escape))
    assert question.isHidden()
    assert not runs.is_trusted


async def test_trust_runs_to_the_caret_and_shows_the_real_layers(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, RUNS)
    page.editor.go_to_line(2)
    await settled(page)
    assert page.bench.preview.badge.text() == "will run"
    await trust(page)
    await rests(page)
    await settled(page)
    await until(lambda: page.bench.preview.badge.text() == "real")
    assert b"/one" in files(page)
    assert b"/two" not in files(page), "what is behind the caret does not run"
    assert page.bench.preview.strip.words() == "1 of the base, 1 real"
    assert page.automatic.runs.count == 1
    assert not ImageStore.at().images()[1:], "no image is left of it but the base"


async def test_a_pause_in_typing_runs_what_was_typed(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, "FROM base\n")
    await trust(page)
    await rests(page)
    page.editor.go_to_line(2)
    await keys(lambda: QTest.keyClicks(page.editor.view, "RUN echo typed >/typed"))
    assert page.automatic.runs.status.state is State.WAITING
    await until(lambda: page.automatic.runs.count == 1, 20)
    await rests(page)
    await until(lambda: b"/typed" in files(page), 10)


async def test_typing_stops_what_runs(window: MainWindow, dockerfile: Path) -> None:
    text = "FROM base\nRUN echo begun; sleep 300\n"
    page = await opened(window, dockerfile, text)
    page.editor.go_to_line(2)
    await trust(page)
    runs = page.automatic.runs
    await until(
        lambda: runs.build and any(len(s.output) for s in runs.build.log.steps.values()), 20
    )
    build = runs.build
    assert build is not None
    assert str(runs.status) == "Automatic: running line 2…"
    start = text.index("sleep 300")
    page.editor.reveal(start, len("sleep 300"))
    await keys(lambda: QTest.keyClicks(page.editor.view, "echo over >/over"))
    await until(lambda: build.is_over, 10)
    assert isinstance(build.log.end, Stopped)
    await rests(page)
    await until(lambda: b"/over" in files(page), 10)
    assert runs.count == 2


async def test_what_the_user_stops_stays_stopped(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, "FROM base\nRUN echo begun; sleep 300\n")
    page.editor.go_to_line(2)
    await trust(page)
    runs = page.automatic.runs
    await until(lambda: runs.status.state is State.RUNNING, 20)
    running = next(each for each in tasks().running if each.title.startswith("Automatic"))
    assert not running.quiet, "whoever looks at running work sees it"
    running.cancel()
    await rests(page, State.PAUSED)
    assert "you stopped it" in str(runs.status)
    await settled(page)
    assert runs.count == 1


async def test_errors_before_the_caret_pause_it(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, "FROM base\nCOPY\nRUN echo one >/one\n")
    page.editor.go_to_line(3)
    await settled(page)
    await trust(page)
    await rests(page, State.PAUSED)
    assert "paused because line 2 has an error" in str(page.automatic.runs.status)
    assert page.automatic.runs.count == 0


async def test_an_error_behind_the_caret_keeps_nothing_from_running(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, "FROM base\nRUN echo one >/one\nCOPY\n")
    page.editor.go_to_line(2)
    await settled(page)
    await trust(page)
    await rests(page)
    await until(lambda: b"/one" in files(page), 10)


async def test_what_failed_does_not_run_again_before_it_is_another(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, "FROM base\nRUN echo one >/one\nRUN false\n")
    page.editor.go_to_line(3)
    await settled(page)
    await trust(page)
    await rests(page, State.PAUSED)
    runs = page.automatic.runs
    assert "paused because line 3 failed" in str(runs.status)
    assert isinstance(runs.build and runs.build.log.end, Failed)
    assert page.editor.line == 3, "the caret stays"
    assert any("build failed" in row.message for row in page.bench.problems.model.rows)
    page.editor.go_to_line(2)
    await rests(page)
    page.editor.go_to_line(3)
    await rests(page, State.PAUSED)
    assert runs.count == 1
    page.editor.reveal(page.editor.text().index("false"), len("false"))
    await keys(lambda: QTest.keyClicks(page.editor.view, "true"))
    await rests(page)
    assert runs.count == 2


async def test_what_is_there_does_not_run_again(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, RUNS)
    page.editor.go_to_line(3)
    await settled(page)
    await trust(page)
    await rests(page)
    runs = page.automatic.runs
    assert runs.count == 1
    page.editor.go_to_line(2)
    await until(lambda: not runs._pause.isActive())
    await rests(page)
    await keys(lambda: QTest.keyClicks(page.editor.view, " "),
               lambda: QTest.keyClick(page.editor.view, Qt.Key.Key_Backspace))  # fmt: skip
    await rests(page)
    assert runs.count == 1


async def test_trust_is_kept_listed_and_taken_back(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, "FROM base\n")
    await trust(page)
    await rests(page)
    runs = page.automatic.runs
    await switch(page)
    assert runs.status.state is State.OFF
    assert runs.is_trusted, "to switch it off is not to lose trust"
    await switch(page)
    assert page.automatic.question.isHidden(), "it asks once"
    await rests(page)
    page.shell.actions.trigger("build.trusted-folders")
    await until(lambda: page.findChild(TrustedFoldersDialog) is not None)
    dialog = page.findChild(TrustedFoldersDialog)
    assert dialog is not None
    assert dialog.list.count() == 1
    await keys(lambda: QTest.mouseClick(dialog.stop, Qt.MouseButton.LeftButton))
    assert not runs.trusted.folders
    assert not runs.is_on
    assert dialog.list.isHidden()
    dialog.reject()


async def test_trust_is_of_the_folder_and_all_its_pages_follow(
    window: MainWindow, dockerfile: Path
) -> None:
    page = await opened(window, dockerfile, "FROM base\n")
    other = await opened(window, dockerfile.parent / "Other.Dockerfile", "FROM base\n")
    elsewhere = dockerfile.parent / "src"
    within = await opened(window, elsewhere / "Dockerfile", "FROM base\n")
    await trust(within)
    assert within.automatic.runs.is_on
    assert not page.automatic.runs.is_trusted, "a folder within is another one"
    page.automatic.trust()
    assert other.automatic.runs.status.state is not State.OFF
    other.automatic.revoke()
    assert page.automatic.runs.status.state is State.OFF
    assert within.automatic.runs.is_on


async def test_a_build_of_the_user_goes_first(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, "FROM base\nRUN echo begun; sleep 300\n")
    page.editor.go_to_line(2)
    await trust(page)
    runs = page.automatic.runs
    await until(lambda: runs.status.state is State.RUNNING, 20)
    automatic = runs.build
    assert automatic is not None
    page.console.run()
    await until(lambda: automatic.is_over, 10)
    await rests(page, State.PAUSED)
    assert "a build that you started runs" in str(runs.status)
    page.automatic.runs.switch(on=False)
    page.console.stop()
    await until(lambda: not page.console.builds.running, 10)


async def test_the_page_can_close_in_the_middle(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, "FROM base\nRUN echo begun; sleep 300\n")
    page.editor.go_to_line(2)
    await trust(page)
    runs = page.automatic.runs
    await until(lambda: runs.status.state is State.RUNNING, 20)
    await asyncio.wait_for(page.aclose(), 10)
    assert isinstance(runs.build and runs.build.log.end, Stopped)


async def test_output_of_a_run_can_be_read(window: MainWindow, dockerfile: Path) -> None:
    page = await opened(window, dockerfile, "FROM base\nRUN echo one >/one && echo printed\n")
    page.editor.go_to_line(2)
    await trust(page)
    await rests(page)
    build = page.automatic.runs.build
    assert build is not None
    assert isinstance(build.log.end, Done)
    await keys(lambda: QTest.mouseClick(page.automatic.bar._output, Qt.MouseButton.LeftButton))
    assert page.bench.tabs.currentWidget() is page.console.view
    shown = page.console.view.log
    assert shown is not None
    assert shown is build.log
