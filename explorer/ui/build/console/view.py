"""One build to look at: figures, steps with their waterfall, output of the chosen step."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from explorer.build.runs import BuildLog, StepRun
from explorer.ui.build.console.logpane import LogPane
from explorer.ui.build.console.stepsview import StepsView
from explorer.ui.build.console.still import Still
from explorer.ui.build.console.totals import TotalsBar
from explorer.ui.build.turning import TurningSplitter
from explorer.ui.widgets.empty import EmptyState


class BuildView(Still):
    """Shows a build as it goes, or one that is over."""

    line_wanted = Signal(int, bool)
    """Show this line of the Dockerfile; whether to put the focus there."""
    image_wanted = Signal(str)
    """Open the image of this digest in the explorer."""
    save_wanted = Signal(str)
    """Save the image of this digest."""
    whole_wanted = Signal(str)
    """Open all that a step printed: the name of a file of the history."""
    stop_wanted = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.log: BuildLog | None = None
        self.totals = TotalsBar(self)
        self.steps = StepsView(self)
        self.output = LogPane(self)
        self.split = TurningSplitter(self.steps, self.output, self, share=56)
        self._lay_out(action)
        self.steps.chosen.connect(self.output.show_step)
        self.steps.entered.connect(self._enter)
        self.output.line_wanted.connect(lambda line: self.line_wanted.emit(line, True))
        self.output.left_wanted.connect(self.image_wanted)
        self.output.whole_wanted.connect(self.whole_wanted)
        self.totals.result_wanted.connect(self.image_wanted)
        self.totals.save_wanted.connect(self.save_wanted)
        self.totals.stop_wanted.connect(self.stop_wanted)

    def show_log(self, log: BuildLog, now: float) -> None:
        """Show another build."""
        self.log = log
        self._pages.setCurrentIndex(1)
        self.totals.show_log(log, now)
        self.steps.show_log(log, now)

    def renew(self, changed: Iterable[str], now: float) -> None:
        """The build went on."""
        if self.log is None:
            return
        ids = set(changed)
        self.totals.show_log(self.log, now)
        self.steps.renew(ids, now)
        shown = self.output.step
        if shown is not None and shown.id in ids:
            self.output.renew()

    def _enter(self, step: StepRun) -> None:
        if step.info.line:
            self.line_wanted.emit(step.info.line, False)

    def _lay_out(self, action: tuple[str, Callable[[], object]] | None) -> None:
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.totals)
        column.addWidget(self.split, 1)
        self._pages = QStackedLayout(self.body)
        self._pages.addWidget(
            EmptyState(
                "play",
                "Nothing was built yet",
                "A build shows its steps here, with their times and what they print.",
                self,
                action=action,
            )
        )
        self._pages.addWidget(listed)
        self.setFocusProxy(self.steps)
