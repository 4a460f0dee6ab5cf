"""The workbench in the window: what is opened where, and how a Dockerfile is begun."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.ui.build.page import BuildPage
from explorer.ui.build.templates.page import NewPage
from explorer.ui.explore.page import ExplorePage
from explorer.ui.recents import DOCKERFILE
from explorer.ui.window import MainWindow
from tests.ui.accessibility import unnamed
from tests.ui.build.conftest import THREE, keys, opened
from tests.ui.waiting import until


async def test_a_folder_opens_its_dockerfile_once(window: MainWindow, project: Path) -> None:
    (project / "Dockerfile").write_text(THREE)
    window.open_paths([str(project)])
    await until(lambda: isinstance(window.front(), BuildPage))
    window.open_paths([str(project / "Dockerfile"), str(project)])
    await until(lambda: len(list(window.pages())) == 1)
    page = window.front()
    assert page is not None and page.location == str(project / "Dockerfile")


async def test_a_folder_without_one_offers_templates(window: MainWindow, project: Path) -> None:
    window.open_paths([str(project)])
    await until(lambda: isinstance(window.front(), NewPage))
    page = window.front()
    assert isinstance(page, NewPage)
    await until(lambda: page.template.id == "node")
    assert page.variant.currentData() == "plain"
    assert page.create_button.isEnabled()


async def test_an_archive_still_opens_in_explore(window: MainWindow, tmp_path: Path) -> None:
    archive = tmp_path / "app.tar"
    archive.write_bytes(b"\0" * 10240)
    window.open_paths([str(archive)])
    await until(lambda: isinstance(window.front(), ExplorePage))


async def test_recents_remember_what_a_dockerfile_is(window: MainWindow, project: Path) -> None:
    page = await opened(window, project / "Dockerfile")
    recent = window.shell.recents.find(page.location)
    assert recent is not None
    assert (recent.kind, recent.title, recent.subtitle) == (DOCKERFILE, "Dockerfile", "3 stages")


async def test_the_home_of_the_workbench_offers_ways_to_begin(window: MainWindow) -> None:
    window._rail.choose("build")
    QApplication.processEvents()
    assert unnamed(window) == []
    for id in ("build.open", "build.open-folder", "build.new"):
        assert window.actions_.can_run(id)


async def test_a_template_is_written_and_opened(window: MainWindow, project: Path) -> None:
    window.open_paths([str(project)])
    await until(lambda: isinstance(window.front(), NewPage))
    page = window.front()
    assert isinstance(page, NewPage)
    await until(lambda: page.template.id == "node" and page.create_button.isEnabled())
    wanted = page.texts()[0]
    before = (project / ".dockerignore").read_text()
    await until(lambda: page.dockerfile.toPlainText() == wanted)
    page.create_button.click()
    await until(lambda: isinstance(window.front(), BuildPage))
    assert (project / "Dockerfile").read_text() == wanted
    assert (project / ".dockerignore").read_text() == before, "never overwritten"
    assert page not in list(window.pages())


async def test_nothing_is_overwritten(window: MainWindow, project: Path) -> None:
    window.open_paths([str(project)])
    await until(lambda: isinstance(window.front(), NewPage))
    page = window.front()
    assert isinstance(page, NewPage)
    await until(lambda: page.create_button.isEnabled())
    (project / "Dockerfile").write_text("mine")  # after the folder was looked at
    page.create_button.click()
    await until(lambda: page.banners.banners())
    assert (project / "Dockerfile").read_text() == "mine"
    page.look(project)
    await until(lambda: not page.create_button.isEnabled())
    page.name.setText("other.Dockerfile")
    assert page.create_button.isEnabled()
    page.name.setText("../evil")
    assert not page.create_button.isEnabled()


async def test_beginning_without_a_folder_asks_for_one(window: MainWindow) -> None:
    window.actions_.trigger("build.new")
    await until(lambda: isinstance(window.front(), NewPage))
    page = window.front()
    assert isinstance(page, NewPage)
    assert not page.create_button.isEnabled()
    assert page.texts()[0].startswith("# syntax=")
    assert unnamed(page) == []
    window.actions_.trigger("build.new")
    assert len(list(window.pages())) == 1


async def test_f1_explains_the_workbench(window: MainWindow, project: Path) -> None:
    await opened(window, project / "Dockerfile")
    await keys(partial(QTest.keyClick, window, Qt.Key.Key_F1))
    await until(lambda: getattr(window.front(), "location", "") == "layerscope:help")
