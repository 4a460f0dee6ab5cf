"""What the editor's commands do, for its own keys and for the window's registry of actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from explorer.dockerfile.services import comments
from explorer.ui.actions import Actions
from explorer.ui.build.editor import edits
from explorer.ui.build.editor.commands import SPECS
from explorer.ui.build.editor.keymap import Keymap
from explorer.ui.build.editor.lines import selected_lines
from explorer.ui.overlay import FloatingCard

if TYPE_CHECKING:
    from explorer.ui.build.editor.editor import DockerfileEditor


_ANYWHERE: Final = frozenset(
    f"editor.{name}"
    for name in (
        "save", "save-as", "format", "find", "replace", "find-next", "find-previous",
        "go-to-line", "next-problem", "previous-problem", "fold-all", "unfold-all",
        "zoom-in", "zoom-out", "zoom-reset", "white-space", "wrap", "chips",
    )
)  # fmt: skip
"""What can be done from anywhere on the page; all else is for who writes."""


@dataclass(frozen=True, slots=True)
class _Command:
    run: Callable[[], object]
    enabled: Callable[[], bool] | None = None
    checked: Callable[[], bool] | None = None


class Commands:
    """The commands of one editor, by the ids of :data:`SPECS`."""

    def __init__(self, editor: DockerfileEditor) -> None:
        self._editor = editor
        self._view = editor.view
        self._keymap = Keymap(SPECS)
        self._commands = {
            **self._writing(),
            **self._editing(),
            **self._lines(),
            **self._going(),
            **self._viewing(),
        }

    def handle(self, event: QKeyEvent) -> bool:
        """Run the command of a key."""
        id = self._keymap.command(event)
        return id is not None and self.run(id)

    def claims(self, event: QEvent) -> bool:
        """Whether a key is the editor's while it has the focus."""
        return isinstance(event, QKeyEvent) and self._keymap.command(event) is not None

    def run(self, id: str) -> bool:
        """Run a command, if it can be run now; return whether the key is used up."""
        command = self._commands[id]
        if command.enabled is None or command.enabled():
            command.run()
            self._remember(command)
        return True

    def bind(self, actions: Actions) -> None:
        """Have the window's actions run these commands while the editor is in view."""
        actions.declare(*SPECS)
        for id, command in self._commands.items():
            anywhere = id in _ANYWHERE
            actions.bind(
                id,
                self._editor,
                partial(self.run, id),
                enabled=command.enabled if anywhere else partial(self._is_meant, command),
                checked=command.checked,
            )

    def _is_meant(self, command: _Command) -> bool:
        """Whether the text is what the command is for: in a list beside it, the keys are not ours.

        The palette and menus stand for what had the focus before.
        """
        focused = QApplication.focusWidget()
        elsewhere = focused is not None and focused is not self._view
        while elsewhere and focused is not None:
            if isinstance(focused, FloatingCard):
                elsewhere = False
            focused = focused.parentWidget()
        return not elsewhere and (command.enabled is None or command.enabled())

    def _remember(self, command: _Command) -> None:
        if command.checked is not None and self._editor.preferences is not None:
            self._editor.preferences.keep()

    # -- the commands -------------------------------------------------------------------------

    def _writing(self) -> dict[str, _Command]:
        editor = self._editor
        return {
            "editor.save": _Command(editor.save),
            "editor.save-as": _Command(editor.save_as_asked.emit),
            "editor.complete": _Command(editor.completion.open, self._can_write),
            "editor.quick-fix": _Command(editor.fixes.open_at_caret, self._can_write),
            "editor.rename": _Command(editor.renaming.open, self._can_write),
            "editor.format": _Command(editor.format, self._can_write),
        }

    def _editing(self) -> dict[str, _Command]:
        view, search = self._view, self._editor.search
        document, clip = view.document(), self._has_selection
        return {
            "editor.undo": _Command(view.undo, document.isUndoAvailable),
            "editor.redo": _Command(view.redo, document.isRedoAvailable),
            "editor.cut": _Command(view.cut, lambda: clip() and self._can_write()),
            "editor.copy": _Command(view.copy, clip),
            "editor.paste": _Command(view.paste, self._can_write),
            "editor.select-all": _Command(view.selectAll),
            "editor.find": _Command(search.open),
            "editor.replace": _Command(lambda: search.open(replacing=True)),
            "editor.find-next": _Command(lambda: search.step(1)),
            "editor.find-previous": _Command(lambda: search.step(-1)),
        }

    def _lines(self) -> dict[str, _Command]:
        lines, can = self._editor.lines, self._can_write
        return {
            "editor.toggle-comment": _Command(self._toggle_comment, can),
            "editor.duplicate": _Command(lines.duplicate, can),
            "editor.move-up": _Command(lambda: lines.move(-1), can),
            "editor.move-down": _Command(lambda: lines.move(1), can),
            "editor.delete-lines": _Command(lines.delete, can),
            "editor.indent": _Command(lambda: lines.indent(whole=True), can),
            "editor.outdent": _Command(lines.outdent, can),
        }

    def _going(self) -> dict[str, _Command]:
        editor, going = self._editor, self._editor.going
        return {
            "editor.go-to-definition": _Command(going.go_to_definition),
            "editor.find-references": _Command(going.find_references),
            "editor.go-to-line": _Command(going.ask_line),
            "editor.next-problem": _Command(lambda: editor.go_to_problem(1), self._has_problems),
            "editor.previous-problem": _Command(
                lambda: editor.go_to_problem(-1), self._has_problems
            ),
            "editor.show-hover": _Command(editor.hovering.show_at_caret),
        }

    def _viewing(self) -> dict[str, _Command]:
        view, editor, folding = self._view, self._editor, self._editor.folding
        return {
            "editor.fold": _Command(lambda: folding.close_around(self._line)),
            "editor.unfold": _Command(lambda: folding.open_around(self._line)),
            "editor.fold-all": _Command(folding.close_all),
            "editor.unfold-all": _Command(folding.open_all),
            "editor.zoom-in": _Command(lambda: view.zoom(1)),
            "editor.zoom-out": _Command(lambda: view.zoom(-1)),
            "editor.zoom-reset": _Command(lambda: view.zoom(0)),
            "editor.white-space": _Command(
                lambda: view.show_white_space(not view.shows_white_space),
                checked=lambda: view.shows_white_space,
            ),
            "editor.wrap": _Command(self._toggle_wrap, checked=self._wraps),
            "editor.chips": _Command(
                lambda: editor.chips.set_visible(not editor.chips.visible),
                checked=lambda: editor.chips.visible,
            ),
            "editor.tab-leaves": _Command(
                editor.keystrokes.toggle_tab, checked=lambda: editor.keystrokes.tab_leaves
            ),
        }

    # -- what needs more than a line ----------------------------------------------------------

    @property
    def _line(self) -> int:
        return self._view.textCursor().blockNumber()

    def _can_write(self) -> bool:
        return not self._view.isReadOnly()

    def _has_selection(self) -> bool:
        return self._view.textCursor().hasSelection()

    def _has_problems(self) -> bool:
        return bool(self._editor.problems.all())

    def _toggle_comment(self) -> None:
        first, last = selected_lines(self._view.textCursor())
        start = self._view.document().findBlockByNumber(first).position()
        offset = self._view.offset(start)
        excerpt = self._editor.language.excerpt(offset)
        shift = excerpt.document.lines.position(offset - excerpt.start).line
        made = comments.toggle(excerpt.document, shift, shift + last - first)
        edits.apply(self._view, edits.moved(made, excerpt.start))

    def _wraps(self) -> bool:
        return self._view.lineWrapMode() is not QPlainTextEdit.LineWrapMode.NoWrap

    def _toggle_wrap(self) -> None:
        mode = QPlainTextEdit.LineWrapMode
        self._view.setLineWrapMode(mode.NoWrap if self._wraps() else mode.WidgetWidth)
