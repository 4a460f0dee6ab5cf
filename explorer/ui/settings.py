"""What the window remembers between two runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

ORGANISATION = "Layerscope"
APPLICATION = "layerscope"


class Settings:
    """Typed access to a ``QSettings``; a value of the wrong kind counts as absent."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings(ORGANISATION, APPLICATION)

    @classmethod
    def at(cls, path: Path) -> Settings:
        """Return settings kept in the file ``path``."""
        return cls(QSettings(str(path), QSettings.Format.IniFormat))

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self._store.value(key, default)
        # An INI file keeps words where the native formats keep types.
        return value.lower() == "true" if isinstance(value, str) else bool(value)

    def number(self, key: str, default: int = 0) -> int:
        """Return a whole number."""
        value = self._store.value(key, default)
        try:
            return int(str(value))
        except ValueError:
            return default

    def data(self, key: str) -> QByteArray:
        """Return bytes such as the state of a window, empty where there are none."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set(self, key: str, value: str | bool | int) -> None:
        """Keep a value."""
        self._store.setValue(key, value)

    def set_data(self, key: str, value: QByteArray) -> None:
        """Keep bytes."""
        self._store.setValue(key, value)

    def remove(self, keys: Sequence[str]) -> None:
        """Forget values."""
        for key in keys:
            self._store.remove(key)

    def flush(self) -> None:
        """Write what is not written yet."""
        self._store.sync()
