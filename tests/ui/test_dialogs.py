"""Dialogs that are awaited, and halt no other task."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMessageBox, QWidget

from explorer.ui import dialogs
from explorer.ui.about import AboutDialog, versions
from explorer.ui.settings import Settings
from explorer.ui.tasks import spawn
from tests.ui.accessibility import unnamed
from tests.ui.waiting import until


@pytest.fixture
def parent(qapp: QApplication) -> QWidget:
    made = QWidget()
    made.show()
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.at(tmp_path / "s.ini")


async def shown(kind: type[QDialog]) -> QDialog:
    await until(lambda: isinstance(QApplication.activeModalWidget(), kind))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, kind)
    return dialog


async def test_other_tasks_go_on_while_a_dialog_is_open(parent: QWidget) -> None:
    ticks: list[int] = []

    async def tick() -> None:
        for number in range(3):
            ticks.append(number)
            await asyncio.sleep(0)

    waiting = spawn(parent, "About", dialogs.finished(AboutDialog(parent)))
    dialog = await shown(AboutDialog)
    spawn(parent, "Ticking", tick())
    await until(lambda: len(ticks) == 3)
    assert not waiting.done()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert await waiting is False


async def test_cancelling_the_task_closes_the_dialog(parent: QWidget) -> None:
    waiting = spawn(parent, "About", dialogs.finished(AboutDialog(parent)))
    await shown(AboutDialog)
    waiting.cancel()
    await until(lambda: QApplication.activeModalWidget() is None)


async def test_choosing_archives_remembers_the_folder(
    parent: QWidget, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "a.tar").touch()
    settings.set("files/last-folder", str(tmp_path))
    waiting = spawn(parent, "Choosing", dialogs.ask_archives(parent, settings))
    dialog = await shown(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.directory().absolutePath() == str(tmp_path)
    settings.set("files/last-folder", "")
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    QTest.keyClicks(line, str(tmp_path / "a.tar"))
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert await waiting == [str(tmp_path / "a.tar")]
    assert settings.text("files/last-folder") == str(tmp_path)


async def test_declining_chooses_nothing(parent: QWidget, settings: Settings) -> None:
    waiting = spawn(parent, "Choosing", dialogs.ask_folder(parent, settings))
    (await shown(QFileDialog)).reject()
    assert await waiting == ""


async def test_a_name_from_an_image_cannot_lead_out_of_the_folder(
    parent: QWidget, settings: Settings, tmp_path: Path
) -> None:
    settings.set("files/last-folder", str(tmp_path))
    asking = dialogs.ask_save(parent, settings, "Save", "../../etc/passwd")
    waiting = spawn(parent, "Saving", asking)
    dialog = await shown(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.selectedFiles() == [str(tmp_path / "passwd")]
    dialog.reject()
    assert await waiting == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
async def test_a_loss_needs_a_deliberate_yes(parent: QWidget, key: Qt.Key) -> None:
    asking = dialogs.confirm_loss(parent, "Delete it?", "It cannot be brought back.", "Delete")
    waiting = spawn(parent, "Asking", asking)
    QTest.keyClick(await shown(QMessageBox), key)
    assert await waiting is False


async def test_a_deliberate_yes_is_heard(parent: QWidget) -> None:
    asking = dialogs.confirm_loss(parent, "Delete it?", "It cannot be brought back.", "Delete")
    waiting = spawn(parent, "Asking", asking)
    box = await shown(QMessageBox)
    assert isinstance(box, QMessageBox)
    button = next(b for b in box.buttons() if b.text().replace("&", "") == "Delete")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert await waiting is True


def test_about_names_what_a_report_needs(parent: QWidget) -> None:
    dialog = AboutDialog(parent)
    assert unnamed(dialog) == []
    assert "Qt 6." in versions()
