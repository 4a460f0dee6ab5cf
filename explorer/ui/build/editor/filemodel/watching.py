"""Tells when a file may have been changed by somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

_SETTLE_MS: Final = 120


class Watcher(QObject):
    """Follows one path through writing, replacing and removing it, and looks when we come back.

    What really happened is for the reader to find out: a signal only says that it is worth a look.
    """

    stirred = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        self._watcher.fileChanged.connect(self._note)
        self._watcher.directoryChanged.connect(self._note)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        # Network drives tell nothing.
        app.applicationStateChanged.connect(self._came_back)

    def watch(self, path: Path | None) -> None:
        """Watch this path and no other."""
        self._path = path
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)
        self._renew()

    def _renew(self) -> None:
        """Watch what is there: a file that was replaced is another one."""
        if self._path is None:
            return
        wanted = [path for path in (self._path, self._path.parent) if path.exists()]
        known = {*self._watcher.files(), *self._watcher.directories()}
        missing = [str(path) for path in wanted if str(path) not in known]
        if missing:
            self._watcher.addPaths(missing)

    def _note(self, _path: str) -> None:
        if not self._settle.isActive():
            self._settle.start()

    def _tell(self) -> None:
        self._renew()
        self.stirred.emit()

    def _came_back(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self._path is not None:
            self._settle.start()
