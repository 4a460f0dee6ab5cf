"""What the key of a step is made of; without a step, what of the folder a build takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from explorer.build.context.context import Context
from explorer.build.plan.keys import Part, PartKind
from explorer.build.plan.model import Cache, StepPlan
from explorer.filesystem.names import display
from explorer.ui import text, theme
from explorer.ui.build.surround.summary import left_out_words
from explorer.ui.inspect.deflist import DefinitionList
from explorer.ui.inspect.facts import Fact
from explorer.ui.widgets.labels import Label, heading, muted

_MOST_PARTS: Final = 60
_LARGEST: Final = 8
_NAMES: Final = {
    PartKind.PARENT: "Step above",
    PartKind.SOURCE: "Files",
    PartKind.ENV: "ENV",
    PartKind.ARG: "ARG",
}


class PlanDetails(QScrollArea):
    """Facts about one step, or about the build context."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step: StepPlan | None = None
        self._context: Context | None = None
        self._shown: object = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("About this step")

    def show_step(self, step: StepPlan | None) -> None:
        """Show another step."""
        self.step = step
        self._renew()

    def show_context(self, context: Context | None) -> None:
        """Show another context."""
        self._context = context
        self._renew()

    def _renew(self) -> None:
        shown: object = self._context if self.step is None else self.step
        if shown is self._shown and shown is not None:
            return
        self._shown = shown
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.space(4), theme.space(3), theme.space(4), theme.space(3))
        column.setSpacing(theme.space(2))
        if self.step is not None:
            self._fill_step(self.step, column, body)
        elif self._context is not None:
            self._fill_context(self._context, column, body)
        column.addStretch(1)
        self.setWidget(body)

    def _fill_step(self, step: StepPlan, column: QVBoxLayout, body: QWidget) -> None:
        title = Label(step.text, body, wrap=True)
        title.setFont(theme.mono_font())
        column.addWidget(title)
        if not step.layer:
            column.addWidget(
                muted("It changes settings: no layer, nothing to cache.", body, wrap=True)
            )
            return
        for reason in step.because:
            misses = step.cache is Cache.MISS
            sign, role = ("▲", "warn") if misses else ("?", "muted")
            column.addWidget(
                Label(f"{sign} {text.capitalised(reason)}", body, role=role, wrap=True)
            )
        for mishap in step.mishaps:
            column.addWidget(Label(mishap.message, body, role="danger", wrap=True))
        if step.key is not None:
            self._facts("What the cache key is made of", _parts(step.key.parts), column, body)
        if step.last is not None:
            when = text.moment(step.last.when)
            column.addWidget(muted(f"Last built here {when}.", body, wrap=True))

    def _fill_context(self, context: Context, column: QVBoxLayout, body: QWidget) -> None:
        figures = f"{text.size(context.size)} in {text.plural(context.files, 'file')}"
        column.addWidget(heading(f"Build context: {figures}", body, scale=1.0))
        column.addWidget(muted(f"{left_out_words(context)}.", body, wrap=True))
        largest = [
            Fact(display(path), text.size(size), mono=False)
            for path, size in context.largest(_LARGEST)
        ]
        self._facts("Largest files", largest, column, body)
        folders = [
            Fact(f"{display(name)}/", f"{text.size(size)} in {text.plural(files, 'file')}")
            for name, files, size in context.folder_sizes()[:_LARGEST]
        ]
        self._facts("Folders", folders, column, body)
        for note in context.notes[:_LARGEST]:
            words = f"{display(note.path)}: {note.what}"
            column.addWidget(Label(words, body, role="warn", wrap=True))

    def _facts(self, title: str, facts: Sequence[Fact], column: QVBoxLayout, body: QWidget) -> None:
        if not facts:
            return
        column.addWidget(heading(title, body, scale=0.95))
        shown = DefinitionList(title, body)
        shown.show_facts(facts)
        column.addWidget(shown)


def _parts(parts: Sequence[Part]) -> list[Fact]:
    return list(_told(parts[:_MOST_PARTS]))


def _told(parts: Sequence[Part]) -> Iterator[Fact]:
    for part in parts:
        kind = _NAMES.get(part.kind, part.kind.value.capitalize())
        value = part.value or text.short_digest(part.digest)
        if part.kind in (PartKind.PARENT, PartKind.SOURCE) and part.value:
            value = f"{part.value}  {text.short_digest(part.digest, 8)}"
        name = f"{kind} {part.name}" if part.name and part.name != kind.lower() else kind
        yield Fact(name, value, mono=True)
