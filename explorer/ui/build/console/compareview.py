"""Two builds side by side: each step with its times, reasons, and whether it left the same."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.build.runs import BuildLog, Comparison, StepPair, StepRun, StepState
from explorer.ui import text, theme
from explorer.ui.build.console.filesview import FilesView
from explorer.ui.build.console.looks import BUILD
from explorer.ui.build.console.rows import Column, RowModel, RowTable, muted
from explorer.ui.build.turning import TurningSplitter
from explorer.ui.widgets.elided import ElidedLabel

_NOTICEABLE: Final = 0.05  # seconds


def _took(step: StepRun | None) -> str:
    if step is None:
        return "—"
    seconds = step.seconds(step.ended or 0.0)
    if seconds is None or step.state not in (StepState.DONE, StepState.RUNNING):
        return step.state.word
    return text.duration(seconds)


def _slower(by: float | None) -> str:
    if by is None or abs(by) < _NOTICEABLE:
        return ""
    return f"{'+' if by > 0 else '−'}{text.duration(abs(by))}"


def _files(pair: StepPair) -> str:
    if pair.before is None:
        return "new step"
    if pair.after is None:
        return "gone"
    if pair.same_layer is None:
        return ""
    if pair.same_layer:
        return "same"
    return f"differ, {text.signed_size(pair.grew_by)}" if pair.grew_by else "differ"


def _because(pair: StepPair) -> str:
    return "; ".join(pair.after.because if pair.after is not None else ())


def _time_ink(pair: StepPair) -> QColor:
    scheme, by = theme.colors(), pair.slower_by
    if by is None:
        return scheme.muted
    return scheme.removed if by > 0 else scheme.added


def _files_ink(pair: StepPair) -> QColor:
    return theme.colors().modified if pair.same_layer is False else theme.colors().muted


COLUMNS: Final[tuple[Column[StepPair], ...]] = (
    Column("Step", lambda pair: " ".join(pair.step.info.text.split())[:400], 46, gives_way=True,
           mono=True, tip=lambda pair: pair.step.info.text),
    Column("Before", lambda pair: _took(pair.before), 16, right=True, ink=muted),
    Column("After", lambda pair: _took(pair.after), 16, right=True, ink=muted),
    Column("Time", lambda pair: _slower(pair.slower_by), 16, right=True, ink=_time_ink),
    Column("Files", _files, 24, ink=_files_ink),
    Column("Because", _because, 12, ink=muted),
)  # fmt: skip


class CompareModel(RowModel[StepPair]):
    """Rows of :class:`StepPair`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(COLUMNS, parent, spoken=self._spoken_row)

    def _spoken_row(self, pair: StepPair) -> str:
        return f"{pair.stage}: {', '.join(cell for cell in self.cells(pair) if cell)}"


class CompareView(QWidget):
    """A table of pairs under a line that tells which builds they are of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CompareModel(self)
        self.table = RowTable(self.model, "Two builds compared", self)
        self.files = FilesView(self)
        self._says = ElidedLabel("", self)
        self._lay_out()
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())

    def show_comparison(self, found: Comparison) -> None:
        """Show two other builds."""
        self.model.show(found.pairs)
        self._says.setText(words_of(found))
        differing = (row for row, pair in enumerate(found.pairs) if pair.same_layer is False)
        row = next(differing, None)
        if row is None:
            self.files.show_pair(None)
        else:
            self.table.selectRow(row)

    def _chosen(self) -> None:
        row = self.table.currentIndex().row()
        self.files.show_pair(self.model.rows[row] if 0 <= row < len(self.model.rows) else None)

    def words(self) -> str:
        """What is told of the two."""
        return self._says.text()

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(2), theme.space(3), theme.space(2))
        head.addWidget(self._says)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(0)
        column_.addLayout(head)
        split = TurningSplitter(self.table, self.files, self, share=56)
        column_.addWidget(split, 1)


def words_of(found: Comparison) -> str:
    """Which builds they are, and what differs as a whole."""
    before, after = found.before.totals(), found.after.totals()
    differ = sum(pair.same_layer is False for pair in found.pairs)
    by = after.wall - before.wall
    parts = [f"{_named(found.before)} → {_named(found.after)}"]
    parts.append(f"{text.duration(before.wall)} → {text.duration(after.wall)}")
    if abs(by) >= _NOTICEABLE:
        parts[-1] += f" ({_slower(by)})"
    parts.append(f"{before.cached} → {after.cached} cached")
    if differ:
        parts.append(f"{text.plural(differ, 'layer')} differ" + ("s" if differ == 1 else ""))
    return " · ".join(parts)


def _named(log: BuildLog) -> str:
    return f"{BUILD[log.state][2]} {text.moment(log.when)}"
