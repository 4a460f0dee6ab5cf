"""What would make the image smaller or safer, as cards: how much, why, and the remedy."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from explorer.analysis.suggestions import Suggestion
from explorer.ui import text, theme
from explorer.ui.widgets.badge import Badge, Tone
from explorer.ui.widgets.labels import Label, muted

_WAITING = "Looking at what the layers hold…"
_NOTHING = "Nothing stands out: hardly a byte is stored in vain."
_LAYERS = 6  # links to layers on a card
_AT_ONCE = 3  # cards made in one turn of the event loop


class AdviceList(QScrollArea):
    """Cards, the largest saving first."""

    asked_layer = Signal(int)
    """A layer was clicked."""
    asked_node = Signal(int)
    """The path that a card is about was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What would make the image smaller or safer")
        self._left: deque[Suggestion] = deque()
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._add_some)
        self.wait()

    def wait(self) -> None:
        """Say that the advice is being worked out."""
        self._fill((), _WAITING)

    def show_advice(self, advice: Sequence[Suggestion]) -> None:
        """Show other advice."""
        self._fill(advice, "" if advice else _NOTHING)

    def _fill(self, advice: Sequence[Suggestion], instead: str) -> None:
        body = QWidget(self.viewport())
        self.setWidget(body)
        self._body, self._column = body, QVBoxLayout(body)
        self._column.setContentsMargins(*(theme.space(2),) * 4)
        self._column.setSpacing(theme.space(2))
        if instead:
            self._column.addWidget(muted(instead, body, wrap=True))
        self._column.addStretch(1)
        self._left = deque(advice)
        self._add_some()

    def _add_some(self) -> None:
        """Add a few cards, and the next ones when the window has answered."""
        for _ in range(min(_AT_ONCE, len(self._left))):
            card = self._card(self._left.popleft(), self._body)
            self._column.insertWidget(self._column.count() - 1, card)
        if self._left:
            self._more.start()

    def _card(self, advice: Suggestion, parent: QWidget) -> QWidget:
        card = QFrame(parent)
        card.setObjectName("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(2))
        column.setSpacing(theme.space(1))
        head = QHBoxLayout()
        head.setSpacing(theme.space(2))
        head.addWidget(_mark(advice, card), 0, Qt.AlignmentFlag.AlignTop)
        title = Label(advice.title, card, wrap=True)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        head.addWidget(title, 1)
        column.addLayout(head)
        column.addWidget(muted(f"{advice.why}.", card, wrap=True))
        column.addWidget(Label(f"{advice.do}.", card, wrap=True))
        column.addLayout(self._links(advice, card))
        return card

    def _links(self, advice: Suggestion, card: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.space(2))
        node = advice.node
        if node is not None:
            row.addWidget(_link("Show the path", card, lambda: self.asked_node.emit(node)))
        for layer in advice.layers[:_LAYERS]:
            row.addWidget(self._layer(layer, card))
        row.addStretch(1)
        return row

    def _layer(self, layer: int, card: QWidget) -> QToolButton:
        return _link(f"Layer {layer}", card, lambda: self.asked_layer.emit(layer))


def _mark(advice: Suggestion, parent: QWidget) -> Badge:
    if advice.saves:
        return Badge(text.size(advice.saves), Tone.WARN, parent, help="What it would save")
    risky = "secret" in advice.kind
    return Badge(advice.kind, Tone.DANGER if risky else Tone.NEUTRAL, parent)


def _link(words: str, parent: QWidget, clicked: object) -> QToolButton:
    button = QToolButton(parent)
    button.setText(words)
    button.setAccessibleName(words)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setProperty("link", True)
    button.clicked.connect(clicked)
    return button
