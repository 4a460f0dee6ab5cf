"""What is known of a Dockerfile at one moment, as values that views share. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.dockerfile.advice.model import Diagnostic
from explorer.dockerfile.checks.check import Checked
from explorer.dockerfile.document import Document
from explorer.dockerfile.services.folding import Fold
from explorer.dockerfile.services.outline import OutlineItem
from explorer.dockerfile.stages.model import Program, Stage, Step
from explorer.ui.build.graph.chart import Chart
from explorer.ui.build.graph.layout import Layout
from explorer.ui.build.options import Options


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What follows from the text and the options: nothing is run, nothing is fetched for it."""

    text: str = field(repr=False)
    options: Options
    document: Document
    checked: Checked
    diagnostics: tuple[Diagnostic, ...]
    outline: tuple[OutlineItem, ...]
    folds: tuple[Fold, ...]
    chart: Chart
    layout: Layout

    @property
    def program(self) -> Program:
        """What the Dockerfile means."""
        return self.checked.program

    def stage_at(self, line: int) -> Stage | None:
        """The stage that a line belongs to."""
        return self.program.stage_at(line)

    def step_at(self, line: int) -> tuple[Stage, Step | None] | None:
        """The stage and the step that are in force at a line: of a line between two, the upper.

        The step is ``None`` on the FROM itself; nothing is returned before the first FROM.
        """
        stage = self.program.stage_at(line)
        if stage is None:
            return None
        above = (s for s in reversed(stage.steps) if s.trigger is None and s.line <= line)
        return stage, next(above, None)
