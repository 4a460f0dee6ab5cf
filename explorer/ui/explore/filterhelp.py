"""The words of the filter language, each with an example that a press types."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from explorer.analysis.query import TERMS
from explorer.ui import theme
from explorer.ui.widgets.labels import heading, muted


class FilterHelp(QFrame):
    """Opens below a widget like a menu, and closes when something else is pressed."""

    chosen = Signal(str)
    """The user wants this example typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName("The filter language")
        content = QWidget(self)
        grid = QGridLayout(content)
        grid.setHorizontalSpacing(theme.space(4))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for row, term in enumerate(TERMS):
            grid.addWidget(self._example(term.example, term.meaning, content), row, 0)
            words = term.meaning
            if term.choices:
                words += f": {', '.join(term.choices)}"
            meaning = muted(words, content, wrap=True)
            meaning.setMinimumWidth(200)
            grid.addWidget(meaning, row, 1)
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.space(2))
        layout.addWidget(heading("Filter by…", self, scale=1.05))
        hint = "Words together must all hold; “or” between them, a minus before them, ( ) around."
        layout.addWidget(muted(hint, self, wrap=True))
        layout.addWidget(scroll, 1)

    def open_below(self, widget: QWidget) -> None:
        """Open under ``widget``, inside its window."""
        window = widget.window()
        corner = widget.mapTo(window, widget.rect().bottomLeft())
        width = min(620, window.width() - theme.space(4))
        left = min(corner.x(), window.width() - width - theme.space(2))
        height = min(520, max(200, window.height() - corner.y() - theme.space(4)))
        self.resize(width, height)
        self.move(window.mapToGlobal(QPoint(left, corner.y())))
        self.show()
        self.setFocus()

    def _example(self, example: str, meaning: str, parent: QWidget) -> QToolButton:
        button = QToolButton(parent)
        button.setAutoRaise(True)
        button.setFont(theme.mono_font(0.95))
        button.setText(example.replace("&", "&&"))
        button.setAccessibleName(f"Type {example}: {meaning}")
        button.clicked.connect(partial(self._choose, example))
        return button

    def _choose(self, example: str) -> None:
        self.hide()
        self.chosen.emit(example)
