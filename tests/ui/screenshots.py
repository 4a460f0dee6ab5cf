"""Pictures of the window, to be looked at: ``python -m tests.ui.screenshots --help``.

An image is opened in the real window on Qt's offscreen platform, brought into a state, and saved
as PNG. ``--do`` is Python, run with ``page``, ``model`` and ``window`` at hand; it can be given
several times, and the window settles in between.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Save a picture of the window.")
    parser.add_argument("image", nargs="?", default="", help="what to open; nothing: welcome")
    parser.add_argument("--out", type=Path, default=Path("screenshot.png"))
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--scale", type=float, default=1.0, help="2 for a 200 %% screen")
    parser.add_argument("--size", default="1280x800", help="of the window, unscaled")
    parser.add_argument("--do", action="append", default=[], metavar="PYTHON")
    parser.add_argument("--platform", default="offscreen")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    os.environ["QT_QPA_PLATFORM"] = arguments.platform
    os.environ["QT_SCALE_FACTOR"] = str(arguments.scale)
    # Only now: Qt reads its environment once.
    from qasync import QEventLoop

    from explorer.ui.session import Application

    app = Application(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(_picture(arguments))
    print(arguments.out)
    return 0


async def _picture(arguments: argparse.Namespace) -> None:
    from explorer.ui import theme
    from explorer.ui.garbage import Collector
    from explorer.ui.session import make_window
    from explorer.ui.settings import Settings

    theme.switch().install()
    theme.switch().set_mode(theme.Mode(arguments.theme))
    with tempfile.TemporaryDirectory() as folder:
        window = make_window(Settings.at(Path(folder) / "settings.ini"))
        window.resize(*map(int, arguments.size.split("x")))
        window.show()
        # As in the application: a thread must never collect what Qt owns.
        collector = Collector(window)
        collector.start()
        if arguments.image:
            window.open_paths([arguments.image])
        while arguments.image and window.front() is None:
            await asyncio.sleep(0.01)
        page = window.front()
        await settle()
        for script in arguments.do:
            names = {"window": window, "page": page, "model": getattr(page, "model", None)}
            exec(script, names)
            await settle()
        window.grab().save(str(arguments.out))
        collector.stop()
        if page is not None:
            await page.aclose()


async def settle(longest: float = 30.0) -> None:
    """Let the event loop run until no work is under way."""
    from explorer.ui.tasks import tasks

    loop = asyncio.get_running_loop()
    deadline = loop.time() + longest
    quiet = 0
    while quiet < 8 and loop.time() < deadline:
        await asyncio.sleep(0.03)
        quiet = 0 if tasks().running else quiet + 1


if __name__ == "__main__":
    sys.exit(main())
