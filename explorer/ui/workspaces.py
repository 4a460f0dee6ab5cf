"""The workspaces of the rail."""

from __future__ import annotations

from explorer.ui.commands import START
from explorer.ui.explore.commands import SPECS
from explorer.ui.page import Page
from explorer.ui.shell import Shell, Workspace
from explorer.ui.welcome import Welcome


def explore() -> Workspace:
    """Return the workspace that looks inside images."""
    return Workspace(
        id="explore",
        title="Explore",
        icon="explore",
        help="Look inside images",
        open=_open_image,
        home=lambda shell: Welcome(shell, START),
        specs=SPECS,
    )


def _open_image(shell: Shell, location: str) -> Page:
    # Only now: arrays and decompressors take longer to import than the window to appear.
    from explorer.ui.explore.page import ExplorePage

    return ExplorePage(shell, location)
