"""Images made to order for the tests of the page, and the page opened on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QWidget

from explorer.store.cache import Caches
from explorer.ui.explore.commands import SPECS
from explorer.ui.explore.page import ExplorePage
from explorer.ui.settings import Settings
from explorer.ui.shell import Workspace
from explorer.ui.tasks import tasks
from explorer.ui.window import MainWindow
from tests.factory import (
    Entry,
    Image,
    ImageBuilder,
    directory,
    docker_archive_v25,
    file,
    hardlink,
    symlink,
    whiteout,
)
from tests.ui.waiting import until

BASE: tuple[Entry, ...] = (
    directory("etc"),
    file("etc/motd", "hello"),
    file("etc/passwd", "root:x:0:0\n"),
    file("old.conf", "o" * 2000),
    directory("usr"),
    directory("usr/share"),
    directory("usr/share/doc"),
    file("usr/share/doc/readme", "r" * 300),
)
WORK: tuple[Entry, ...] = (
    file("etc/motd", "hello, world"),
    file("etc/passwd", "root:x:0:0\n"),
    file("cache", "c" * 5000),
)
TIDY: tuple[Entry, ...] = (whiteout("old.conf"), whiteout("cache"))
APP: tuple[Entry, ...] = (
    directory("app"),
    file("app/main.py", "print()\n", mode=0o755),
    hardlink("app/again.py", "app/main.py"),
    symlink("app/link", "main.py"),
)
LAYERS = (BASE, WORK, TIDY, APP)


def tour(platform: str = "linux/amd64") -> Image:
    """Four layers and two steps without one: base, work, tidy, app."""
    return (
        ImageBuilder(platform)
        .add(*BASE, created_by="ADD rootfs.tar / # buildkit")
        .empty('CMD ["sh"]')
        .add(*WORK, created_by="RUN make && fetch > cache # buildkit")
        .add(*TIDY, created_by="RUN rm /old.conf /cache # buildkit")
        .empty("ENV MODE=production")
        .add(*APP, created_by="COPY app /app # buildkit")
        .configure(Cmd=["sh"])
        .tag("example.test/tour:1.0")
        .build()
    )


def save(image: Image, folder: Path, name: str = "tour.tar") -> str:
    """Write an image as ``docker save`` does; return the path."""
    path = folder / name
    docker_archive_v25(image).write(path)
    return str(path)


@asynccontextmanager
async def page_of(location: str, folder: Path) -> AsyncIterator[ExplorePage]:
    """The window with one image opened in it, and everything shown that it brings."""
    async with window_with(location, folder) as page:
        await settled(page)
        yield page


@asynccontextmanager
async def window_with(location: str, folder: Path) -> AsyncIterator[ExplorePage]:
    """The same, while it is still opening."""
    caches = Caches.at(folder / "cache")
    window = MainWindow(Settings.at(folder / "settings.ini"))
    window.add_workspace(
        Workspace(
            id="explore",
            title="Explore",
            icon="explore",
            help="Look inside images",
            open=lambda shell, where: ExplorePage(shell, where, caches=caches),
            home=lambda _shell: QWidget(),
            specs=SPECS,
        )
    )
    window.resize(1200, 800)
    window.show()
    window.open_paths([location])
    page = window.front()
    assert isinstance(page, ExplorePage)
    try:
        yield page
    finally:
        await page.aclose()


async def settled(page: ExplorePage) -> None:
    """Wait until nothing is under way any more."""
    await until(lambda: page.is_built and not tasks().running)
