"""A name taken apart: ``[HOST[:PORT]/]PATH[:TAG][@DIGEST]``, each part in its colour.

What nobody wrote and Docker fills in is said so.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.oci import Reference
from explorer.ui import text, theme
from explorer.ui.tips import plain_tip
from explorer.ui.widgets.labels import Label, muted

_ROLES: Final = {"host": "accent", "path": "added", "tag": "modified", "digest": "removed"}
_WORDS: Final = {"host": "registry", "path": "repository", "tag": "tag", "digest": "digest"}
_FILLED: Final = {
    "host": "filled in: no registry is named",
    "path": "library/ filled in: an official image",
    "tag": "filled in: no tag is named",
}

Piece = tuple[str, str]
"""A text, and the part it belongs to; empty for what stands between parts."""


def pieces(reference: Reference) -> list[Piece]:
    """The whole name in pieces, in order; the digest shortened."""
    found: list[Piece] = [(reference.host, "host"), ("/", ""), (reference.path, "path")]
    if reference.tag:
        found += [(":", ""), (reference.tag, "tag")]
    if reference.digest is not None:
        found += [("@", ""), (f"sha256:{text.short_digest(str(reference.digest))}…", "digest")]
    return found


class NameLine(QWidget):
    """The whole name on one line, each part in its colour; cut at the left where room is short."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: list[Piece] = []
        self.setFont(theme.mono_font())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_name(self, reference: Reference | None) -> None:
        """Show another name, or none."""
        self._pieces = pieces(reference) if reference is not None else []
        whole = str(reference) if reference is not None else ""
        self.setAccessibleName(whole)
        self.setToolTip(plain_tip(whole))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for all of it."""
        metrics = QFontMetrics(theme.mono_font())
        words = "".join(piece for piece, _ in self._pieces)
        return QSize(metrics.horizontalAdvance(words) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as much as there is room for: what stands last tells names apart."""
        painter, colors = QPainter(self), theme.colors()
        painter.setFont(theme.mono_font())
        metrics = painter.fontMetrics()
        shown = self._fitting(metrics)
        left = 0
        for words, part in shown:
            painter.setPen(getattr(colors, _ROLES[part]) if part else colors.muted)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            width = metrics.horizontalAdvance(words)
            painter.drawText(left, 0, width + 2, self.height(), flags, words)
            left += width

    def _fitting(self, metrics: QFontMetrics) -> list[Piece]:
        room = self.width()
        shown: list[Piece] = []
        for words, part in reversed(self._pieces):
            width = metrics.horizontalAdvance(words)
            if width > room:
                mode = Qt.TextElideMode.ElideLeft
                shown.append((metrics.elidedText(words, mode, max(room, 0)), part))
                break
            shown.append((words, part))
            room -= width
        return shown[::-1]


class NameParts(QWidget):
    """The name on one line, and below it each part with what it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = NameLine(self)
        self._rows: dict[str, tuple[Label, Label]] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.space(3))
        self._grid.setVerticalSpacing(theme.space(1))
        self._grid.setColumnStretch(1, 1)
        for row, (part, word) in enumerate(_WORDS.items()):
            name, value = Label(word, self, role=_ROLES[part]), muted("", self, wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            name.setBuddy(value)
            self._rows[part] = (name, value)
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(2))
        column.addWidget(self.line)
        column.addLayout(self._grid)
        self.show_name(None)

    def show_name(self, reference: Reference | None) -> None:
        """Explain another name, or none."""
        self.line.show_name(reference)
        self.setVisible(reference is not None)
        if reference is None:
            return
        self._say("host", reference.host, "host" in reference.defaults)
        self._say("path", reference.path, "namespace" in reference.defaults)
        self._say("tag", reference.tag, "tag" in reference.defaults)
        digest = str(reference.digest) if reference.digest is not None else ""
        self._say("digest", f"{digest[:19]}…" if digest else "", False)
        self._rows["digest"][1].setToolTip(digest)

    def _say(self, part: str, value: str, filled: bool) -> None:
        name, label = self._rows[part]
        label.setText(f"{value} ({_FILLED[part]})" if filled else value)
        for widget in (name, label):
            widget.setVisible(bool(value))
