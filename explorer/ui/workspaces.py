"""The workspaces of the rail."""

from __future__ import annotations

from explorer.ui.commands import START
from explorer.ui.page import Page
from explorer.ui.shell import Shell, Workspace
from explorer.ui.welcome import Welcome
from explorer.ui.widgets.empty import EmptyState


def explore() -> Workspace:
    """Return the workspace that looks inside images."""
    return Workspace(
        id="explore",
        title="Explore",
        icon="explore",
        help="Look inside images",
        open=_open_image,
        home=lambda shell: Welcome(shell, START),
    )


def _open_image(shell: Shell, location: str) -> Page:
    page = Page(location.rpartition("/")[2] or location, location=location)
    page.body.addWidget(EmptyState("layers", "Nothing to show yet", location, page))
    return page
