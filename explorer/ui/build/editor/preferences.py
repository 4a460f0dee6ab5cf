"""How somebody likes the editor, remembered from one file to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPlainTextEdit

from explorer.ui.settings import Settings

if TYPE_CHECKING:
    from explorer.ui.build.editor.editor import DockerfileEditor

_ZOOM: Final = "editor/zoom"
_WRAP: Final = "editor/wrap"
_WHITE_SPACE: Final = "editor/white-space"
_CHIPS: Final = "editor/chips"


class Preferences(QObject):
    """The size of the text, wrapping, white space and chips of one editor."""

    def __init__(self, editor: DockerfileEditor, settings: Settings) -> None:
        super().__init__(editor)
        self._editor, self._settings = editor, settings
        self._restore()
        editor.view.zoomed.connect(self.keep)

    def keep(self, *_ignored: object) -> None:
        """Remember how the editor is now."""
        view, settings = self._editor.view, self._settings
        settings.set(_ZOOM, round(view.scale * 100))
        settings.set(_WRAP, view.lineWrapMode() is not QPlainTextEdit.LineWrapMode.NoWrap)
        settings.set(_WHITE_SPACE, view.shows_white_space)
        settings.set(_CHIPS, self._editor.chips.visible)

    def _restore(self) -> None:
        view, settings = self._editor.view, self._settings
        mode = QPlainTextEdit.LineWrapMode
        view.set_scale(settings.number(_ZOOM, 100) / 100)
        view.setLineWrapMode(mode.WidgetWidth if settings.flag(_WRAP) else mode.NoWrap)
        view.show_white_space(settings.flag(_WHITE_SPACE))
        self._editor.chips.set_visible(settings.flag(_CHIPS, True))
