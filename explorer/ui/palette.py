"""The command palette: type a few letters, press Enter. Also for going to a path.

Whatever can be searched is a :class:`Source`; the registry of actions is one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget

from explorer.ui import fuzzy, theme
from explorer.ui.actions import Actions, ActionSpec
from explorer.ui.overlay import MARGIN, FloatingCard
from explorer.ui.palette_view import ChoiceDelegate, ChoiceModel
from explorer.ui.widgets.labels import muted


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the palette: what it says, and what Enter does."""

    title: str
    detail: str = ""
    keys: str = ""
    icon: str = ""
    matched: tuple[int, ...] = ()
    run: Callable[[], object] = lambda: None


class Source(Protocol):
    """Something to search with the palette.

    ``placeholder`` tells what to type, ``nothing`` what is said when nothing matches.
    """

    placeholder: str
    nothing: str

    def search(self, query: str, show: Callable[[Sequence[Choice]], None]) -> None:
        """Call ``show`` with the choices for ``query``, now or later; the last call counts."""


class ActionSource:
    """Every action that would do something now."""

    placeholder = "Type a command"
    nothing = "No command matches"

    def __init__(self, actions: Actions) -> None:
        self._actions = actions

    def search(self, query: str, show: Callable[[Sequence[Choice]], None]) -> None:
        """Rank the actions by their titles."""
        found = fuzzy.rank(query, self._actions.usable(), lambda spec: spec.title)
        show([self._choice(spec, match.positions) for spec, match in found])

    def _choice(self, spec: ActionSpec, matched: tuple[int, ...]) -> Choice:
        keys = self._actions.action(spec.id).shortcut()
        return Choice(
            title=spec.title,
            detail=spec.help,
            keys=keys.toString(QKeySequence.SequenceFormat.NativeText),
            icon=spec.icon,
            matched=matched,
            run=lambda: self._actions.trigger(spec.id),
        )


class Palette(FloatingCard):
    """A line to type in and the choices under it, over the upper part of the window."""

    WIDTH, ROWS = 620, 9

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._source: Source | None = None
        self._search = 0
        self._model = ChoiceModel(self)

    def ask(self, source: Source, text: str = "") -> None:
        """Open with ``text`` typed, and search ``source``."""
        if self.layout() is None:
            self._build()
        self._source = source
        self._line.setPlaceholderText(source.placeholder)
        self._line.setAccessibleName(source.placeholder)
        self._nothing.setText(source.nothing)
        self._line.setText(text)
        self._renew(text)
        self.open(self._line)

    def choices(self) -> Sequence[Choice]:
        """Return what is on offer, best first."""
        return self._model.choices()

    def place(self) -> None:
        """Stay in the middle of the upper part of the window."""
        window = self.host
        rows = max(1, min(self.ROWS, self._model.rowCount()))
        width = min(self.WIDTH, window.width() - theme.space(4)) + 2 * MARGIN
        self._list.setFixedHeight(rows * ChoiceDelegate.row_height(self._list) + 2)
        self.resize(width, self.sizeHint().height())
        self.move((window.width() - width) // 2, min(72, window.height() // 10))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Have the arrow keys move in the list while the focus is on the line."""
        if isinstance(watched, QLineEdit) and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._line_key(event)
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        """Make the parts at first use: a start without the palette is that much quicker."""
        self._line = self._make_line()
        self._list = self._make_list()
        self._nothing = muted("", self)
        self._nothing.setContentsMargins(theme.space(3), theme.space(2), 0, theme.space(3))
        layout = QVBoxLayout(self)
        edge = MARGIN + theme.space(2)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.space(2))
        for widget in (self._line, self._list, self._nothing):
            layout.addWidget(widget)

    def _line_key(self, event: QKeyEvent) -> bool:
        key, count = Qt.Key(event.key()), self._model.rowCount()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self._list.currentIndex())
            return True
        row = self._list.currentIndex().row()
        steps = {
            Qt.Key.Key_Down: (row + 1) % max(count, 1),
            Qt.Key.Key_Up: (row - 1) % max(count, 1),
            Qt.Key.Key_PageDown: min(count - 1, row + self.ROWS - 1),
            Qt.Key.Key_PageUp: max(0, row - self.ROWS + 1),
        }
        if key not in steps:
            return False
        self._list.setCurrentIndex(self._model.index(steps[key], 0))
        return True

    def _renew(self, text: str) -> None:
        if self._source is None:
            return
        self._search += 1
        search = self._search

        def show(choices: Sequence[Choice]) -> None:
            if search == self._search:
                self._show(choices)

        self._source.search(text, show)

    def _show(self, choices: Sequence[Choice]) -> None:
        self._model.set_choices(choices)
        self._list.setVisible(bool(choices))
        self._nothing.setVisible(not choices)
        self._list.setCurrentIndex(self._model.index(0, 0))
        self._list.scrollToTop()
        if self.isVisible():
            self.place()

    def _run(self, index: QModelIndex | QPersistentModelIndex) -> None:
        if not index.isValid():
            return
        choice = self._model.choices()[index.row()]
        self.close_card()
        choice.run()

    def _make_line(self) -> QLineEdit:
        line = QLineEdit(self)
        line.setFont(theme.ui_font(1.1))
        line.setClearButtonEnabled(True)
        line.textEdited.connect(self._renew)
        line.textChanged.connect(lambda text: None if text else self._renew(""))
        line.installEventFilter(self)
        return line

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setModel(self._model)
        view.setItemDelegate(ChoiceDelegate(view))
        view.setUniformItemSizes(True)
        view.setFrameShape(QListView.Shape.NoFrame)
        view.viewport().setAutoFillBackground(False)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setAccessibleName("Choices")
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.clicked.connect(self._run)
        view.setMouseTracking(True)
        view.entered.connect(view.setCurrentIndex)
        return view
