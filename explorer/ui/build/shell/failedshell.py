"""The terminal of a page: opened where a step failed, closed with the page."""

from __future__ import annotations

import asyncio
import shlex
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from explorer.build.runs import StepRun
from explorer.build.shells import Ended, FailedStep, Opened, open_shell
from explorer.errors import ExplorerError, Unsupported
from explorer.progress import Job
from explorer.ui.build.console.builds import Build
from explorer.ui.build.shell.commands import SHELL
from explorer.ui.tasks import Operation, Running
from explorer.ui.terminal.panel import TerminalPanel

if TYPE_CHECKING:
    from explorer.ui.build.page import BuildPage

_INTRO = "The files are as line {line} left them. What you change here is gone when it ends."


class FailedShell(QObject):
    """At most one terminal; opening another ends it."""

    def __init__(self, page: BuildPage) -> None:
        super().__init__(page)
        self._page = page
        self.panel: TerminalPanel | None = None
        self.running: Running | None = None
        self._failed: tuple[FailedStep, int] | None = None
        page.shell.actions.declare(*SHELL)
        page.shell.actions.bind(
            "build.terminal", page, self.open_here, enabled=lambda: self._newest() is not None
        )
        output = page.console.view.output
        output.why.has_terminals = True
        output.terminal_wanted.connect(self.open_left)

    # -- opening ------------------------------------------------------------------------------

    def open_here(self) -> None:
        """In what the last build's failed step left."""
        found = self._newest()
        if found is not None:
            self._open_step(*found)

    def open_left(self, digest: str) -> None:
        """In what the step left whose files are the image of this digest."""
        for build in self._builds():
            for step in build.log.steps.values():
                if step.left == digest:
                    self._open_step(build, step)
                    return

    def _open_step(self, build: Build, step: StepRun) -> None:
        text = " ".join(step.info.text.split())
        self._failed = FailedStep(build.request, step.id, text, step.left), step.info.line
        self.open()

    def open(self, argv: tuple[str, ...] = ()) -> None:
        """Open a shell, or run another command, where it was opened last."""
        if self._failed is None:
            return
        self.stop()
        failed, line = self._failed
        panel = self._shown_panel()
        panel.begin(f"{self._page.path.name}, line {line}: {failed.text}", "Opening…")

        async def work(_job: Job) -> Ended:
            return await open_shell(failed, lambda found: self._opened(found, line), argv)

        self.running = running = (
            Operation(self, f"Terminal at line {line} of {self._page.path.name}")
            .work(work)
            .success(lambda ended: self._ended(ended))
            .failure(lambda error: self._refused(error))
            .finished(lambda: self._finished(running))
            .start()
        )

    def stop(self) -> None:
        """End what runs in it."""
        running, self.running = self.running, None
        if running is not None:
            running.cancel()
        if self.panel is not None:
            self.panel.view.detach()

    async def aclose(self) -> None:
        """End it, and wait until nothing of it is left."""
        task = self.running.task if self.running is not None else None
        self.stop()
        if task is not None:
            await asyncio.wait([task])

    # -- what becomes of it -------------------------------------------------------------------

    def _opened(self, found: Opened, line: int) -> None:
        if self.panel is None or self.running is None:
            found.pty.close()
            return
        self.panel.attach(found.pty, (_INTRO.format(line=line), *found.notes))

    def _ended(self, ended: Ended) -> None:
        words = ended.why or ("It ended" if not ended.code else f"It ended with {ended.code}")
        if self.panel is not None:
            self.panel.end(words)

    def _refused(self, error: BaseException) -> None:
        if not isinstance(error, ExplorerError):
            raise error
        if self.panel is not None:
            why = " ".join(f"{part.rstrip('.')}." for part in (error.why, error.hint) if part)
            no_shell = isinstance(error, Unsupported) and "no shell" in error.what
            self.panel.refuse(error.what, why, ask_command=no_shell)

    def _finished(self, running: Running) -> None:
        if self.running is running:
            self.running = None

    # -- composition --------------------------------------------------------------------------

    def _newest(self) -> tuple[Build, StepRun] | None:
        """The step that failed last and left something."""
        for build in self._builds():
            step = build.log.failed_step
            if step is not None and step.left:
                return build, step
        return None

    def _builds(self) -> list[Build]:
        """The build in view, the last automatic run, then those before."""
        page = self._page
        found = [page.console.build, page.automatic.runs.build, *page.console.builds.recent[::-1]]
        return [build for build in found if build is not None]

    def _shown_panel(self) -> TerminalPanel:
        tabs = self._page.bench.tabs
        if self.panel is None:
            self.panel = TerminalPanel(self._page)
            self.panel.setProperty("help_topic", "build-console#terminal")
            self.panel.again_wanted.connect(self.open)
            self.panel.close_wanted.connect(self.close)
            self.panel.command_wanted.connect(self._run_command)
        if tabs.indexOf(self.panel) < 0:
            tabs.addTab(self.panel, "Terminal")
        self._page.bench.show_tab(self.panel)
        return self.panel

    def close(self) -> None:
        """End it, and take its tab away."""
        self.stop()
        panel, self.panel = self.panel, None
        if panel is not None:
            tabs = self._page.bench.tabs
            tabs.removeTab(tabs.indexOf(panel))
            panel.deleteLater()
            self._page.editor.setFocus()

    def _run_command(self, words: str) -> None:
        try:
            argv = tuple(shlex.split(words))
        except ValueError as error:
            if self.panel is not None:
                self.panel.refuse("The command cannot be read", f"{error}.", ask_command=True)
            return
        self.open(argv)
