"""Asking for files and folders, each answer awaited without a nested event loop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from explorer.ui import dialogs

_FILTER = "Dockerfiles (Dockerfile* Containerfile* *.Dockerfile *.dockerfile)"
_EVERY = "All files (*)"


async def ask_dockerfiles(parent: QWidget, folder: Path | None = None) -> list[str]:
    """Ask for Dockerfiles; none where the user declined."""
    dialog = QFileDialog(parent, "Open Dockerfile")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters([_FILTER, _EVERY])
    return await _chosen(dialog, folder)


async def ask_image(parent: QWidget, name: str, folder: Path | None = None) -> str:
    """Ask for the archive that stands for a base image."""
    dialog = QFileDialog(parent, f"An archive for {name}")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([dialogs.ARCHIVES, _EVERY])
    dialog.selectNameFilter(_EVERY)
    return next(iter(await _chosen(dialog, folder)), "")


async def ask_folder(parent: QWidget, title: str, folder: Path | None = None) -> str:
    """Ask for a folder; empty where the user declined."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return next(iter(await _chosen(dialog, folder)), "")


async def ask_unsaved(parent: QWidget, name: str) -> str:
    """Ask what becomes of unsaved changes: ``save``, ``discard``, or nothing to go on."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(f"Save the changes to {name}?")
    box.setInformativeText("They are lost otherwise.")
    save = box.addButton(QMessageBox.StandardButton.Save)
    discard = box.addButton(QMessageBox.StandardButton.Discard)
    stay = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(save)
    box.setEscapeButton(stay)
    await dialogs.finished(box)
    clicked = box.clickedButton()
    return "save" if clicked is save else "discard" if clicked is discard else ""


async def _chosen(dialog: QFileDialog, folder: Path | None) -> list[str]:
    if folder is not None:
        dialog.setDirectory(str(folder))
    return dialog.selectedFiles() if await dialogs.finished(dialog) else []
