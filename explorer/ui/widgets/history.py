"""Back and forward through the places a page has shown."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

T = TypeVar("T")

_LIMIT = 200


class History(Generic[T]):
    """The places visited, and where among them we are."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._places: list[T] = []
        self._at = -1
        self._limit = limit

    @property
    def current(self) -> T | None:
        """The place we are at, or ``None`` before the first visit."""
        return self._places[self._at] if self._places else None

    @property
    def can_go_back(self) -> bool:
        """Whether a place lies before this one."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether we came back from a place."""
        return self._at < len(self._places) - 1

    def visit(self, place: T) -> bool:
        """Go to ``place``, forgetting what lay ahead; return whether it is another place."""
        if place == self.current:
            return False
        self._places = [*self._places[: self._at + 1], place][-self._limit :]
        self._at = len(self._places) - 1
        return True

    def back(self) -> T | None:
        """Go one place back and return it, or ``None`` where there is none."""
        return self._go(-1) if self.can_go_back else None

    def forward(self) -> T | None:
        """Go one place forward and return it, or ``None`` where there is none."""
        return self._go(1) if self.can_go_forward else None

    def _go(self, step: int) -> T:
        self._at += step
        return self._places[self._at]


class Navigator(QObject):
    """A :class:`History` that tells the page where to go, and the buttons what they can do."""

    moved = Signal(object)
    """Back or forward was pressed: show this place."""
    changed = Signal()
    """What lies back and forward changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: History[object] = History()

    @property
    def can_go_back(self) -> bool:
        """Whether a place lies before this one."""
        return self._history.can_go_back

    @property
    def can_go_forward(self) -> bool:
        """Whether we came back from a place."""
        return self._history.can_go_forward

    def visit(self, place: object) -> None:
        """Note that the page now shows ``place`` (any value that compares by equality)."""
        if self._history.visit(place):
            self.changed.emit()

    def back(self) -> None:
        """Go one place back."""
        self._move(self._history.back())

    def forward(self) -> None:
        """Go one place forward."""
        self._move(self._history.forward())

    def _move(self, place: object | None) -> None:
        if place is not None:
            self.moved.emit(place)
            self.changed.emit()
