"""Opening what the user chose, each in its workspace."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from explorer.ui.imports import Imports
from explorer.ui.shell import Workspace
from explorer.ui.tasks import loop_runs, spawn


class Opener(QObject):
    """Calls ``open`` for what is to be opened: at once, or once its workspace is imported.

    Importing takes longer than the window may be away, so it happens in a thread: before anybody
    asks with :meth:`prepare`, or else when the first location is to be opened.
    """

    importing = Signal(bool)
    """Modules are being imported, or no more."""
    imported = Signal()
    """Modules were imported that stay until the end."""
    ended = Signal()
    """Nothing waits to be opened any more."""

    def __init__(self, open: Callable[[Workspace, str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._open_now = open
        self._imports: dict[str, Imports] = {}
        self._waiting = 0

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to be opened."""
        return self._waiting > 0

    def open(self, workspace: Workspace, location: str) -> None:
        """Open ``location`` as soon as that can be done without holding up the window."""
        if self._of(workspace).are_done or not loop_runs():
            self._open_now(workspace, location)
            return
        self._waiting += 1
        name = location.rpartition("/")[2] or location
        spawn(self, f"Opening {name}", self._open_later(workspace, location))

    async def prepare(self, workspace: Workspace) -> None:
        """Import what ``workspace`` needs; raises what importing raises."""
        await self._of(workspace).wait()

    async def _open_later(self, workspace: Workspace, location: str) -> None:
        try:
            await self.prepare(workspace)
            self._open_now(workspace, location)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self.ended.emit()

    def _of(self, workspace: Workspace) -> Imports:
        if workspace.id not in self._imports:
            imports = self._imports[workspace.id] = Imports(workspace.needs, self)
            imports.importing.connect(self.importing)
            imports.done.connect(self.imported)
        return self._imports[workspace.id]
