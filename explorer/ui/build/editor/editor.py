"""The editor for Dockerfiles: text in, text out, and all that is known of it at its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.dockerfile.advice.model import Diagnostic
from explorer.dockerfile.document import Document
from explorer.dockerfile.formatting.document import format_edits
from explorer.dockerfile.services.edits import TextEdit
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.source import Lines as LineStarts
from explorer.dockerfile.stages.inputs import Inputs
from explorer.progress import Job
from explorer.ui.actions import Actions
from explorer.ui.build.editor import edits
from explorer.ui.build.editor.actions import Commands
from explorer.ui.build.editor.assistant import Assistant
from explorer.ui.build.editor.brackets import Brackets
from explorer.ui.build.editor.characters import Characters
from explorer.ui.build.editor.chips import Chip, Chips
from explorer.ui.build.editor.codeview import CodeView
from explorer.ui.build.editor.colorist import Colorist
from explorer.ui.build.editor.completion.controller import Completing
from explorer.ui.build.editor.completion.snippets import SnippetSession
from explorer.ui.build.editor.decorations import Decorations
from explorer.ui.build.editor.findbar import FindBar
from explorer.ui.build.editor.fixing import Fixing
from explorer.ui.build.editor.folding import Folding
from explorer.ui.build.editor.going import Going
from explorer.ui.build.editor.gutter import Gutter
from explorer.ui.build.editor.hovering import Hovering
from explorer.ui.build.editor.inlinefield import InlineField
from explorer.ui.build.editor.keystrokes import Keystrokes
from explorer.ui.build.editor.language import Language
from explorer.ui.build.editor.lines import Lines
from explorer.ui.build.editor.looks import CurrentLine, FoldedMarks
from explorer.ui.build.editor.newest import Newest
from explorer.ui.build.editor.preferences import Preferences
from explorer.ui.build.editor.problems import Problems
from explorer.ui.build.editor.projection import LONGEST_LINE, Clipped, Direct, clipped, is_too_long
from explorer.ui.build.editor.renaming import Renaming
from explorer.ui.build.editor.search import Search
from explorer.ui.settings import Settings


class DockerfileEditor(QWidget):
    """Offsets count in characters of :meth:`text`; lines count from 1."""

    text_changed = Signal()
    """The text is another one; :meth:`text` costs nothing."""
    document_changed = Signal(object)
    """The text was parsed, shortly after it changed: a :class:`Document`."""
    caret_moved = Signal(int, int)
    """Offset and line of the caret."""
    jumped = Signal(object)
    """A :class:`explorer.ui.build.editor.going.Jump`, for a history of places."""
    said = Signal(str)
    """A few words about why something did not happen."""
    menu_asked = Signal(QPoint)
    """A context menu is wanted, at a place of the screen."""
    save_asked = Signal()
    save_as_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = CodeView(self)
        self.preferences: Preferences | None = None
        self.view.setAccessibleName("Dockerfile")
        self._whole = ""
        self._read_only = False
        self._make_language()
        self._make_features()
        self.commands = Commands(self)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.view)

    # -- text ---------------------------------------------------------------------------------

    def text(self) -> str:
        """The text, line ends as line feeds."""
        return self._whole or self.view.mirror.text

    def set_text(self, text: str) -> None:
        """Show another text, with nothing to undo and the caret at its beginning."""
        too_long = is_too_long(text)
        shown = clipped(text) if too_long else text
        mirror = self.view.mirror
        mirror.characters = Characters.of(shown)
        self._whole = text if too_long else ""
        self.view.projection = Direct(mirror)
        self.folding.open_all()
        self.view.setPlainText(mirror.characters.shown(shown))
        if too_long:
            whole, cut = LineStarts.of(text), LineStarts.of(shown)
            self.view.projection = Clipped(whole, cut, mirror)
        self.view.setReadOnly(self._read_only or too_long)
        self.view.document().setModified(False)

    @property
    def is_clipped(self) -> bool:
        """Whether lines are too long to be edited here: the text is shown cut, and read-only."""
        return bool(self._whole)

    @property
    def document(self) -> Document:
        """The document parsed last; see :attr:`document_changed`."""
        return self.language.document

    def set_read_only(self, read_only: bool) -> None:
        """Let the text be changed, or not."""
        self._read_only = read_only
        self.view.setReadOnly(read_only or self.is_clipped)

    def apply(self, changes: Sequence[TextEdit]) -> None:
        """Make edits as one step to undo; caret and scroll position stay."""
        edits.apply(self.view, changes)

    def replace_text(self, text: str) -> None:
        """Show another version of the text: what both share stays, and undo goes back."""
        if is_too_long(text) or self.is_clipped:
            self.set_text(text)
            return
        edits.apply(self.view, edits.difference(self.text(), text))

    def format(self) -> None:
        """Lay the text out anew: minimal edits, one step to undo."""
        if not self.is_clipped:
            self._formatter.ask((self.text(), self.view.mirror.version))

    # -- what is known ------------------------------------------------------------------------

    def set_problems(self, problems: Iterable[Diagnostic]) -> None:
        """Show these problems; their spans are those of the text as it is now."""
        self.problems.show(problems)

    def set_chips(self, chips: Iterable[Chip]) -> None:
        """Show these chips at the ends of their lines."""
        self.chips.show(chips)

    def set_knowledge(self, inputs: Inputs, surroundings: Surroundings) -> None:
        """Complete and explain from what is known of the context, the stages and their bases."""
        self.assistant.know(inputs, surroundings)

    # -- places -------------------------------------------------------------------------------

    @property
    def caret(self) -> int:
        """The offset of the caret."""
        return self.view.offset(self.view.textCursor().position())

    @property
    def line(self) -> int:
        """The line of the caret, from 1."""
        return self.view.textCursor().blockNumber() + 1

    def reveal(self, offset: int, length: int = 0, *, focus: bool = True) -> None:
        """Put the caret somewhere and bring it into view, out of a fold if need be."""
        self.going.reveal(offset, length, focus=focus)

    def go_to_line(self, line: int, column: int = 1) -> None:
        """Jump to a line and a column, both from 1."""
        self.going.go_to_line(line, column)

    def go_to_problem(self, step: int) -> None:
        """Go to the next problem (1) or the previous one (-1), and show what it is."""
        mark = self.problems.next_from(self.view.textCursor().position(), step)
        if mark is not None:
            self.going.jump(self.view.offset(mark.start))
            self.hovering.show_at_caret()

    # -- actions ------------------------------------------------------------------------------

    def bind(self, actions: Actions) -> None:
        """Have the window's actions of :data:`...editor.commands.SPECS` work on this editor."""
        self.commands.bind(actions)

    def remember(self, settings: Settings) -> None:
        """Be as the editor was last time, and keep how it is from now on."""
        self.preferences = Preferences(self, settings)

    def save(self) -> None:
        """Ask whoever owns the file to save it."""
        self.save_asked.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu at the place of the mouse or the caret."""
        self.menu_asked.emit(event.globalPos())

    # -- parts --------------------------------------------------------------------------------

    def _make_language(self) -> None:
        view = self.view
        self.language = Language(view.mirror, self)
        self._colorist = Colorist(view.document(), view.mirror, self.language)
        self.assistant = Assistant(view.mirror, self.language, self)
        self.decorations = Decorations(view)
        self._formatter = Newest(self, "Formatting", _formatted, self._take_format)

    def _make_features(self) -> None:
        view, decorations = self.view, self.decorations
        self.current_line = CurrentLine(view)
        self.folding = Folding(view, self.language)
        self.problems = Problems(view, decorations)
        self.chips = Chips(view)
        self.gutter = Gutter(view)
        self.folded = FoldedMarks(view, self.folding)
        self.brackets = Brackets(view, self.language, decorations)
        self.field = InlineField(view)
        self.lines = Lines(view)
        self.keystrokes = Keystrokes(view, self.language, self.lines)
        self.snippets = SnippetSession(view, decorations)
        self.completion = Completing(view, self.language, self.assistant, self.snippets)
        self.fixes = Fixing(view, self.problems)
        self.hovering = Hovering(view, self.assistant, self.problems, self.chips, self.fixes.make)
        self.going = Going(view, self.assistant, self.folding, decorations, self.field)
        self.renaming = Renaming(view, self.assistant, self.field)
        self.bar = FindBar(self)
        self.search = Search(view, self.bar, decorations, self.folding)
        self.language.begin()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.view, 1)

    def _connect(self) -> None:
        view, gutter = self.view, self.gutter
        view.handlers += [
            self.completion.handle,
            self.snippets.handle,
            self.commands.handle,
            self.keystrokes.handle,
        ]
        view.claims = self.commands.claims
        view.accepts_paste = _refusal
        gutter.sign_of, gutter.fold_of = self.problems.sign, self.folding.state_of
        gutter.fold_clicked.connect(self.folding.toggle)
        gutter.sign_clicked.connect(self.fixes.open_at_line)
        gutter.sign_hovered.connect(lambda line, _where: self.hovering.show_line(line))
        gutter.line_chosen.connect(lambda line, grow: self.lines.select(line, grow=grow))
        for part in (self.folding, self.problems):
            part.changed.connect(gutter.update)
        view.cursorPositionChanged.connect(gutter.update)
        view.cursorPositionChanged.connect(self._tell_caret)
        view.mirror.changed.connect(lambda _change: self.text_changed.emit())
        view.view_changed.connect(self._colour)
        view.paste_refused.connect(self.said)
        self.language.parsed.connect(lambda: self.document_changed.emit(self.language.document))
        self.language.parsed.connect(self._colour)
        self.going.jumped.connect(self.jumped)
        for speaker in (self.going, self.renaming, self.fixes):
            speaker.said.connect(self.said)

    def _colour(self) -> None:
        rows = self.view.rows()
        if rows:
            self._colorist.show(range(rows[0].number, rows[-1].number + 1))

    def _tell_caret(self) -> None:
        line = self.line - 1
        marks = (mark.diagnostic.message for mark in self.problems.on_line(line))
        words = [f"Line {line + 1}", *marks, self.chips.words(line)]
        self.view.setAccessibleDescription(". ".join(word for word in words if word))
        self.caret_moved.emit(self.caret, self.line)

    def _take_format(self, asked: tuple[str, int], changes: tuple[TextEdit, ...]) -> None:
        if asked[1] == self.view.mirror.version:
            edits.apply(self.view, changes)


def _formatted(asked: tuple[str, int], job: Job) -> tuple[TextEdit, ...]:
    return edits.as_text_edits(format_edits(Document.parse(asked[0])))


def _refusal(text: str) -> str:
    if is_too_long(text):
        return f"Lines of more than {LONGEST_LINE:,} characters cannot be pasted here"
    return ""
