"""The packages of a bill of materials, with a line that filters them."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from explorer.analysis.attestations.values import Bom, Package
from explorer.oci.layout import one_line
from explorer.ui import text, theme
from explorer.ui.facts.tables import Line, LineTable
from explorer.ui.widgets.labels import muted

HEADS = ("Name", "Version", "Licence", "Package URL")
_PLAIN = 0
"""Lines without a layer are muted; these are no less than others."""


class PackageList(QWidget):
    """Shows a :class:`Bom`; the filter looks at all columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._packages: list[tuple[str, Line]] = []
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
        packages = bom.packages if bom is not None else ()
        self._packages = [
            (" ".join((p.name, p.version, p.license, p.purl)).casefold(), _line(p))
            for p in sorted(packages, key=lambda p: (p.name.casefold(), p.version))
        ]
        self._renew()

    def _renew(self) -> None:
        words = self.filter.text().casefold().split()
        found = [line for hay, line in self._packages if all(word in hay for word in words)]
        self.table.show_lines(found)
        total = text.plural(len(self._packages), "package")
        self.count.setText(f"{text.count(len(found))} of {total}" if words else total)


def _line(package: Package) -> Line:
    cells = (package.name, package.version, package.license, package.purl)
    return Line(tuple(one_line(cell) for cell in cells), _PLAIN, package.supplier)
