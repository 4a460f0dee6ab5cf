"""One run of the application, from the first window to the last clean-up."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from explorer import __version__
from explorer.ui import icons, messages, theme
from explorer.ui.build.workspace import bind as bind_build
from explorer.ui.build.workspace import build
from explorer.ui.garbage import Collector
from explorer.ui.painted import first_paint
from explorer.ui.resources import resource
from explorer.ui.settings import APPLICATION, ORGANISATION, Settings
from explorer.ui.single_instance import Request, SingleInstance
from explorer.ui.window import MainWindow
from explorer.ui.workspaces import explore, registries

_DESKTOP_FILE = "io.github.layerscope.Layerscope"
_STYLE = ("-style", "fusion")  # said so, Qt's other styles are not even loaded
_SWITCH_INTERVAL = 0.0005  # seconds that a thread keeps the interpreter from the window
_SAMPLE = "sample.tar"


class Application(QApplication):
    """Hears of files that the system asks us to open (on macOS, instead of arguments)."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__([*arguments, *_STYLE])
        self.open_paths: Callable[[Sequence[str]], object] = self._keep
        self.waiting: list[str] = []
        self.setApplicationName(APPLICATION)
        self.setApplicationDisplayName("Layerscope")
        self.setOrganizationName(ORGANISATION)
        self.setApplicationVersion(__version__)
        self.setQuitOnLastWindowClosed(False)
        QGuiApplication.setDesktopFileName(_DESKTOP_FILE)

    def event(self, event: QEvent) -> bool:
        """Open what the system hands over; before there is a window, keep it."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.open_paths([event.file()])
            return True
        return super().event(event)

    def _keep(self, paths: Sequence[str]) -> None:
        self.waiting.extend(paths)


def run(paths: Sequence[str], instance: SingleInstance) -> int:
    """Show the window with ``paths`` opened, and return 0 once it is closed.

    ``instance`` is the first one; it takes what later launches hand over.
    """
    messages.install()
    # With two threads at work, Python's 5 ms kept the window waiting for up to 236 ms; this, for
    # 16 ms, and the threads got no less done.
    sys.setswitchinterval(_SWITCH_INTERVAL)
    app = Application(sys.argv[:1])
    theme.switch().install()
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(_live(app, instance, paths))
    return 0


async def _live(app: Application, instance: SingleInstance, paths: Sequence[str]) -> None:
    window = make_window(Settings())
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    # While it closes, a window takes nothing over any more: the next launch has its own.
    window.closing.connect(instance.close)
    instance.requested.connect(lambda request: _serve(window, request))
    _close_on_signals(window)
    collector = Collector(window)
    collector.start()
    window.importing.connect(collector.hold)
    window.imported.connect(collector.settle)
    window.expect_pages(bool(paths))
    window.show()
    await first_paint(window)
    app.setWindowIcon(icons.application_icon())
    app.open_paths = window.open_paths
    window.open_paths([*paths, *app.waiting])
    window.expect_pages(False)
    window.warm_up()
    if window.isVisible():
        instance.listen()
    await closed.wait()
    collector.stop()
    window.deleteLater()


def make_window(settings: Settings) -> MainWindow:
    """Return the window with its workspaces, not shown yet."""
    sample = resource(_SAMPLE)
    window = MainWindow(settings, sample=(lambda: str(sample)) if sample.exists() else None)
    window.add_workspace(explore(), build(), registries())
    bind_build(window)
    return window


def _serve(window: MainWindow, request: Request) -> None:
    if request.activation:
        os.environ["XDG_ACTIVATION_TOKEN"] = request.activation
    window.come_to_front()
    window.open_paths(request.paths)


def _close_on_signals(window: MainWindow) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, window.close)
        except (NotImplementedError, RuntimeError):
            signal.signal(name, lambda *_args: loop.call_soon_threadsafe(window.close))
