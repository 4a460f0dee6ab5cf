"""The least that a window of PySide6 takes: an application, an empty main window, painted.

    python -m tests.benchmarks.probes.bare_window

Prints what ``time.perf_counter`` says once the window takes input.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class _Painted(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._done)
        return False

    @staticmethod
    def _done() -> None:
        print(time.perf_counter(), flush=True)
        QApplication.quit()


def main() -> None:
    app = QApplication([])
    window, painted = QMainWindow(), _Painted()
    window.installEventFilter(painted)
    window.resize(1180, 760)
    window.show()
    app.exec()


if __name__ == "__main__":
    main()
