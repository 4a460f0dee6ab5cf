"""What the window lends to its pages, and what a workspace gives to the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from explorer.ui.actions import Actions, ActionSpec
from explorer.ui.page import Page
from explorer.ui.palette import Palette
from explorer.ui.recents import Recents
from explorer.ui.settings import Settings


@dataclass(frozen=True, slots=True)
class Shell:
    """The window's services, for pages: they know nothing else of it."""

    window: QWidget
    actions: Actions
    settings: Settings
    recents: Recents
    palette: Palette
    open_paths: Callable[[Sequence[str]], object]
    open_recent: Callable[[str], object]
    show_page: Callable[[Page], object]


@dataclass(frozen=True, slots=True)
class Workspace:
    """One of the rail's workspaces.

    ``open`` makes the page of a location; ``accepts`` tells which locations are for this workspace
    (the first that accepts gets it); ``home`` makes what is shown while nothing is open; ``specs``
    are the actions its pages bind. ``needs`` names modules that are imported, in a thread, before
    ``open`` is called: all that takes longer to import than the window may be away.
    """

    id: str
    title: str
    icon: str
    help: str
    open: Callable[[Shell, str], Page]
    home: Callable[[Shell], QWidget]
    accepts: Callable[[str], bool] = lambda _location: True
    specs: tuple[ActionSpec, ...] = ()
    needs: tuple[str, ...] = ()
