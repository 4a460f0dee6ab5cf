"""Changing the text from outside the keyboard: one step to undo, and the eye keeps its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from PySide6.QtGui import QTextCursor

from explorer.dockerfile.formatting.document import Edit
from explorer.dockerfile.services.edits import TextEdit
from explorer.ui.build.editor.codeview import CodeView

_MOST_LINES = 4_000
"""Lines that are compared one by one when a text takes another's place."""


def as_text_edits(edits: Iterable[Edit]) -> tuple[TextEdit, ...]:
    """The formatter's edits, and those of quick fixes, as the editor makes them."""
    return tuple(TextEdit.of(edit) for edit in edits)


def apply(view: CodeView, edits: Sequence[TextEdit], *, select: bool = False) -> None:
    """Make edits as one step to undo; the caret and what is in view stay where they are.

    Offsets count in the text before; edits do not overlap. With ``select`` the caret goes to the
    first edit.
    """
    if not edits or view.isReadOnly():
        return
    bar = view.verticalScrollBar()
    top = bar.value()
    made = view.note_place()
    ordered = sorted(edits)
    text = view.mirror.text
    spans = [narrowed(edit, text) for edit in ordered]
    places = [(view.position(e.start), view.position(e.end), e.text) for e in spans]
    cursor = QTextCursor(view.document())
    cursor.beginEditBlock()
    for start, end, new in reversed(places):
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(view.mirror.shown(new))
    cursor.endEditBlock()
    made()
    bar.setValue(top)
    if select:
        at = view.textCursor()
        at.setPosition(view.position(ordered[0].start))
        view.setTextCursor(at)
        view.ensureCursorVisible()


def moved(made: Iterable[TextEdit], by: int) -> tuple[TextEdit, ...]:
    """Edits of an excerpt as edits of the whole text."""
    return tuple(TextEdit(edit.start + by, edit.end + by, edit.text) for edit in made)


def narrowed(edit: TextEdit, text: str) -> TextEdit:
    """The edit without what it replaces by the same."""
    old, new = text[edit.start : edit.end], edit.text
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[len(old) - 1 - end] == new[len(new) - 1 - end]:
        end += 1
    return TextEdit(edit.start + start, edit.end - end, new[start : len(new) - end])


def difference(before: str, after: str) -> tuple[TextEdit, ...]:
    """Edits that make one text of another, line by line, where that is not too much work."""
    whole = narrowed(TextEdit(0, len(before), after), before)
    if whole.start == whole.end and not whole.text:
        return ()
    # Lines are compared whole.
    start = before.rfind("\n", 0, whole.start) + 1
    old, new = before[start:], after[start:]
    if old.count("\n") + new.count("\n") > _MOST_LINES:
        return (whole,)
    olds, news = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [start]
    for line in olds:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    return tuple(
        TextEdit(starts[i1], starts[i2], "".join(news[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    )
