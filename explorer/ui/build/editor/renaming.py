"""Another name for a stage or an argument, everywhere it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QTextCursor

from explorer.dockerfile.document import Document
from explorer.dockerfile.problem import DockerfileError
from explorer.dockerfile.services import navigation
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program
from explorer.ui.build.editor import edits
from explorer.ui.build.editor.assistant import Assistant
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.inlinefield import InlineField
from explorer.ui.text import plural


@dataclass(frozen=True, slots=True)
class _Name:
    span: Span
    places: int


class Renaming(QObject):
    """Asks for the new name right where the old one stands."""

    said = Signal(str)

    def __init__(self, view: CodeView, assistant: Assistant, field: InlineField) -> None:
        super().__init__(view)
        self._view, self._assistant, self._field = view, assistant, field

    def open(self) -> None:
        """Ask for another name for what stands at the caret."""
        offset = self._view.offset(self._view.textCursor().position())
        self._assistant.ask("renameable", offset, _renameable, self._ask)

    def rename(self, offset: int, name: str) -> None:
        """Give what stands at an offset another name."""
        self._assistant.ask("rename", offset, _renamer(name), self._make)

    def _ask(self, found: _Name | None) -> None:
        if found is None:
            self.said.emit("Only stages and arguments can be renamed")
            return
        old = self._view.mirror.text[found.span.start : found.span.end]
        cursor = QTextCursor(self._view.document())
        cursor.setPosition(self._view.position(found.span.start))
        box = self._view.cursorRect(cursor)
        where = self._view.viewport().mapTo(self._view, box.bottomLeft() + QPoint(-8, 4))

        def judge(text: str) -> tuple[str, bool]:
            changes = bool(text.strip()) and text != old
            return f"Changes {plural(found.places, 'place')} as one step", changes

        self._field.ask(
            "New name", old, where, lambda name: self.rename(found.span.start, name), judge
        )

    def _make(self, result: tuple[TextEdit, ...] | str) -> None:
        if isinstance(result, str):
            self.said.emit(result)
        else:
            edits.apply(self._view, result)


def _renameable(document: Document, program: Program, offset: int, _out: Surroundings) -> Any:
    span = navigation.renameable(document, program, offset)
    if span is None:
        return None
    return _Name(span, len(navigation.references(document, program, span.start)))


def _renamer(name: str) -> Callable[[Document, Program, int, Surroundings], Any]:
    def rename(document: Document, program: Program, offset: int, _out: Surroundings) -> Any:
        try:
            return navigation.rename(document, program, offset, name)
        except DockerfileError as error:
            return error.problem.message

    return rename
