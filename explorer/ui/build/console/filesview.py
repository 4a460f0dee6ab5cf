"""What one step left in two builds, file by file."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from explorer.build.runs import StepPair
from explorer.build.runs.layerfiles import FileDifference, LayerFiles, compare_layers
from explorer.errors import ExplorerError
from explorer.filesystem.entry import Change, Entry
from explorer.store.cache import Caches
from explorer.store.images import ImageStore
from explorer.ui import text, theme
from explorer.ui.build.console.rows import Column, RowModel, RowTable, muted
from explorer.ui.tasks import Operation, loop_runs
from explorer.ui.widgets.elided import ElidedLabel
from explorer.ui.widgets.empty import EmptyState

_CHOOSE: Final = ("No step chosen", "Choose a step to see which of its files differ.")
_CHANGES: Final = (Change.ADDED, Change.MODIFIED, Change.REMOVED)


def _ink(row: FileDifference) -> QColor:
    scheme = theme.colors()
    color: QColor = getattr(scheme, row.change.word)
    return color


def _size(entry: Entry | None) -> str:
    return "—" if entry is None or entry.is_dir else text.size(entry.size)


COLUMNS: Final[tuple[Column[FileDifference], ...]] = (
    Column("", lambda row: row.change.glyph, 6, ink=_ink, tip=lambda row: row.change.word),
    Column("Path", lambda row: row.path, 60, gives_way=True, mono=True),
    Column("Before", lambda row: _size(row.before), 15, right=True, ink=muted),
    Column("After", lambda row: _size(row.after), 15, right=True, ink=muted),
    Column("Differs", lambda row: ", ".join(row.how), 20, ink=muted),
)


class FilesView(QWidget):
    """A table of the paths that differ, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model: RowModel[FileDifference] = RowModel(COLUMNS, self, spoken=_spoken)
        self.table = RowTable(self.model, "Files that differ", self)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._says = ElidedLabel("", self)
        self._empty = EmptyState("compare", *_CHOOSE, self)
        self._lay_out()

    def words(self) -> str:
        """What is told above the table, or in place of it."""
        return self._says.text()

    def show_pair(self, pair: StepPair | None) -> None:
        """Compare what a step left in both builds."""
        before = pair.before.layer if pair is not None and pair.before is not None else None
        after = pair.after.layer if pair is not None and pair.after is not None else None
        if pair is None:
            self._explain(*_CHOOSE)
        elif pair.before is None or pair.after is None:
            self._explain("Only one of the builds has this step", "There is nothing to compare.")
        elif before is None or after is None:
            self._explain("No files are known", "The step did not come to an end in both builds.")
        elif pair.same_layer:
            self._explain("The same files", "Both builds left the same layer.")
        elif loop_runs():
            self._says.setText("comparing…")
            (
                Operation(self, "Comparing what a step left")
                .work(lambda job: compare_layers(before, after, ImageStore.at(), Caches.at(), job))
                .success(self._show)
                .failure(self._failed)
                .replacing("files")
                .start()
            )

    def _show(self, found: LayerFiles) -> None:
        self.model.show(found.rows)
        counts = [(found.count(change), change.word) for change in _CHANGES]
        parts = [f"{count:,} {word}" for count, word in counts if count]
        if found.more:
            parts.append(f"{found.more:,} more differ")
        parts.append(f"{found.same:,} the same")
        self._says.setText(" · ".join(parts))
        if not found.rows:
            self._explain("The same files", "Only times differ, or the order they are stored in.")
            return
        self._pages.setCurrentIndex(1)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ExplorerError):
            raise error
        self._explain(error.what, ". ".join(part for part in (error.why, error.hint) if part))

    def _explain(self, title: str, hint: str) -> None:
        self.model.show(())
        self._says.setText(title)
        self._empty.explain(title, hint)
        self._pages.setCurrentIndex(0)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(theme.space(3), theme.space(1), theme.space(2), theme.space(1))
        head.addWidget(self._says, 1, Qt.AlignmentFlag.AlignVCenter)
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(listed)


def _spoken(row: FileDifference) -> str:
    return ", ".join(part for part in (row.path, row.change.word, *row.how) if part)
