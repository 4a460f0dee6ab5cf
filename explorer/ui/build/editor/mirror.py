"""The text of the editor as Python sees it, kept up to date piece by piece.

Reading the text of a large document anew on each keystroke takes longer than the keystroke may.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from explorer.ui.build.editor.characters import Characters
from explorer.ui.build.editor.units import ASTRAL, Units, width

_PARAGRAPH = "\u2029"


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of the text was replaced. Lines and columns count from 0, in Qt's units.

    What stood from ``(line, column)`` to ``(line + removed_lines, removed_column)`` now reaches
    to ``(line + added_lines, added_column)``.
    """

    position: int
    removed: int
    added: int
    line: int
    column: int
    removed_lines: int
    removed_column: int
    added_lines: int
    added_column: int

    @property
    def grown(self) -> int:
        """How many lines more there are."""
        return self.added_lines - self.removed_lines

    def moved_line(self, line: int) -> int | None:
        """Where a line that was at ``line`` is now; ``None`` where it was replaced."""
        last = self.line + self.removed_lines
        if line < self.line:
            return line
        if line > last:
            return line + self.grown
        if line == self.line and (self.column or not self.removed_lines):
            pushed_down = not self.column and not self.removed
            return line + self.added_lines if pushed_down else line
        joined = self.column and not self.added_lines
        if line == last and not self.removed_column and not joined:
            return line + self.grown
        return None

    def moved(self, position: int, *, sticky: bool = False) -> int:
        """Where a Qt position is now; ``sticky`` ones stay before what is inserted at them."""
        if position < self.position or (sticky and position == self.position):
            return position
        if position >= self.position + self.removed:
            return position + self.added - self.removed
        return self.position


class Mirror(QObject):
    """Connect to :attr:`changed` before anything else follows the document."""

    changed = Signal(object)
    """A :class:`Change`; :attr:`text` has it already."""

    def __init__(self, document: QTextDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.version = 0
        self.characters = Characters.of("")
        self._document = document
        self._wide = False
        self._units: Units | None = Units()
        document.contentsChange.connect(self._follow)

    @property
    def units(self) -> Units:
        """Between characters and Qt's units, for the text as it stands."""
        if self._units is None:
            self._units = Units.of(self.text)
        return self._units

    def shown(self, text: str) -> str:
        """A text as it is to be inserted into Qt's document."""
        self.characters = self.characters.including(text, self.text)
        return self.characters.shown(text)

    def _follow(self, position: int, removed: int, added: int) -> None:
        before = self.text
        exact = not self._wide and self._splice(position, removed, added)
        if not exact:
            self._read()
        if self.text == before:
            return  # only the looks changed
        self.version += 1
        if not exact or self._wide:
            self.changed.emit(self._compared(before))
            return
        removed = min(removed, len(before) - position)
        added = len(self.text) - len(before) + removed
        self.changed.emit(self._change(before, position, removed, added))

    def _splice(self, position: int, removed: int, added: int) -> bool:
        """Follow a change where Qt's positions are offsets; tell whether that came out right."""
        before, length = self.text, self._document.characterCount() - 1
        # Qt counts the end of the document as a character, sometimes.
        removed = min(removed, len(before) - position)
        added = min(added, length - position)
        if len(before) - removed + added != length:
            return False
        piece = self._piece(position, added)
        if not piece.isascii() and ASTRAL.search(piece):
            self._wide, self._units = True, None
        self.text = f"{before[:position]}{piece}{before[position + removed :]}"
        return True

    def _piece(self, position: int, length: int) -> str:
        if not length:
            return ""
        cursor = QTextCursor(self._document)
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        return self._plain(cursor.selectedText())

    def _read(self) -> None:
        self.text = self._plain(self._document.toRawText())
        self._wide = bool(ASTRAL.search(self.text))
        self._units = None if self._wide else Units()

    def _plain(self, raw: str) -> str:
        return self.characters.meant(raw.replace(_PARAGRAPH, "\n"))

    def _change(self, before: str, position: int, removed: int, added: int) -> Change:
        old = before[position : position + removed]
        new = self.text[position : position + added]
        start = self.text.rfind("\n", 0, position) + 1
        line = self._document.findBlock(position).blockNumber()
        return _change(position, line, position - start, old, new)

    def _compared(self, before: str) -> Change:
        """The change that made the text of the one before, found by comparing them."""
        after = self.text
        start = _common(before, after)
        end = _common_end(before, after, min(len(before), len(after)) - start)
        old, new = before[start : len(before) - end], after[start : len(after) - end]
        line_start = after.rfind("\n", 0, start) + 1
        units = self.units
        column = units.units(start) - units.units(line_start)
        return _change(units.units(start), after.count("\n", 0, start), column, old, new)


def _change(position: int, line: int, column: int, old: str, new: str) -> Change:
    return Change(
        position,
        width(old),
        width(new),
        line,
        column,
        old.count("\n"),
        _end_column(old, column),
        new.count("\n"),
        _end_column(new, column),
    )


def _end_column(piece: str, column: int) -> int:
    last = piece.rfind("\n")
    return column + width(piece) if last < 0 else width(piece[last + 1 :])


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(one: str, other: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
