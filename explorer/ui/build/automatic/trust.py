"""Folders whose Dockerfiles may run by themselves: a Dockerfile is code. No Qt but the settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from explorer.ui.settings import Settings

_KEY: Final = "build/trusted-folders"
_MOST: Final = 500
"""Folders that are kept; the one that was trusted first goes first."""


class TrustedFolders:
    """The folders that the user trusts, each for itself: not those within it.

    A folder is what its path leads to: a link that leads elsewhere tomorrow is not trusted then.
    With each is kept whether the automatic mode is on there.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def folders(self) -> tuple[Path, ...]:
        """All of them, in the order they were trusted."""
        return tuple(map(Path, self._read()))

    def trusts(self, folder: Path) -> bool:
        """Whether what is in a folder may run by itself."""
        return _name(folder) in self._read()

    def is_on(self, folder: Path) -> bool:
        """Whether the automatic mode is on in a folder; never in one that is not trusted."""
        return self._read().get(_name(folder), False)

    def trust(self, folder: Path) -> None:
        """Trust a folder from now on, with the automatic mode on."""
        self._write({**self._read(), _name(folder): True})

    def switch(self, folder: Path, *, on: bool) -> None:
        """Keep whether the automatic mode is on; nothing changes in a folder not trusted."""
        if self.trusts(folder):
            self._write({**self._read(), _name(folder): on})

    def revoke(self, folder: Path) -> None:
        """Trust a folder no more."""
        self._write({name: on for name, on in self._read().items() if name != _name(folder)})

    def _read(self) -> dict[str, bool]:
        try:
            found = json.loads(self._settings.text(_KEY, "{}"))
        except ValueError:
            return {}
        if not isinstance(found, dict):
            return {}
        return {name: on is True for name, on in found.items() if isinstance(name, str)}

    def _write(self, folders: dict[str, bool]) -> None:
        kept = dict(list(folders.items())[-_MOST:])
        self._settings.set(_KEY, json.dumps(kept))
        self._settings.flush()


def _name(folder: Path) -> str:
    return str(folder.resolve())
