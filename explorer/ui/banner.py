"""Inline messages at the top of a page, for what happened and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from explorer.ui import theme

# What a message is made of is imported with the first one: most runs show none while they start.

if TYPE_CHECKING:
    from explorer.ui.banner_card import Banner


class Kind(StrEnum):
    """How grave a message is; names its colours and icon."""

    INFO = "accent"
    GOOD = "good"
    WARN = "warn"
    ERROR = "danger"

    @property
    def icon(self) -> str:
        """The name of the icon."""
        return {"accent": "info", "good": "success", "warn": "warning", "danger": "error"}[self]

    @property
    def word(self) -> str:
        """The kind in a word, for screen readers."""
        return {"accent": "Note", "good": "Done", "warn": "Warning", "danger": "Error"}[self]


Action = tuple[str, Callable[[], object]]


class BannerStack(QWidget):
    """The banners of a page, newest first, at most three; takes no room while there are none."""

    LIMIT = 3

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._banners: list[Banner] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(theme.space(2), theme.space(2), theme.space(2), 0)
        self._layout.setSpacing(theme.space(2))
        self.hide()

    def banners(self) -> list[Banner]:
        """Return what is shown, newest first."""
        return list(self._banners)

    def show_error(self, title: str, error: BaseException, *, action: Action | None = None) -> None:
        """Show that what ``title`` names failed with ``error``."""
        from explorer.ui.banner_card import Banner
        from explorer.ui.report import Report

        self._show(Banner(Kind.ERROR, Report.of(title, error), action=action, parent=self))

    def show_message(
        self,
        kind: Kind,
        what: str,
        why: str = "",
        hint: str = "",
        *,
        action: Action | None = None,
        details: str = "",
    ) -> Banner:
        """Show a message and return its banner."""
        from explorer.ui.banner_card import Banner
        from explorer.ui.report import Report

        banner = Banner(kind, Report(what, why, hint, details), action=action, parent=self)
        self._show(banner)
        return banner

    def dismiss(self, banner: Banner) -> None:
        """Take ``banner`` away; does nothing if it is away already."""
        if banner not in self._banners:
            return
        self._banners.remove(banner)
        self._layout.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        self.setVisible(bool(self._banners))

    def clear(self) -> None:
        """Take all away."""
        for banner in self.banners():
            self.dismiss(banner)

    def _show(self, banner: Banner) -> None:
        # The same failure again, as after a second try, replaces its first report.
        for earlier in self.banners():
            if (earlier.kind, earlier.report.what) == (banner.kind, banner.report.what):
                self.dismiss(earlier)
        banner.dismissed.connect(lambda: self.dismiss(banner))
        self._banners.insert(0, banner)
        self._layout.insertWidget(0, banner)
        for extra in self._banners[self.LIMIT :]:
            self.dismiss(extra)
        self.show()


def present_on_page(owner: object, title: str, error: BaseException) -> bool:
    """Show ``error`` in the nearest :class:`BannerStack` around ``owner``; tell if one is."""
    widget = owner if isinstance(owner, QWidget) else None
    while widget is not None:
        stack = getattr(widget, "banners", None)
        if isinstance(stack, BannerStack):
            stack.show_error(title, error)
            return True
        widget = widget.parentWidget()
    return False
