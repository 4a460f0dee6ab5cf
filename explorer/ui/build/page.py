"""The page of one Dockerfile: the session in the middle, the views around it, what ties them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QPoint
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow

from explorer.build.plan.model import Plan
from explorer.dockerfile.advice.model import Diagnostic, Fix
from explorer.dockerfile.linters.linting import Linting
from explorer.dockerfile.stages.model import OriginKind
from explorer.store.cache import Caches
from explorer.ui import dialogs, text
from explorer.ui.build import asking
from explorer.ui.build.actions import PageActions
from explorer.ui.build.automatic.automatic import Automatic
from explorer.ui.build.bar import BuildBar
from explorer.ui.build.bench import Bench
from explorer.ui.build.console.console import Console
from explorer.ui.build.editor.commands import CONTEXT_MENU
from explorer.ui.build.editor.going import Jump
from explorer.ui.build.foresight import View, here_at
from explorer.ui.build.graph.chart import Chart
from explorer.ui.build.linting import LintRuns, said_of
from explorer.ui.build.marks import chips_of, forecasts_of, problems_of
from explorer.ui.build.options import Options
from explorer.ui.build.session import BuildSession
from explorer.ui.build.shell.failedshell import FailedShell
from explorer.ui.build.snapshot import Reading
from explorer.ui.build.surround.known import KnownSurroundings
from explorer.ui.menus import context_menu
from explorer.ui.page import Page
from explorer.ui.recents import DOCKERFILE
from explorer.ui.shell import Shell
from explorer.ui.tasks import spawn

if TYPE_CHECKING:
    from explorer.ui.window import MainWindow

_SAID_MS: Final = 5000
"""How long a few words stay in the status line."""


class BuildPage(Page):
    """One opened Dockerfile. Reads ``location`` as soon as the event loop runs."""

    def __init__(self, shell: Shell, location: str, *, caches: Caches | None = None) -> None:
        path = Path(location)
        super().__init__(path.name, location=location, icon="build")
        self.shell, self.path = shell, path
        options = Options(context=str(path.parent))
        self.session = BuildSession(path.name, options, self, caches=caches)
        self.bar = BuildBar(self)
        self.bench = Bench(self.session, shell.settings, self)
        self.file, self.editor = self.bench.file, self.bench.editor
        self._is_closing = self._is_asking = False
        self.linting = LintRuns(self)
        self._noted = ""
        self._lay_out()
        self._connect()
        self.commands = PageActions(self)
        self.console = Console(self)
        self.automatic = Automatic(self)
        self.terminal = FailedShell(self)
        self.bar.show_path(path)
        self.file.open(path)

    def may_close(self) -> bool:
        """Ask what becomes of unsaved changes, if there are any."""
        if self._is_closing or not self.file.is_modified:
            return True
        if not self._is_asking:
            self._is_asking = True
            spawn(self, f"Closing {self.path.name}", self._ask_and_close())
        return False

    async def _ask_and_close(self) -> None:
        try:
            answer = await asking.ask_unsaved(self, self.path.name)
        finally:
            self._is_asking = False
        if answer == "save":
            self.file.saved.connect(self._close)
            self.file.save()
        elif answer == "discard":
            self.file.discard()
            self._close()

    def _close(self) -> None:
        self._is_closing = True
        cast("MainWindow", self.shell.window).close_page(self)

    async def aclose(self) -> None:
        """Stop all work; what is not saved is kept for the next time."""
        self.session.close()
        await self.automatic.aclose()
        await self.terminal.aclose()
        await self.console.aclose()
        await self.file.aclose()

    # -- the file -----------------------------------------------------------------------------

    def _opened(self) -> None:
        self.session.begin(self.path)
        self._show_state()

    def _failed(self, title: str, error: BaseException) -> None:
        self.banners.show_error(title, error)

    def _show_state(self) -> None:
        modified = self.file.is_modified
        self.bar.show_state(unsaved=modified, read_only=self.editor.view.isReadOnly())
        self.set_title(f"{self.path.name} •" if modified else self.path.name)

    def _moved(self, path: Path) -> None:
        """It was saved under another name."""
        self.path, self.location = path, str(path)
        self.bar.show_path(path)
        self.console.history.show_dockerfile(str(path.absolute()))
        self._noted = ""
        self.session.begin(path)
        self.set_options(replace(self.session.options, context=str(path.parent)))
        self.automatic.runs.renew()
        self._show_state()

    async def save_as(self) -> None:
        """Ask for another name, and save there."""
        chosen = await dialogs.ask_save(self, self.shell.settings, "Save as", self.path.name)
        if chosen:
            self.file.save_as(Path(chosen))

    def _ask_name(self) -> None:
        spawn(self, f"Saving {self.path.name}", self.save_as())

    def _say(self, words: str) -> None:
        window = self.window()
        if isinstance(window, QMainWindow):
            window.statusBar().showMessage(words, _SAID_MS)

    def _jumped(self, jump: Jump) -> None:
        self.navigator.visit(jump.origin)
        self.navigator.visit(jump.target)

    def _return(self, place: object) -> None:
        if isinstance(place, int):
            self.editor.reveal(place)

    # -- what the session found ---------------------------------------------------------------

    def _show_reading(self, reading: Reading) -> None:
        if reading.text != self.editor.text():
            return
        bench = self.bench
        bench.graph.show_chart(self._chart(reading), reading.layout)
        bench.outline.show_outline(reading.outline)
        self._show_problems(reading)
        self.bar.show_program(reading.program, reading.options.target)
        bench.inputs.show_program(reading.program)
        self._mark_place()
        session = self.session
        program, world = reading.program, session.world
        self.editor.set_knowledge(
            program.inputs,
            KnownSurroundings(program, world, lambda stage: session.end_of(program, world, stage)),
        )
        self._note_recent(reading)

    def _show_plan(self, plan: Plan) -> None:
        reading = self.session.reading
        if reading is None or reading.text != self.editor.text():
            return
        self.editor.set_chips(chips_of(plan))
        self.bench.graph.show_chart(self._chart(reading), reading.layout)
        self.bench.plan.show_plan(plan)
        self.bench.plan.show_line(self.editor.line)
        self.bench.preview.show_plan(plan)
        self._show_problems(reading)

    def _show_view(self, view: View) -> None:
        self.bench.preview.show_view(view)

    def _chart(self, reading: Reading) -> Chart:
        """The graph with what is foretold, of the text before if there is no plan yet."""
        plan = self.session.plan
        if plan is None or len(plan.stages) != len(reading.program.stages):
            return reading.chart
        return reading.chart.foretold(forecasts_of(plan))

    def _show_problems(self, reading: Reading) -> None:
        told = (*self.console.problems(reading), *self.linting.found_in(reading))
        problems = problems_of(reading, self.session.plan, told)
        self.editor.set_problems(problems)
        self.bench.problems.show_problems(problems)
        self.bench.name_problems()

    def _note_recent(self, reading: Reading) -> None:
        words = text.plural(len(reading.program.stages), "stage")
        if words != self._noted:
            self._noted = words
            self.shell.recents.add(self.location, self.path.name, words, kind=DOCKERFILE)

    def run_checks(self) -> None:
        """Run all checks, those of other programs too."""
        if self.session.reading is not None:
            self.linting.run(self.session.reading, self.path.parent)

    def show_failure(self) -> None:
        """Mark what the last build failed for, or nothing any more."""
        reading = self.session.reading
        if reading is not None and reading.text == self.editor.text():
            self._show_problems(reading)

    def _linted(self, linting: Linting) -> None:
        reading = self.session.reading
        if reading is not None and reading.text == self.editor.text():
            self._show_problems(reading)
            self._say(said_of(linting))

    def _saved(self) -> None:
        if self.linting.is_on:
            self.run_checks()

    # -- what the user does -------------------------------------------------------------------

    def _text_changed(self) -> None:
        self.session.set_text(self.editor.text())

    def _caret_moved(self, _offset: int, line: int) -> None:
        self.session.set_line(line)
        self._mark_place()

    def _mark_place(self) -> None:
        """Have every view mark what the caret is in."""
        reading, line = self.session.reading, self.editor.line
        if reading is None:
            return
        here = here_at(reading, line)
        self.bench.graph.show_stage(here.stage.index if here is not None else -1)
        self.bench.outline.show_offset(self.editor.caret)
        self.bench.plan.show_line(line)

    def show_problem(self, problem: Diagnostic, *, enter: bool) -> None:
        """Show the place of a problem in the text."""
        self.editor.reveal(problem.span.start, len(problem.span), focus=enter)

    def show_offset(self, offset: int, *, enter: bool) -> None:
        """Show a place of the text."""
        self.editor.reveal(offset, focus=enter)

    def show_line(self, line: int, *, enter: bool) -> None:
        """Show a line of the text."""
        reading = self.session.reading
        if reading is not None and line <= len(reading.document.lines.starts):
            self.show_offset(reading.document.lines.starts[line - 1], enter=enter)

    def make_fix(self, fix: Fix) -> None:
        """Make a quick fix, if the text is still the one it was offered for."""
        reading = self.session.reading
        if reading is not None and reading.text == self.editor.text():
            self.editor.apply(fix.edits)
            self.editor.setFocus()

    def set_options(self, options: Options) -> None:
        """Give the build something else."""
        self.session.set_options(options)
        self.bench.inputs.show_options(options)

    def choose_target(self, target: str) -> None:
        """Build another stage."""
        self.set_options(replace(self.session.options, target=target))

    async def choose_context(self) -> None:
        """Ask for the folder that COPY reads from."""
        here = Path(self.session.options.context)
        folder = await asking.ask_folder(self, "The build context", here)
        if folder:
            self.set_options(replace(self.session.options, context=folder))

    async def choose_base(self, name: str) -> None:
        """Ask for the archive that stands for an image."""
        file = await asking.ask_image(self, name, self.path.parent)
        if file:
            self.set_options(self.session.options.with_base(name, file))

    async def choose_folder(self, name: str) -> None:
        """Ask for the folder or the layout that stands for a name."""
        folder = await asking.ask_folder(self, f"A folder for {name}", self.path.parent)
        if folder:
            self.set_options(self.session.options.with_base(name, folder))

    def base_here(self) -> str:
        """The image that the stage at the caret builds upon; empty for a stage or scratch."""
        reading = self.session.reading
        here = here_at(reading, self.editor.line) if reading is not None else None
        if here is None or here.stage.origin.kind not in (OriginKind.IMAGE, OriginKind.CONTEXT):
            return ""
        return here.stage.origin.name

    def show_menu(self, where: QPoint) -> None:
        """Show the editor's context menu."""
        context_menu(self, self.shell.actions, CONTEXT_MENU).popup(where)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the folder again: it may have changed meanwhile."""
        super().showEvent(event)
        self.session.context.pause(False)
        self.automatic.runs.moved()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the folder alone while out of view."""
        super().hideEvent(event)
        self.session.context.pause(True)

    # -- composition --------------------------------------------------------------------------

    def _connect(self) -> None:
        session, editor, bench = self.session, self.editor, self.bench
        session.read.connect(self._show_reading)
        session.planned.connect(self._show_plan)
        session.looked.connect(self._show_view)
        session.context.changed.connect(lambda: bench.plan.show_context(session.context.context))
        self.file.opened.connect(self._opened)
        self.file.failed.connect(self._failed)
        self.file.saved.connect(self._saved)
        self.linting.done.connect(self._linted)
        self.file.modified_changed.connect(lambda _on: self._show_state())
        self.file.path_changed.connect(self._moved)
        editor.save_as_asked.connect(self._ask_name)
        editor.said.connect(self._say)
        editor.jumped.connect(self._jumped)
        self.navigator.moved.connect(self._return)
        editor.text_changed.connect(self._text_changed)
        editor.caret_moved.connect(self._caret_moved)
        editor.menu_asked.connect(self.show_menu)
        self.bar.target_chosen.connect(self.choose_target)
        bench.graph.chosen.connect(lambda offset: self.show_offset(offset, enter=False))
        bench.graph.entered.connect(lambda offset: self.show_offset(offset, enter=True))
        bench.outline.chosen.connect(lambda offset: self.show_offset(offset, enter=False))
        bench.outline.entered.connect(lambda offset: self.show_offset(offset, enter=True))
        bench.plan.chosen.connect(lambda line: self.show_line(line, enter=False))
        bench.plan.entered.connect(lambda line: self.show_line(line, enter=True))
        bench.problems.chosen.connect(lambda each: self.show_problem(each, enter=False))
        bench.problems.entered.connect(lambda each: self.show_problem(each, enter=True))
        bench.problems.fix_wanted.connect(self.make_fix)
        bench.inputs.changed.connect(self.set_options)
        bench.inputs.place_wanted.connect(self._ask_place)
        bench.context.folder_wanted.connect(self._ask_context)
        bench.preview.base_wanted.connect(self._ask_base)

    def _ask_context(self) -> None:
        spawn(self, "Choosing the build context", self.choose_context())

    def _ask_place(self, name: str, is_folder: bool) -> None:
        name = name or self.base_here()
        if not name:
            self._say("Write the name of the context into the table first")
        elif is_folder:
            spawn(self, f"Choosing {name}", self.choose_folder(name))
        else:
            self._ask_base(name)

    def _ask_base(self, name: str) -> None:
        spawn(self, f"Choosing {name}", self.choose_base(name))

    def _lay_out(self) -> None:
        self.setProperty("help_topic", "building")
        self.body.setSpacing(0)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.bench, 1)
        self.setFocusProxy(self.editor)
