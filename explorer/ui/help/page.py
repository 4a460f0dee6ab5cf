"""The help in a tab: topics and a search at the left, the text at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QVBoxLayout, QWidget

from explorer.ui import icons, theme
from explorer.ui.actions import Actions
from explorer.ui.help.commands import LOCATION
from explorer.ui.help.contents import Contents
from explorer.ui.help.finding import find
from explorer.ui.help.library import INDEX, Library, Place
from explorer.ui.help.reader import Reader
from explorer.ui.page import Page
from explorer.ui.settings import Settings
from explorer.ui.widgets.splitter import RememberingSplitter

_TWO_COLUMNS = 640


class HelpPage(Page):
    """Ask it for a place with :meth:`show_place`; Back and Forward go through places.

    ``run`` is called with the action of a link that runs one.
    """

    def __init__(
        self,
        actions: Actions,
        settings: Settings,
        run: Callable[[str], object],
        *,
        library: Library | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Help", location=LOCATION, icon="help", parent=parent)
        self._actions = actions
        self.library = library or Library()
        self.place = Place("")
        self._scrolled: dict[Place, int] = {}
        self._is_narrow = False
        self._search = self._make_search()
        self.contents = Contents(self)
        self.reader = Reader(self._keys_of, self)
        self._to_contents = self._make_button()
        self._lay_out(settings)
        self.contents.picked.connect(self.show_place)
        self.reader.place_wanted.connect(self.show_place)
        self.reader.action_wanted.connect(run)
        self.navigator.moved.connect(self._return_to)
        theme.switch().changed.connect(self._show_again)
        self.setFocusProxy(self._search)
        self.contents.show_topics(self.library.topics.values())
        self.show_place(Place(INDEX))

    def show_place(self, place: Place) -> None:
        """Show a topic from its beginning, or from a heading of it."""
        self._go(self.library.find_place(place))
        self.navigator.visit(self.place)
        self._show_contents(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the search on Escape, and then the list where it is in the way."""
        if event.key() == Qt.Key.Key_Escape and self._search.text():
            self._search.clear()
        elif event.key() == Qt.Key.Key_Escape and self._right.isHidden():
            self._show_contents(False)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list and in the text while the focus is on the search."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.contents.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.reader.turn_page(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._show_contents(False)
            self.reader.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            return False
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show list and text beside each other, or one of them where it is narrow."""
        super().resizeEvent(event)
        is_narrow = self.width() < _TWO_COLUMNS
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._show_contents(False)

    def _go(self, place: Place) -> None:
        if place.topic != self.place.topic:
            self._scrolled[self.place] = self.reader.verticalScrollBar().value()
            self.reader.show_text(place.topic, self.library.text(place.topic))
        self.place = place
        self.contents.choose(place)
        self._mark()
        if place.anchor:
            self.reader.scrollToAnchor(place.anchor)
        else:
            self.reader.verticalScrollBar().setValue(0)

    def _return_to(self, place: object) -> None:
        assert isinstance(place, Place)
        self._go(place)
        self.reader.verticalScrollBar().setValue(self._scrolled.get(place, 0))

    def _show_again(self) -> None:
        scrolled = self.reader.verticalScrollBar().value()
        self.reader.show_text(self.place.topic, self.library.text(self.place.topic))
        self._mark()
        self.reader.verticalScrollBar().setValue(scrolled)

    def _find(self, query: str) -> None:
        found = find(self.library, query)
        if not query.strip():
            self.contents.show_topics(self.library.topics.values())
        else:
            self.contents.show_found(found)
        if found and not self._is_narrow:
            self._go(found[0].place)
        else:
            self.contents.choose(self.place)
            self._mark()

    def _mark(self) -> None:
        self.reader.mark([word for word in self._search.text().split() if len(word) > 1])

    def _keys_of(self, id: str) -> str:
        try:
            keys = self._actions.action(id).shortcut()
        except KeyError:
            return ""
        return keys.toString(QKeySequence.SequenceFormat.NativeText)

    def _open_contents(self) -> None:
        self._show_contents(True)
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_contents(self, wanted: bool) -> None:
        """Where there is room for one, show the list or else the text."""
        self._left.setVisible(wanted or not self._is_narrow)
        self._right.setVisible(not wanted or not self._is_narrow)
        self._to_contents.setVisible(self._is_narrow)

    def _make_search(self) -> QLineEdit:
        line = QLineEdit(self)
        line.setPlaceholderText("Search the help")
        line.setAccessibleName("Search the help")
        line.setClearButtonEnabled(True)
        line.textChanged.connect(self._find)
        line.installEventFilter(self)
        return line

    def _make_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setText("Contents and search")
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.set_icon(button, "list")
        button.clicked.connect(self._open_contents)
        return button

    def _lay_out(self, settings: Settings) -> None:
        edge = theme.space(3)
        self._left, self._right = QWidget(self), QWidget(self)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(edge, edge, theme.space(2), 0)
        left.setSpacing(theme.space(2))
        left.addWidget(self._search)
        left.addWidget(self.contents, 1)
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.space(1))
        right.addWidget(self._to_contents)
        right.addWidget(self.reader, 1)
        splitter = RememberingSplitter(Qt.Orientation.Horizontal, settings, "help", self)
        splitter.fill([self._left, self._right], [270, 800])
        self.body.addWidget(splitter, 1)
        self._to_contents.hide()
