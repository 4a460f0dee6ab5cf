"""The panel of the tour: a sentence or three, and the way on. It drives the viewer model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.tour.steps import Step
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.labels import Label, heading, muted

_WIDEST = 900
"""Pixels; longer lines are hard to read."""


class TourPanel(QFrame):
    """A guided tour of the image in view. ``show_view`` brings a view to the front by name."""

    closed = Signal()
    """The tour is over."""

    def __init__(
        self,
        model: ViewerModel,
        steps: Sequence[Step],
        show_view: Callable[[str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._steps, self._show_view = model, steps, show_view
        self._at = 0
        self._started = False
        self.setObjectName("card")
        self.setAccessibleName("Guided tour")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._place = muted("", self)
        self._title = heading("", self, scale=1.1)
        self._text = Label("", self, wrap=True)
        self._text.setMaximumWidth(_WIDEST)
        self.back = QPushButton("Back", self)
        self.next = QPushButton("Next", self)
        self.next.setDefault(True)
        self._lay_out()
        self.back.clicked.connect(lambda: self.go(self._at - 1))
        self.next.clicked.connect(self._on)
        model.imageChanged.connect(self._start)
        self._say()
        self._start()

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self._steps[self._at]

    def go(self, number: int) -> None:
        """Go to a step, and bring into view what it speaks of."""
        self._at = max(0, min(number, len(self._steps) - 1))
        self._say()
        self._show()

    def close_tour(self) -> None:
        """End the tour; what is in view stays."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk through the tour, Escape ends it."""
        key = event.key()
        if key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown):
            self._on()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp):
            self.go(self._at - 1)
        elif key == Qt.Key.Key_Escape:
            self.close_tour()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(theme.space(1))
        head = QHBoxLayout()
        head.setSpacing(theme.space(3))
        head.addWidget(self._title)
        head.addWidget(self._place)
        head.addStretch(1)
        words.addLayout(head)
        words.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(4), theme.space(3), theme.space(3), theme.space(3))
        row.setSpacing(theme.space(2))
        row.addLayout(words, 1)
        bottom = Qt.AlignmentFlag.AlignBottom
        row.addWidget(self.back, 0, bottom)
        row.addWidget(self.next, 0, bottom)
        close = IconButton("close", "End the tour", self, clicked=self.close_tour)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    def _say(self) -> None:
        step, last = self.step, self._at == len(self._steps) - 1
        self._title.setText(step.title)
        self._text.setText(step.text)
        self._place.setText(f"{self._at + 1} of {len(self._steps)}")
        self.back.setEnabled(self._at > 0)
        self.next.setText("Done" if last else "Next")
        self.setAccessibleDescription(f"{step.title}. {step.text}")

    def _on(self) -> None:
        if self._at == len(self._steps) - 1:
            self.close_tour()
        else:
            self.go(self._at + 1)

    def _start(self) -> None:
        """Show the first step as soon as there is something to show."""
        if not self._started and self._model.is_complete:
            self._started = True
            self._show()

    def _show(self) -> None:
        model, step = self._model, self.step
        image = model.image
        if image is None:
            return
        model.select_layers(step.first, step.last)
        model.set_mode(step.mode)
        node = image.stack.trie.find(step.path)
        if node is None:
            return
        # A directory is looked into, a file is looked at.
        if step.view in ("inspector", "usage") or int(image.stack.trie.end[node]) == node + 1:
            model.select_node(node)
        else:
            model.go_to(node)
        self._show_view(step.view)
