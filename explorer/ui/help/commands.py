"""What the help's actions do; the page itself is made when it is first wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QApplication

from explorer.ui.banner import Kind

if TYPE_CHECKING:
    from explorer.ui.help.page import HelpPage
    from explorer.ui.window import MainWindow

LOCATION: Final = "layerscope:help"
_SAMPLE: Final = "file.open-sample"
TOPICS: Final = {
    "help.contents": "index",
    "help.filter-language": "filter-language",
    "help.command-line": "command-line",
    "help.privacy": "privacy",
}
"""The actions that lead to a topic."""


class HelpCommands:
    """Binds the actions of the help to the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        window.add_own_page(LOCATION, self._make)
        bind = window.actions_.bind
        bind("help.here", window, self._show_here)
        for id, topic in TOPICS.items():
            bind(id, window, partial(self.show, topic))

    def show(self, topic: str) -> None:
        """Show a topic, such as ``layers`` or ``layers#whiteouts``."""
        from explorer.ui.help.library import Place

        page = self._window.own_page(LOCATION)
        page.show_place(Place.parse(topic))  # type: ignore[attr-defined]
        self._window.show_page(page)

    def _show_here(self) -> None:
        from explorer.ui.help.context import topic_of

        focused = QApplication.focusWidget()
        inside = focused is not None and self._window.isAncestorOf(focused)
        self.show(topic_of(focused if inside else self._window.front()))

    def _make(self) -> HelpPage:
        from explorer.ui.help.page import HelpPage

        return HelpPage(self._window.actions_, self._window.shell.settings, self._run)

    def _run(self, id: str) -> None:
        """Run an action as if the page before the help were in front."""
        if self._window.actions_.can_run(id):
            self._window.actions_.trigger(id)
            return
        help = self._window.own_page(LOCATION)
        earlier = next((page for page in self._window.visited() if page is not help), None)
        if earlier is not None:
            self._window.show_page(earlier)
            if self._window.actions_.can_run(id):
                self._window.actions_.trigger(id)
                return
            self._window.show_page(help)
        help.banners.show_message(
            Kind.INFO,
            f"“{self._window.actions_.spec(id).title.rstrip('…')}” has nothing to work on",
            hint="Open an image first",
            action=("Open the sample", partial(self._window.actions_.trigger, _SAMPLE)),
        )
