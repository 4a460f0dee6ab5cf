"""What :mod:`tests.ui.cold_start` measures: a window that tells when it is there, and ends.

Run as a module with the name of a subject. Nothing is imported here that a start does not need.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from typing import Any


def bare() -> int:
    """The least window there is."""
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.setCentralWidget(QLabel("Hello"))
    window.resize(1180, 760)
    tell_when_painted(window)
    window.show()
    return app.exec()


def layerscope() -> int:
    """The application's window."""
    from explorer.ui import app

    load = importlib.import_module

    def watched_load(name: str, package: str | None = None) -> Any:
        module = load(name, package)
        if name == "explorer.ui.session":
            watch_windows()
        return module

    importlib.import_module = watched_load
    return app.main([])


def watch_windows() -> None:
    """Have every window tell, from when it is shown."""
    from PySide6.QtWidgets import QMainWindow

    show = QMainWindow.show

    def watched_show(window: QMainWindow) -> None:
        tell_when_painted(window)
        show(window)

    QMainWindow.show = watched_show  # type: ignore[method-assign]


def tell_when_painted(window: Any) -> None:
    """Print the time when ``window`` is painted and the event loop is back, and end."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        timer: QTimer | None = None

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
            if event.type() == QEvent.Type.Paint and self.timer is None:
                self.timer = QTimer(self, singleShot=True, interval=0)
                self.timer.timeout.connect(tell)
                self.timer.start()
            return False

    window.installEventFilter(Watch(window))


def tell() -> None:
    """Print the time and end at once: what comes after is not measured."""
    print(time.monotonic(), flush=True)
    os._exit(0)


if __name__ == "__main__":
    sys.exit({"bare": bare, "layerscope": layerscope}[sys.argv[1]]())
