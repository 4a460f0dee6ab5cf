"""From a typed Dockerfile to an image that Docker has, with nothing but keys and clicks."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from explorer.analysis.opened import load_image, open_image
from explorer.build.events import Done, End, Failed
from explorer.build.runs import StepState
from explorer.sources.image import Image
from explorer.store.images import ImageStore
from explorer.ui.build.page import BuildPage
from explorer.ui.explore.page import ExplorePage
from explorer.ui.saving.dialog import SaveDialog
from explorer.ui.window import MainWindow
from tests.build.engines.building import add_base, need_a_sandbox
from tests.build.engines.others import dockerd, podman
from tests.integration.engines import Docker, started
from tests.integration.filesystem import differences, read_image
from tests.integration.programs import need, run
from tests.ui.build.conftest import keys, opened, settled
from tests.ui.waiting import until

WRONG = 'FROM base\nRUN echo "FROM here" >/made\nRUN cta /made >/copy\nCMD ["cat", "/copy"]\n'
RIGHT = WRONG.replace("cta", "cat")
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture(autouse=True)
def _with_base(_own_state: None) -> None:
    need_a_sandbox()
    add_base(ImageStore.at())


async def click(widget: QWidget, place: QPoint | None = None) -> None:
    """A click of the left button."""
    point = place if place is not None else widget.rect().center()
    await keys(lambda: QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=point))


async def press(
    widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    await keys(lambda: QTest.keyClick(widget, key, modifiers))


async def write(widget: QWidget, words: str) -> None:
    await keys(lambda: QTest.keyClicks(widget, words))


async def ended(page: BuildPage) -> None:
    console = page.console
    await until(lambda: console.build is not None and console.build.is_over, 25)
    await settled(page)


def end_of(page: BuildPage) -> End | None:
    return page.console.build.log.end if page.console.build is not None else None


def states(page: BuildPage) -> list[StepState]:
    assert page.console.build is not None
    return [step.state for step in page.console.build.log.steps.values()]


async def built(window: MainWindow, project: Path) -> BuildPage:
    """A page whose Dockerfile is built."""
    page = await opened(window, project / "Dockerfile", RIGHT)
    await click(page.console.button)
    await ended(page)
    assert isinstance(end_of(page), Done)
    return page


async def typed_and_mended(window: MainWindow, project: Path) -> BuildPage:
    """Type, build, fail, see the line, mend, and build again from the cache."""
    page = await opened(window, project / "Dockerfile", "")
    view = page.editor.view
    await click(view.viewport())
    for line in WRONG.splitlines():
        await write(view, line)
        await settled(page)
        if page.editor.completion.is_open:
            await press(view, Key.Key_Escape)
        await press(view, Key.Key_End, CONTROL)
        await press(view, Key.Key_Return)
    await settled(page)
    assert [line.split() for line in page.editor.text().strip().splitlines()] == [
        line.split() for line in WRONG.splitlines()
    ]
    await press(view, Key.Key_Return, CONTROL)
    await ended(page)
    assert isinstance(end_of(page), Failed)
    assert states(page) == [StepState.DONE, StepState.FAILED]
    assert page.editor.line == 3, "the caret is at what failed"
    assert any("build failed" in row.message for row in page.bench.problems.model.rows)

    await click(view.viewport(), _place(page, "cta"))
    for _ in range(3):
        await press(view, Key.Key_Delete)
    await write(view, "cat")
    await settled(page)
    if page.editor.completion.is_open:
        await press(view, Key.Key_Escape)
    assert "RUN cat /made" in page.editor.text()
    await click(page.console.button)
    await ended(page)
    assert states(page) == [StepState.CACHED, StepState.DONE]
    assert isinstance(end_of(page), Done)
    return page


def _place(page: BuildPage, words: str) -> QPoint:
    """Where words stand in the text, on the screen."""
    view, at = page.editor.view, page.editor.text().index(words)
    cursor = view.textCursor()
    cursor.setPosition(at)
    return view.cursorRect(cursor).center()


async def explored(window: MainWindow, page: BuildPage) -> ExplorePage:
    """Open the result in the explorer."""
    await click(page.console.view.totals.open)
    await until(lambda: isinstance(window.front(), ExplorePage), 10)
    shown = window.front()
    assert isinstance(shown, ExplorePage)
    await until(lambda: shown.is_built and shown.model.is_complete, 15)
    return shown


async def chosen(button: QToolButton, id: str) -> None:
    """Open the menu of a button, and click an entry."""
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    await until(menu.isVisible)
    entry = next(each for each in menu.actions() if each.objectName() == id)
    await click(menu, menu.actionGeometry(entry).center())
    assert isinstance(entry, QAction)


async def saved(dialog: SaveDialog, target: Path, form: str = "", packing: str = "") -> None:
    """Choose a form and a compression with the mouse, type where to, and press Save."""
    for control, key in ((dialog.form, form), (dialog.packing, packing)):
        if key:
            await click(control._buttons[key])
    await press(dialog.path, Key.Key_A, CONTROL)
    await write(dialog.path, str(target))
    assert dialog.save.isEnabled(), dialog.problem()
    await click(dialog.save)


async def asked(page: ExplorePage) -> SaveDialog:
    saver = page.commands.saver
    await until(lambda: saver.dialog is not None and saver.dialog.isVisible())
    assert saver.dialog is not None
    return saver.dialog


def same_image(ours: Image, theirs: Image) -> bool:
    """Whether two are one image: its configuration, and the content of its layers."""
    return (ours.image_id, [layer.diff_id for layer in ours.layers]) == (
        theirs.image_id,
        [layer.diff_id for layer in theirs.layers],
    )


def result(page: BuildPage) -> Image:
    return load_image(f"store:{page.console.digest}")


async def test_from_an_error_to_a_saved_image(
    window: MainWindow, project: Path, tmp_path: Path
) -> None:
    page = await typed_and_mended(window, project)
    shown = await explored(window, page)
    assert shown.model.image is not None
    assert shown.model.image.stack.trie.find(b"/copy") is not None
    await press(window, Key.Key_S, CONTROL | SHIFT)
    target = tmp_path / "saved.tar"
    await saved(await asked(shown), target)
    await until(lambda: f"{target} is saved" in window.statusBar().currentMessage(), 15)
    assert same_image(result(page), load_image(str(target)))


@pytest.mark.parametrize(
    ("form", "packing", "name"), [("oci-archive", "zstd", "saved.oci.tar"), ("oci", "gzip", "dir")]
)
async def test_every_form_is_saved(
    window: MainWindow, project: Path, tmp_path: Path, form: str, packing: str, name: str
) -> None:
    page = await built(window, project)
    shown = await explored(window, page)
    await press(window, Key.Key_S, CONTROL | SHIFT)
    target = tmp_path / name
    await saved(await asked(shown), target, form, packing)
    await until(lambda: f"{target} is saved" in window.statusBar().currentMessage(), 15)
    copy = load_image(str(target))
    assert same_image(result(page), copy)
    assert {layer.compression for layer in copy.layers} == {packing}


async def test_a_result_is_saved_from_the_console_too(
    window: MainWindow, project: Path, tmp_path: Path
) -> None:
    page = await built(window, project)
    await click(page.console.view.totals.save)
    saver = page.console.results.saver
    await until(lambda: saver.dialog is not None and saver.dialog.isVisible())
    assert saver.dialog is not None
    assert saver.dialog.names.text() == "project:latest"
    await saved(saver.dialog, tmp_path / "saved.tar")
    await until((tmp_path / "saved.tar").exists, 15)
    assert same_image(result(page), load_image(str(tmp_path / "saved.tar")))


@pytest.mark.integration
async def test_docker_loads_what_the_window_saved(
    window: MainWindow, project: Path, tmp_path: Path
) -> None:
    with started("docker") as engine:
        assert isinstance(engine, Docker)
        page = await typed_and_mended(window, project)
        shown = await explored(window, page)
        await chosen(shown.bar.save, "explore.save-as")
        dialog = await asked(shown)
        await press(dialog.names, Key.Key_A, CONTROL)
        await write(dialog.names, "example/whole:path")
        target = tmp_path / "saved.tar"
        await saved(dialog, target)
        await until(target.exists, 15)
        engine.docker("load", "-i", target)
        (about,) = json.loads(engine.docker("image", "inspect", "example/whole:path"))
        ours = result(page)
        assert about["Id"] == str(ours.image_id)
        assert about["RootFS"]["Layers"] == [str(layer.diff_id) for layer in ours.layers]
        assert about["Config"]["Cmd"] == ["cat", "/copy"]
        opened_image = open_image(f"store:{page.console.digest}")
        assert not differences(read_image(opened_image), engine.loaded("example/whole:path"))


@pytest.mark.integration
async def test_docker_takes_a_result_from_the_window(
    window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("docker")
    # In a folder with a long name Docker's own /info may never answer.
    with tempfile.TemporaryDirectory(prefix="d-") as folder, dockerd(Path(folder)) as host:
        monkeypatch.setenv("DOCKER_HOST", host)
        page = await built(window, project)
        await chosen(page.console.view.totals.load, "build.load-docker")
        await until(lambda: "Docker has it now" in window.statusBar().currentMessage(), 25)
        (about,) = json.loads(run("docker", "image", "inspect", "project:latest"))
        assert about["Id"] == str(result(page).image_id)


@pytest.mark.integration
async def test_podman_takes_an_image_from_the_explorer(
    window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Podman takes no long paths.
    with tempfile.TemporaryDirectory(prefix="p-") as folder, podman(Path(folder)) as host:
        monkeypatch.setenv("CONTAINER_HOST", host)
        page = await built(window, project)
        shown = await explored(window, page)
        await chosen(shown.bar.save, "explore.load-podman")
        await until(lambda: "Podman has it now" in window.statusBar().currentMessage(), 25)


async def test_an_engine_that_is_not_there_is_told(
    window: MainWindow, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{project}/nobody.sock")
    page = await built(window, project)
    await chosen(page.console.view.totals.load, "build.load-docker")
    await until(page.banners.banners, 15)
