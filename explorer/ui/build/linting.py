"""All checks, those of other programs too: on demand, and again after each save from then on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.dockerfile.advice.model import Diagnostic
from explorer.dockerfile.linters.linting import Linters, Linting
from explorer.ui.build.snapshot import Reading
from explorer.ui.tasks import Operation


class LintRuns(QObject):
    """Runs hadolint and ShellCheck where they are installed; they read the text, nothing else."""

    done = Signal(object)
    """What the linters said: a :class:`Linting`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text = ""
        self._found: tuple[Diagnostic, ...] = ()
        self.is_on = False
        """Whether they were asked for once."""

    def run(self, reading: Reading, folder: Path) -> None:
        """Run them on a text."""
        self.is_on = True

        def take(linting: Linting) -> None:
            self._text, self._found = reading.text, linting.diagnostics
            self.done.emit(linting)

        Operation(self, "Running all checks").work(
            lambda job: Linters(folder=folder).lint(reading.program, job)
        ).success(take).replacing("lint").start()

    def found_in(self, reading: Reading) -> tuple[Diagnostic, ...]:
        """What they said of just this text; nothing of a text that changed since."""
        return self._found if reading.text == self._text else ()


def said_of(linting: Linting) -> str:
    """What came of it, in a few words."""
    parts = [*linting.notes]
    if linting.absent:
        parts.append(f"not installed: {', '.join(linting.absent)}")
    return "All checks ran" + (f" ({'; '.join(parts)})" if parts else "")
