"""What takes long to import is imported in a thread, before it is needed or when it first is."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from explorer.ui.imports import Imports
from explorer.ui.page import Page
from explorer.ui.resources import resource
from explorer.ui.settings import Settings
from explorer.ui.shell import Workspace
from explorer.ui.tabs import PageTabs
from explorer.ui.window import MainWindow
from tests.ui.waiting import until

ROOT = Path(__file__).parents[2]
MODULE = "module_of_this_test"
NOTES = "import threading\nTHREAD = threading.current_thread()\n"

Write = Callable[[str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes the module that is to be imported, and has it forgotten at the end."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setitem(sys.modules, MODULE, threading)
    monkeypatch.delitem(sys.modules, MODULE)

    def write(source: str) -> None:
        (tmp_path / f"{MODULE}.py").write_text(source)

    return write


@pytest.fixture
def owner(qapp: QObject) -> QObject:
    return QObject()


async def test_modules_are_imported_in_a_thread(write: Write, owner: QObject) -> None:
    write(NOTES)
    imports = Imports([MODULE], owner)
    await imports.wait()
    assert imports.are_done
    assert sys.modules[MODULE].THREAD is not threading.current_thread()


async def test_many_may_wait_and_all_come_back(write: Write, owner: QObject) -> None:
    write(NOTES)
    imports = Imports([MODULE], owner)
    await asyncio.gather(imports.wait(), imports.wait())
    assert imports.are_done


async def test_who_waits_hears_of_a_failure_and_the_next_tries_again(
    write: Write, owner: QObject
) -> None:
    write("raise RuntimeError('broken')")
    imports = Imports([MODULE], owner)
    with pytest.raises(RuntimeError, match="broken"):
        await imports.wait()
    write(NOTES)
    await imports.wait()
    assert imports.are_done


def workspace(name: str = MODULE) -> Workspace:
    def open(_shell: object, location: str) -> Page:
        assert name in sys.modules
        return Page(Path(location).name, location=location)

    return Workspace("x", "X", "explore", "X", open, lambda _shell: QWidget(), needs=(name,))


@pytest.fixture
def window(qapp: QObject, tmp_path: Path) -> MainWindow:
    window = MainWindow(Settings.at(tmp_path / "s.ini"))
    window.add_workspace(workspace())
    return window


async def test_a_page_is_opened_once_what_it_needs_is_there(
    window: MainWindow, write: Write
) -> None:
    write(NOTES)
    window.open_paths(["/a.tar", "/b.tar", "/a.tar"])
    assert list(window.pages()) == []
    await until(lambda: len(list(window.pages())) == 2)
    assert [page.title for page in window.pages()] == ["a.tar", "b.tar"]


async def test_once_it_is_there_pages_open_at_once(window: MainWindow, write: Write) -> None:
    write(NOTES)
    window.warm_up()
    window.open_paths(["/a.tar"])
    await until(lambda: list(window.pages()))
    window.open_paths(["/b.tar"])
    assert [page.title for page in window.pages()] == ["a.tar", "b.tar"]


async def test_no_home_is_shown_while_the_first_page_waits(
    window: MainWindow, write: Write
) -> None:
    write(NOTES)
    area = window.findChildren(PageTabs)[0]
    window.expect_pages(True)
    window.show()
    window.open_paths(["/a.tar"])
    window.expect_pages(False)
    assert area.currentWidget() is None
    await until(window.front)
    window.close_page(next(window.pages()))
    assert area.currentWidget() is not None


async def test_a_page_that_cannot_be_imported_is_a_banner_and_the_home(
    window: MainWindow, write: Write
) -> None:
    write("raise RuntimeError('broken')")
    area = window.findChildren(PageTabs)[0]
    window.expect_pages(True)
    window.show()
    window.open_paths(["/a.tar"])
    await until(window.banners.banners)
    assert area.currentWidget() is not None


WATCH = """
import asyncio, sys, threading
from pathlib import Path
from qasync import QEventLoop
from explorer.ui import theme
from explorer.ui.session import Application, make_window
from explorer.ui.settings import Settings
imported = []
sys.addaudithook(
    lambda event, args: event == "import"
    and threading.current_thread() is threading.main_thread()
    and imported.append(args[0])
)
application = Application([])
theme.switch().install()
async def live():
    window = make_window(Settings.at(Path(sys.argv[1])))
    window.show()
    await asyncio.sleep(0)
    imported.clear()
    window.open_paths([sys.argv[2]])
    while window.front() is None or not window.front().model.is_complete:
        await asyncio.sleep(0.01)
    await window.front().aclose()
    print("\\n".join(imported))
with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
    runner.run(asyncio.wait_for(live(), 60))
"""


def run(script: str, *arguments: str, cache: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "LAYERSCOPE_CACHE_DIR": str(cache),
        },
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )


def test_opening_an_image_imports_nothing_large_in_the_thread_of_the_window(
    tmp_path: Path,
) -> None:
    sample = resource("sample.tar")
    if not sample.exists():
        pytest.skip("the sample is not built here")
    done = run(WATCH, str(tmp_path / "s.ini"), str(sample), cache=tmp_path)
    imported = set(done.stdout.split())
    large = {
        name
        for name in imported
        if name.startswith(("explorer.ui.explore", "explorer.analysis", "explorer.filesystem"))
        or name.partition(".")[0] in {"numpy", "isal", "pygments", "humanize"}
    }
    assert large == set()


# Neither a pixmap nor a widget can be made before there is an application, and a font is warned of.
ALL = """
import importlib, sys, threading
from explorer.ui import window, workspaces
names = [*workspaces.explore().needs, *window.LATER]
failed = []
def load():
    try:
        for name in names:
            importlib.import_module(name)
    except BaseException as error:
        failed.append(error)
        raise
thread = threading.Thread(target=load)
thread.start()
thread.join()
sys.exit(bool(failed))
"""


def test_no_module_makes_anything_of_qts_when_a_thread_imports_it(tmp_path: Path) -> None:
    assert run(ALL, cache=tmp_path).stderr == ""
