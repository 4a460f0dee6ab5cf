"""The command palette: type a few letters, press Enter. Also for going to a path.

Whatever can be searched is a :class:`Source`; the registry of actions is one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.actions import Actions, ActionSpec
from explorer.ui.overlay import MARGIN, FloatingCard
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
        from explorer.ui import fuzzy

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

    def ask(self, source: Source, text: str = "") -> None:
        """Open with ``text`` typed, and search ``source``."""
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
        return self._list.choices() if self._is_built else ()

    def place(self) -> None:
        """Stay in the middle of the upper part of the window."""
        window = self.host
        rows = max(1, min(self.ROWS, len(self._list.choices())))
        width = min(self.WIDTH, window.width() - theme.space(4)) + 2 * MARGIN
        self._list.show_rows(rows)
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
        if self._is_built:
            return
        from explorer.ui.palette_view import ChoiceList

        self._line = self._make_line()
        self._list = ChoiceList(self)
        self._list.picked.connect(self._run)
        self._nothing = muted("", self)
        self._nothing.setContentsMargins(theme.space(3), theme.space(2), 0, theme.space(3))
        layout = QVBoxLayout(self)
        edge = MARGIN + theme.space(2)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(theme.space(2))
        for widget in (self._line, self._list, self._nothing):
            layout.addWidget(widget)

    @property
    def _is_built(self) -> bool:
        return self.layout() is not None

    def _line_key(self, event: QKeyEvent) -> bool:
        key, count = Qt.Key(event.key()), len(self._list.choices())
        row = self._list.currentIndex().row()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(row)
            return True
        steps = {
            Qt.Key.Key_Down: (row + 1) % max(count, 1),
            Qt.Key.Key_Up: (row - 1) % max(count, 1),
            Qt.Key.Key_PageDown: min(count - 1, row + self.ROWS - 1),
            Qt.Key.Key_PageUp: max(0, row - self.ROWS + 1),
        }
        if key not in steps:
            return False
        self._list.choose(steps[key])
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
        self._list.show_choices(choices)
        self._nothing.setVisible(not choices)
        if self.isVisible():
            self.place()

    def _run(self, row: int) -> None:
        choices = self._list.choices()
        if not 0 <= row < len(choices):
            return
        choice = choices[row]
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
