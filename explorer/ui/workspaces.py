"""The workspaces of the rail."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from explorer.ui.build.locations import is_for_build
from explorer.ui.commands import START
from explorer.ui.explore.commands import SPECS
from explorer.ui.page import Page
from explorer.ui.registries.workspace import registries
from explorer.ui.shell import Shell, Workspace
from explorer.ui.welcome import Welcome

__all__ = ["explore", "registries"]

_NEEDS = ("explorer.ui.explore.page", "humanize")


def explore() -> Workspace:
    """Return the workspace that looks inside images."""
    return Workspace(
        id="explore",
        title="Explore",
        icon="explore",
        help="Look inside images",
        open=_open_image,
        home=_welcome,
        accepts=lambda location: not is_for_build(location),
        specs=SPECS,
        needs=_NEEDS,
    )


def _welcome(shell: Shell) -> QWidget:
    welcome = Welcome(shell, START)
    welcome.setProperty("help_topic", "start")
    return welcome


def _open_image(shell: Shell, location: str) -> Page:
    # Imported long ago: see needs. Arrays and decompressors take longer than the window to appear.
    from explorer.ui.explore.page import ExplorePage

    page = ExplorePage(shell, location)
    page.setProperty("help_topic", "start")
    return page
