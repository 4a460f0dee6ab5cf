"""The console of one page: builds what its editor holds, and tells the page what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMainWindow, QToolButton

from explorer.build.events import Done, Failed
from explorer.build.request import BuildRequest
from explorer.build.runs import BuildHistory, BuildLog
from explorer.dockerfile.advice.model import Diagnostic
from explorer.ui import text
from explorer.ui.build.console.builds import Build, Builds
from explorer.ui.build.console.commands import CONSOLE, LOAD_MENU
from explorer.ui.build.console.engines import EngineMenu
from explorer.ui.build.console.failure import Failure
from explorer.ui.build.console.historyview import HistoryView
from explorer.ui.build.console.results import Results
from explorer.ui.build.console.view import BuildView
from explorer.ui.build.foresight import Here, here_at
from explorer.ui.build.options import Options
from explorer.ui.build.snapshot import Reading
from explorer.ui.saving.saver import engine_titles
from explorer.ui.saving.work import EngineName
from explorer.ui.widgets.buttons import IconButton

if TYPE_CHECKING:
    from explorer.ui.build.page import BuildPage

LONG: Final = 10.0
"""Seconds from which on the end of a build is worth a sign while the window is not in front."""
_MENU: Final = ("build.run", "build.run-here", "build.run-fresh", "build.stop")


class Console(QObject):
    """Adds its views to the tabs below the text, and its button to the bar above it."""

    built = Signal()
    """A build has ended: what is kept of steps is another by now."""
    failure_changed = Signal()
    """The instruction to blame is another, or none: see :meth:`problems`."""

    def __init__(self, page: BuildPage, history: BuildHistory | None = None) -> None:
        super().__init__(page)
        self._page = page
        self.builds = Builds(self, history)
        self.results = Results(page, self.builds.history)
        self.build: Build | None = None
        self.failure: Failure | None = None
        page.shell.actions.declare(*CONSOLE)
        self.view = BuildView(page, action=("Build", self.run))
        self.view.totals.offer(page.shell.actions, LOAD_MENU)
        self.history = HistoryView(self.builds.history, page)
        self.menu = EngineMenu(page.shell.actions, _MENU, page.shell.settings, page)
        self.button = QToolButton(page)
        self._lay_out()
        self._bind()
        self._connect()

    # -- building -----------------------------------------------------------------------------

    def run(self) -> None:
        """Build the text as it stands."""
        self._start(self.request())

    def run_fresh(self) -> None:
        """Build without what is kept."""
        self._start(self.request(no_cache=True))

    def run_here(self) -> None:
        """Build up to the instruction at the caret."""
        here, reading = self.here(), self._page.session.reading
        if here is None or reading is None:
            return
        request = replace(
            self.request(), target=here.stage.name, stop_after=(here.stage.index, here.index)
        )
        if not here.stage.name:
            # A stage without a name can only be built as the last one.
            source = (here.step or here.stage).instruction
            starts = reading.document.lines.starts
            end = starts[source.last_line] if source.last_line < len(starts) else None
            request = replace(request, text=(request.text or "")[:end])
        self._start(request, f"to line {here.line}")

    def here(self) -> Here | None:
        """The stage and the step that the caret is at, if the text is understood as it stands."""
        reading, editor = self._page.session.reading, self._page.editor
        if reading is None or reading.text != editor.text():
            return None
        return here_at(reading, editor.line)

    def request(self, *, no_cache: bool = False) -> BuildRequest:
        """What is built: the editor's text with the page's options."""
        page = self._page
        options: Options = page.session.options
        return BuildRequest(
            dockerfile=page.path.absolute(),
            context=Path(options.context) if options.context else None,
            text=page.editor.text(),
            target=options.target,
            arguments=dict(options.arguments),
            contexts={each.name: each.location for each in options.contexts},
            platforms=(options.wanted_platform(),) if options.platform else (),
            no_cache=no_cache,
        )

    def stop(self) -> None:
        """Stop every build of this page."""
        self.builds.stop()

    async def aclose(self) -> None:
        """Stop every build, and wait until nothing of them is left."""
        await self.builds.aclose()

    def problems(self, reading: Reading) -> tuple[Diagnostic, ...]:
        """What the last build failed for, at its place in a text."""
        found = self.failure.found_in(reading) if self.failure is not None else None
        return () if found is None else (found,)

    def _start(self, request: BuildRequest, target: str = "") -> None:
        self._forget_failure()
        title = f"Building {self._page.path.name}"
        engine = self.menu.engine
        build = self.builds.start(request, engine, title, target=target or request.target)
        build.changed.connect(lambda ids: self._went_on(build, ids))
        self.show_build(build)
        bench = self._page.bench
        bench.tabs.show()
        bench.tabs.setCurrentWidget(self.view)
        self._page.shell.actions.refresh()

    def show_build(self, build: Build) -> None:
        """Show one of the builds of this page."""
        self.build = build
        self.view.show_log(build.log, build.now)
        self.view.totals.runs.show_builds(self.builds.recent, build)
        self._page.shell.actions.refresh()

    def _went_on(self, build: Build, ids: object) -> None:
        if build is self.build and isinstance(ids, set):
            self.view.renew(ids, build.now)
        elif self.build is not None and self.build.is_over:
            self.view.totals.runs.renew()

    def _ended(self, build: Build) -> None:
        page, log = self._page, build.log
        page.shell.actions.refresh()
        failed = isinstance(log.end, Failed)
        if failed and build is self.builds.recent[-1]:
            self._blame(build)
        if build.error is not None:
            page.banners.show_error(f"Building {page.path.name}", build.error)
        self._say_what_became_of(build)
        self.view.totals.runs.renew()
        self.built.emit()

    def _say_what_became_of(self, build: Build) -> None:
        """Say in the status line how it ended; to whoever looks elsewhere until they are back."""
        page, window = self._page, self._page.window()
        words = f"{page.path.name}: {ending_words(build.log)}"
        if build.log.at < LONG or window.isActiveWindow():
            page._say(words)
            return
        QApplication.alert(window)
        if isinstance(window, QMainWindow):
            window.statusBar().showMessage(words)

    # -- what went wrong ----------------------------------------------------------------------

    def _blame(self, build: Build) -> None:
        """Mark the instruction, and bring it into view."""
        self.failure = Failure.of(build.log)
        self.failure_changed.emit()
        reading = self._page.session.reading
        for problem in self.problems(reading) if reading is not None else ():
            self._page.show_problem(problem, enter=False)

    def _forget_failure(self) -> None:
        if self.failure is not None:
            self.failure = None
            self.failure_changed.emit()

    # -- the result ---------------------------------------------------------------------------

    @property
    def digest(self) -> str:
        """The digest of the image that was built last; empty without one."""
        end = self.build.log.end if self.build is not None else None
        return end.digest if isinstance(end, Done) else ""

    # -- composition --------------------------------------------------------------------------

    def _connect(self) -> None:
        self.builds.ended.connect(self._ended)
        self.built.connect(self._page.session.look_at_builds)
        self.failure_changed.connect(self._page.show_failure)
        self.builds.kept.connect(self.history.look)
        self.view.line_wanted.connect(self._show_line)
        self.view.stop_wanted.connect(lambda: self.build.stop() if self.build else None)
        self.history.line_wanted.connect(self._show_line)
        for source in (self.view, self.history):
            source.image_wanted.connect(self.results.open)
        for view in (self.view, self.history.view):
            view.save_wanted.connect(self.results.save)
            view.whole_wanted.connect(self.results.open_whole)
        self.view.totals.runs.wanted.connect(self.show_build)

    def _show_line(self, line: int, enter: bool) -> None:
        self._page.show_line(line, enter=enter)

    def _bind(self) -> None:
        bench = self._page.bench
        is_read = self._is_read
        self._action("run", self.run, is_read)
        self._action("run-here", self.run_here, lambda: self.here() is not None)
        self._action("run-fresh", self.run_fresh, is_read)
        self._action("stop", self.stop, lambda: bool(self.builds.running))
        self._action(
            "open-result", lambda: self.results.open(self.digest), lambda: bool(self.digest)
        )
        self._action(
            "save-result", lambda: self.results.save(self.digest), lambda: bool(self.digest)
        )
        for engine, _title in engine_titles():
            load = partial(self._load_last, engine)
            self._action(f"load-{engine}", load, lambda: bool(self.digest))
        self._action("show-steps", lambda: bench.show_tab(self.view))
        self._action("show-history", lambda: bench.show_tab(self.history))
        find = self.view.output
        self._page.shell.actions.bind("editor.find", find, find.search)

    def _load_last(self, engine: EngineName) -> None:
        self.results.load(engine, self.digest)

    def _is_built(self) -> bool:
        return bool(self.digest)

    def _is_read(self) -> bool:
        reading = self._page.session.reading
        return reading is not None and bool(reading.program.stages)

    def _action(
        self,
        id: str,
        handler: Callable[[], object],
        enabled: Callable[[], bool] | None = None,
    ) -> None:
        self._page.shell.actions.bind(f"build.{id}", self._page, handler, enabled=enabled)

    def _lay_out(self) -> None:
        page = self._page
        for view, title in ((self.view, "Build"), (self.history, "History")):
            view.setProperty("help_topic", "build-console")
            page.bench.tabs.addTab(view, title)
        self.history.show_dockerfile(str(page.path.absolute()))
        self.button.setDefaultAction(page.shell.actions.action("build.run"))
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        more = IconButton("chevron-down", "More ways to build, and engines", page)
        more.setMenu(self.menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        line = page.bar.layout()
        assert line is not None
        line.addWidget(self.button)
        line.addWidget(more)


def ending_words(log: BuildLog) -> str:
    """How a build ended."""
    took = text.duration(log.at)
    if isinstance(log.end, Failed):
        where = f" at line {log.end.line}" if log.end.line else ""
        return f"the build failed{where} after {took}"
    return f"built in {took}" if isinstance(log.end, Done) else "the build was stopped"
