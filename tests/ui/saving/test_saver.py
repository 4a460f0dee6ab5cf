"""Saving from a page: what is told, what is left when it fails or is cancelled."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.analysis.opened import load_image
from explorer.progress import Job
from explorer.ui.page import Page
from explorer.ui.saving import saver as module
from explorer.ui.saving.choice import SaveChoice, Subject
from explorer.ui.saving.saver import Saver
from explorer.ui.saving.work import write
from explorer.ui.settings import Settings
from tests.conftest import PROJECT
from tests.ui.waiting import until

SAMPLE = str(PROJECT / "resources" / "sample.tar")
SUBJECT = Subject(SAMPLE, "sample")


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    shown = Page("An image")
    qtbot.addWidget(shown)
    shown.show()
    return shown


@pytest.fixture
def saver(page: Page, tmp_path: Path) -> Saver:
    return Saver(page, Settings.at(tmp_path / "settings.ini"))


async def test_a_file_is_whole_when_it_appears(saver: Saver, tmp_path: Path) -> None:
    running = saver.write(SUBJECT, SaveChoice(str(tmp_path / "saved.tar"), "oci-archive", "gzip"))
    assert running.title == "Saving saved.tar"
    await until((tmp_path / "saved.tar").exists, 10)
    assert load_image(str(tmp_path / "saved.tar")).image_id == load_image(SAMPLE).image_id


async def test_what_goes_wrong_is_told_on_the_page(
    saver: Saver, page: Page, tmp_path: Path
) -> None:
    saver.write(Subject(str(tmp_path / "gone.tar"), "gone"), SaveChoice(str(tmp_path / "x.tar")))
    await until(page.banners.banners)
    assert not (tmp_path / "x.tar").exists()


async def test_a_save_that_is_cancelled_leaves_nothing(
    saver: Saver, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Job] = []

    def slow(subject: Subject, choice: SaveChoice, job: Job) -> object:
        begun.append(job)
        while not job.cancelled:
            time.sleep(0.005)
        return write(subject, choice, job)

    monkeypatch.setattr(module, "write", slow)
    folder = tmp_path / "into"
    folder.mkdir()
    running = saver.write(SUBJECT, SaveChoice(str(folder / "saved.tar")))
    await until(lambda: begun)
    running.cancel()
    await until(lambda: running.task is not None and running.task.done())
    assert page.banners.banners() == [], "a cancel is no error"
    assert list(folder.iterdir()) == []
