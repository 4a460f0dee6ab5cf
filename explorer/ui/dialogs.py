"""Dialogs to await: they open without a nested event loop, which would halt every task."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from explorer.ui.settings import Settings

_LAST_FOLDER = "files/last-folder"
ARCHIVES = "Images (*.tar *.tar.gz *.tgz *.tar.zst *.tar.xz *.tar.bz2 *.oci)"


async def finished(dialog: QDialog) -> bool:
    """Open ``dialog`` and return whether it was accepted; it is deleted afterwards.

    Cancelling the task closes the dialog.
    """
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda result: None if future.done() else future.set_result(result))
    dialog.open()
    try:
        return await future == QDialog.DialogCode.Accepted
    finally:
        dialog.close()
        dialog.deleteLater()


async def ask_archives(parent: QWidget, settings: Settings) -> list[str]:
    """Ask for archives to open; return their paths, none where the user declined."""
    dialog = _file_dialog(parent, settings, "Open archive")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters([ARCHIVES, "All files (*)"])
    # The content tells an image, not the name.
    dialog.selectNameFilter("All files (*)")
    return await _paths(dialog, settings)


async def ask_folder(parent: QWidget, settings: Settings, title: str = "Open folder") -> str:
    """Ask for a folder; return its path, or an empty text where the user declined."""
    dialog = _file_dialog(parent, settings, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return next(iter(await _paths(dialog, settings)), "")


async def ask_save(parent: QWidget, settings: Settings, title: str, name: str) -> str:
    """Ask where to save ``name``; return the path, or an empty text where the user declined."""
    dialog = _file_dialog(parent, settings, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    # The name may come from an image: a path in it must not lead out of the folder.
    dialog.selectFile(Path(name).name)
    return next(iter(await _paths(dialog, settings)), "")


async def confirm_loss(parent: QWidget, question: str, consequence: str, action: str) -> bool:
    """Ask before something is lost for good; return whether ``action`` was chosen."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setText(question)
    box.setInformativeText(consequence)
    go_on = box.addButton(action, QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    await finished(box)
    return box.clickedButton() is go_on


def _file_dialog(parent: QWidget, settings: Settings, title: str) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    folder = settings.text(_LAST_FOLDER)
    if folder and Path(folder).is_dir():
        dialog.setDirectory(folder)
    return dialog


async def _paths(dialog: QFileDialog, settings: Settings) -> list[str]:
    if not await finished(dialog):
        return []
    chosen = dialog.selectedFiles()
    if chosen:
        settings.set(_LAST_FOLDER, str(Path(chosen[0]).parent))
    return chosen
