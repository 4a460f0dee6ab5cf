"""What a tab of the window holds."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.banner import BannerStack
from explorer.ui.widgets.history import Navigator


class Page(QWidget):
    """One opened thing: banners on top, the page's own content in ``body``.

    ``location`` is what was opened (a path or a reference); opening it again brings this page to
    the front. Navigate through ``navigator``, and the window's Back and Forward work.
    """

    title_changed = Signal(str)

    def __init__(
        self, title: str, *, location: str = "", icon: str = "layers", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.location = location
        self.icon = icon
        self.navigator = Navigator(self)
        self._title = title
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.banners = BannerStack(self)
        layout.addWidget(self.banners)
        self.body = QVBoxLayout()
        layout.addLayout(self.body, 1)

    @property
    def title(self) -> str:
        """The words on the tab."""
        return self._title

    def set_title(self, title: str) -> None:
        """Change the words on the tab."""
        self._title = title
        self.title_changed.emit(title)

    def may_close(self) -> bool:
        """Return whether it may be closed now; else it asks what there is to ask, and closes then.

        Not asked when the window closes: what is not saved then must be kept by ``aclose``.
        """
        return True

    async def aclose(self) -> None:
        """Let go of files and the like; called when the tab or the window closes."""
