"""The workbench as a workspace of the window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtWidgets import QWidget

from explorer.ui.build.commands import SPECS, START, WINDOW
from explorer.ui.build.locations import dockerfile_in, is_for_build
from explorer.ui.page import Page
from explorer.ui.recents import DOCKERFILE
from explorer.ui.shell import Shell, Workspace
from explorer.ui.tasks import spawn
from explorer.ui.welcome import Welcome

if TYPE_CHECKING:
    from explorer.ui.window import MainWindow

_NEEDS: Final = ("explorer.ui.build.page", "explorer.ui.build.templates.page", "humanize")

NEW: Final = "layerscope:new-dockerfile"
"""The location of the page that begins a Dockerfile."""


def build() -> Workspace:
    """Return the workspace that shows what a Dockerfile will do."""
    return Workspace(
        id="build",
        title="Build",
        icon="build",
        help="See what each line of a Dockerfile will do",
        open=_open,
        home=_home,
        accepts=is_for_build,
        specs=SPECS,
        needs=_NEEDS,
    )


def bind(window: MainWindow) -> None:
    """Bind what can be done from anywhere; once, after the workspace is added."""
    actions = window.shell.actions
    starts = {"open": _ask_files, "open-folder": _ask_folder}
    for spec in WINDOW:
        name = spec.id.partition(".")[2]
        if name in starts:
            work = starts[name]
            actions.bind(spec.id, window, partial(_start, window, spec.title, work))
    actions.bind("build.new", window, partial(begin, window.shell, None))


def begin(shell: Shell, folder: Path | None) -> None:
    """Show the page that begins a Dockerfile, for a folder if one is known."""
    window = _window(shell)
    window.show_page(window.page_by_location(NEW) or _new_page(shell, folder), "build")


def _start(window: MainWindow, title: str, work: object) -> None:
    assert callable(work)
    spawn(window, title, work(window))


async def _ask_files(window: MainWindow) -> None:
    from explorer.ui.build import asking

    window.open_paths(await asking.ask_dockerfiles(window))


async def _ask_folder(window: MainWindow) -> None:
    from explorer.ui.build import asking

    folder = await asking.ask_folder(window, "Open folder to build")
    if folder:
        window.open_paths([folder])


def _home(shell: Shell) -> QWidget:
    home = Welcome(
        shell,
        START,
        title="Build",
        words="See what each line of a Dockerfile will do, before it runs.",
        dropping="or drop a Dockerfile or a folder anywhere on this window",
        kind=DOCKERFILE,
    )
    home.setProperty("help_topic", "building")
    return home


def _open(shell: Shell, location: str) -> Page:
    path = Path(location)
    if path.is_dir():
        found = dockerfile_in(path)
        if found is None:
            return _new_page(shell, path)
        path = found
    from explorer.ui.build.page import BuildPage

    return _window(shell).page_by_location(str(path)) or BuildPage(shell, str(path))


def _new_page(shell: Shell, folder: Path | None) -> Page:
    from explorer.ui.build.templates.page import NewPage

    return NewPage(shell, folder, created=partial(_created, shell))


def _created(shell: Shell, page: Page, path: str) -> None:
    _window(shell).close_page(page)
    shell.open_paths([path])


def _window(shell: Shell) -> MainWindow:
    return cast("MainWindow", shell.window)
