"""Dropping files anywhere on the window, whichever widget is under them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen, QWindow
from PySide6.QtWidgets import QWidget

from explorer.ui import icons, theme
from explorer.ui.text import plural

_SCHEME = "docker://"
_LONGEST = 500


class DropTarget(QObject):
    """Takes files and folders dropped on ``window`` from outside, and calls ``dropped``.

    It listens where events reach the window, before any widget: a line to type in would otherwise
    take a dropped file for text. Drags within the application pass.
    """

    def __init__(self, window: QWidget, dropped: Callable[[Sequence[str]], object]) -> None:
        super().__init__(window)
        self._window, self._dropped = window, dropped
        self._handle: QWindow | None = None
        self._veil = DropVeil(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._follow_handle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is dropped; follow the window when the system makes it anew."""
        if watched is self._window:
            if event.type() in (QEvent.Type.WinIdChange, QEvent.Type.Show):
                self._follow_handle()
            return False
        kind = event.type()
        if kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove):
            assert isinstance(event, QDragMoveEvent)
            return self._hover(event)
        if kind == QEvent.Type.DragLeave:
            self._veil.hide()
        if kind == QEvent.Type.Drop:
            assert isinstance(event, QDropEvent)
            return self._drop(event)
        return False

    def _follow_handle(self) -> None:
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._handle:
            handle.installEventFilter(self)
            self._handle = handle

    def _hover(self, event: QDragMoveEvent) -> bool:
        paths = paths_of(event.mimeData())
        if not paths or event.source() is not None:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._veil.cover(len(paths))
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self._veil.hide()
        paths = paths_of(event.mimeData())
        if not paths or event.source() is not None:
            return False
        # Never "move": the source would then delete what was dropped.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._dropped(paths)
        return True


def paths_of(mime: QMimeData) -> list[str]:
    """Return the paths of the local files among what is dragged; or a ``docker://`` reference that
    is dragged as text."""
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()] or _reference(mime)


def _reference(mime: QMimeData) -> list[str]:
    words = mime.text().strip() if mime.hasText() else ""
    is_one = (
        words.startswith(_SCHEME) and len(words) <= _LONGEST and not any(map(str.isspace, words))
    )
    return [words] if is_one else []


class DropVeil(QWidget):
    """Covers the window while something hangs over it, and says what letting go will do."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, count: int) -> None:
        """Show that ``count`` things would be opened."""
        self._words = "Drop to open" if count == 1 else f"Drop to open {plural(count, 'item')}"
        parent = self.parentWidget()
        assert parent is not None
        self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a veil, a dashed frame, and the words."""
        colors, painter = theme.colors(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = colors.accent_soft
        veil.setAlphaF(0.95)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(colors.accent, 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 12, 12)
        middle = self.rect().center()
        picture = icons.pixmap("drop", 40, self.devicePixelRatioF(), colors.accent)
        painter.drawPixmap(middle.x() - 20, middle.y() - 44, picture)
        painter.setFont(theme.ui_font(1.4, bold=True))
        painter.setPen(colors.text)
        words = self.rect().translated(0, 24)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._words)
