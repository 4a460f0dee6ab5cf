"""The packages of a bill of materials, with a line that filters them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from explorer.analysis.attestations.values import Bom, Package
from explorer.oci.layout import one_line
from explorer.progress import Job
from explorer.ui import text, theme
from explorer.ui.facts.tables import Line, LineTable
from explorer.ui.tasks import Operation
from explorer.ui.widgets.labels import muted

HEADS: Final = ("Name", "Version", "Licence", "Package URL")
_PLAIN: Final = 0
"""Lines without a layer are muted; these are no less than others."""
_STEP: Final = 1000
_PAUSE_MS: Final = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A package as it is shown, and the words a filter finds it by."""

    words: str
    line: Line


class PackageList(QWidget):
    """Shows a :class:`Bom`; the filter looks at all columns. Rows are made in a thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("Filter by name, version, licence")
        self.filter.setAccessibleName("Filter packages")
        self.filter.setClearButtonEnabled(True)
        self.table = LineTable("Packages of the SBOM", HEADS, 3, self)
        self.count = muted("", self)
        self.filter.textChanged.connect(self._renew)
        self.setFocusProxy(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.space(2), theme.space(1), theme.space(2), theme.space(1))
        column.setSpacing(theme.space(1))
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        column.addWidget(self.count)

    def show_bom(self, bom: Bom | None) -> None:
        """Show another list, or none."""
        self._take(())
        if bom is None:
            return
        (
            Operation(self, "Listing packages")
            .work(lambda job: rows_of(bom, job))
            .success(self._take)
            .quiet()
            .replacing("rows")
            .start()
        )

    def _take(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._show([row.line for row in rows] if not self.filter.text().strip() else [])
        if self.filter.text().strip():
            self._renew()

    def _renew(self) -> None:
        rows, wanted = self._rows, self.filter.text().casefold().split()
        (
            Operation(self, "Filtering packages")
            .work(lambda job: matching(rows, wanted, job))
            .success(self._show)
            .quiet()
            .after(_PAUSE_MS)
            .replacing("filter")
            .start()
        )

    def _show(self, lines: Sequence[Line]) -> None:
        self.table.show_lines(lines)
        total = text.plural(len(self._rows), "package")
        filtered = bool(self.filter.text().strip())
        self.count.setText(f"{text.count(len(lines))} of {total}" if filtered else total)


def rows_of(bom: Bom, job: Job) -> tuple[Row, ...]:
    """The packages by name; takes a while for thousands."""
    rows: list[Row] = []
    packages = sorted(bom.packages, key=lambda p: (p.name.casefold(), p.version))
    for number, package in enumerate(packages):
        if not number % _STEP:
            job.check()
        words = " ".join((package.name, package.version, package.license, package.purl))
        rows.append(Row(words.casefold(), _line(package)))
    return tuple(rows)


def matching(rows: Sequence[Row], wanted: Sequence[str], job: Job) -> list[Line]:
    """The lines in which all words stand."""
    found: list[Line] = []
    for number, row in enumerate(rows):
        if not number % _STEP:
            job.check()
        if all(word in row.words for word in wanted):
            found.append(row.line)
    return found


def _line(package: Package) -> Line:
    cells = (package.name, package.version, package.license, package.purl)
    return Line(tuple(one_line(cell) for cell in cells), _PLAIN, package.supplier)
