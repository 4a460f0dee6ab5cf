"""What was opened lately, with the sizes of its layers for a little picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.ui.settings import Settings

_KEY = "recents"
_MOST = 20
_MOST_LAYERS = 128
IMAGE = ""
DOCKERFILE = "dockerfile"
_TEXTS = ("location", "title", "subtitle", "opened", "kind")


@dataclass(frozen=True, slots=True)
class Recent:
    """One thing that was opened: ``layers`` are the sizes in bytes, lowest first.

    ``kind`` is :data:`IMAGE` or :data:`DOCKERFILE`.
    """

    location: str
    title: str
    subtitle: str = ""
    layers: tuple[int, ...] = ()
    opened: str = ""
    kind: str = ""

    @property
    def when(self) -> datetime | None:
        """When it was last opened, or ``None`` where that was not kept."""
        try:
            return datetime.fromisoformat(self.opened)
        except ValueError:
            return None

    @property
    def is_missing(self) -> bool:
        """Whether it is a file that is no longer there.

        Ask on a thread: a dead network mount takes its time to answer.
        """
        path = Path(self.location)
        try:
            return path.is_absolute() and not path.exists()
        except OSError:
            return True


class Recents(QObject):
    """The list, kept in the settings, newest first."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def all(self) -> list[Recent]:
        """Return them, newest first; what cannot be read is left out."""
        try:
            stored = json.loads(self._settings.text(_KEY, "[]"))
        except ValueError:
            return []
        if not isinstance(stored, list):
            return []
        return [recent for item in stored if (recent := _parse(item)) is not None]

    def find(self, location: str) -> Recent | None:
        """Return the one of ``location``, or ``None``."""
        return next((recent for recent in self.all() if recent.location == location), None)

    def add(
        self,
        location: str,
        title: str,
        subtitle: str = "",
        layers: Sequence[int] = (),
        kind: str = IMAGE,
    ) -> None:
        """Note that ``location`` was opened just now."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        newest = Recent(location, title, subtitle, tuple(layers[:_MOST_LAYERS]), now, kind)
        others = [recent for recent in self.all() if recent.location != location]
        self._keep([newest, *others][:_MOST])

    def remove(self, location: str) -> None:
        """Forget one."""
        self._keep([recent for recent in self.all() if recent.location != location])

    def clear(self) -> None:
        """Forget all."""
        self._keep([])

    def _keep(self, recents: Sequence[Recent]) -> None:
        self._settings.set(_KEY, json.dumps([asdict(recent) for recent in recents]))
        self.changed.emit()


def _parse(item: object) -> Recent | None:
    if not isinstance(item, dict):
        return None
    words = [item.get(name, "") for name in _TEXTS]
    layers = item.get("layers", [])
    if not all(isinstance(word, str) for word in words) or not words[0]:
        return None
    if not isinstance(layers, list) or not all(isinstance(size, int) for size in layers):
        layers = []
    bars = tuple(max(0, size) for size in layers)
    return Recent(words[0], words[1], words[2], bars, words[3], words[4])
