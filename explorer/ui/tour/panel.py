"""The tour as a panel over the views: it says something, and has them show it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui import theme
from explorer.ui.explore.model import ViewerModel
from explorer.ui.tour.steps import Step, Tour
from explorer.ui.widgets.buttons import IconButton
from explorer.ui.widgets.labels import Label, heading, muted


class TourPanel(QWidget):
    """Comes by itself when the model opens the image the tour is about; then Next, Back, close.

    ``view_wanted`` asks for one of the views of :data:`explorer.ui.tour.steps.VIEWS`; everything
    else the panel asks of the model. Arrow keys and Escape work while the focus is in it.
    """

    view_wanted = Signal(str)
    closed = Signal()

    def __init__(
        self, model: ViewerModel, parent: QWidget | None = None, *, tour: Tour | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.tour = tour or Tour.of_the_sample()
        self._at = -1
        self._pending = False
        self._dismissed = False
        self._title = heading("", self, scale=1.1)
        self._text = Label("", self, wrap=True)
        self._count = muted("", self)
        self._dots = Dots(len(self.tour.steps), self)
        self._back = QPushButton("Back", self)
        self._next = QPushButton("Next", self)
        self._lay_out()
        self.setAccessibleName("Guided tour")
        model.documentChanged.connect(self._look_at_document)
        model.imageChanged.connect(self._catch_up)
        self._back.clicked.connect(self.back)
        self._next.clicked.connect(self.forward)
        self.hide()
        self._look_at_document()

    @property
    def step(self) -> Step | None:
        """The step that is shown; None before the start."""
        return self.tour.steps[self._at] if self._at >= 0 else None

    def start(self) -> None:
        """Begin, or begin anew."""
        self._dismissed = False
        self.show()
        self.go_to(0)

    def go_to(self, number: int) -> None:
        """Show one step, counted from 0."""
        self._at = max(0, min(number, len(self.tour.steps) - 1))
        step = self.tour.steps[self._at]
        last = self._at == len(self.tour.steps) - 1
        self._title.setText(step.title)
        self._text.setText(step.text)
        self._count.setText(f"Step {self._at + 1} of {len(self.tour.steps)}")
        self._dots.show_step(self._at)
        self._back.setEnabled(self._at > 0)
        self._next.setText("Finish" if last else "Next")
        self.setAccessibleDescription(f"{self._count.text()}: {step.title}. {step.text}")
        self._pending = True
        self._catch_up()

    def forward(self) -> None:
        """Go to the next step; after the last, close."""
        if self._at == len(self.tour.steps) - 1:
            self.dismiss()
        else:
            self.go_to(self._at + 1)

    def back(self) -> None:
        """Go to the step before."""
        if self._at > 0:
            self.go_to(self._at - 1)

    def dismiss(self) -> None:
        """Close the tour; it does not come back by itself."""
        self._dismissed = True
        self._pending = False
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys turn the pages, Escape closes."""
        actions = {
            Qt.Key.Key_Right: self.forward,
            Qt.Key.Key_Left: self.back,
            Qt.Key.Key_PageDown: self.forward,
            Qt.Key.Key_PageUp: self.back,
            Qt.Key.Key_Escape: self.dismiss,
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card in the accent's tint."""
        painter, colors = QPainter(self), theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.blend(colors.accent, colors.accent_soft, 0.4), 1))
        painter.setBrush(colors.accent_soft)
        edge = theme.space(2)
        card = QRectF(self.rect()).adjusted(edge + 0.5, edge + 0.5, -edge - 0.5, -0.5)
        painter.drawRoundedRect(card, 8, 8)

    # -- driving the model --------------------------------------------------------------------

    def _look_at_document(self) -> None:
        document = self._model.document
        about = document is not None and self.tour.image in document.names
        if not about:
            self.hide()
        elif not self._dismissed and self.isHidden():
            self.start()

    def _catch_up(self) -> None:
        """Have the views show the step, as soon as the image is there."""
        image, step = self._model.image, self.step
        if image is None or step is None or not self._pending:
            return
        node = image.stack.trie.find(step.path.encode())
        if node is None:
            return  # a layer that has it is still being read
        self._pending = False
        model = self._model
        model.select_layers(step.first, step.last)
        model.set_mode(step.mode)
        model.select_node(None)
        model.go_to(node)
        self.view_wanted.emit(step.view)

    # -- composition --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        top = QHBoxLayout()
        top.setSpacing(theme.space(3))
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._count)
        top.addWidget(self._dots)
        top.addWidget(IconButton("close", "Close the tour", self, clicked=self.dismiss))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.space(2))
        buttons.addWidget(self._back)
        buttons.addWidget(self._next)
        words = QHBoxLayout()
        words.setSpacing(theme.space(4))
        words.addWidget(self._text, 1)
        words.addLayout(buttons)
        words.setAlignment(buttons, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        edge = theme.space(2)
        layout.setContentsMargins(edge + 14, edge + 8, edge + 10, 10)
        layout.setSpacing(theme.space(1))
        layout.addLayout(top)
        layout.addLayout(words)


class Dots(QWidget):
    """A dot for each step, the one in view filled."""

    def __init__(self, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count, self._at = count, -1
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_step(self, at: int) -> None:
        """Fill another dot."""
        self._at = at
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the dots."""
        return QSize(self._count * 14, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dots."""
        painter, colors = QPainter(self), theme.colors()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.accent, 1.2))
        for number in range(self._count):
            painter.setBrush(colors.accent if number <= self._at else colors.accent_soft)
            painter.drawEllipse(QRectF(number * 14 + 3, 3, 8, 8))
