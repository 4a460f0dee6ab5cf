"""What the actions of a Dockerfile's page do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.ui.build.commands import SPECS
from explorer.ui.tasks import spawn

if TYPE_CHECKING:
    from explorer.ui.build.page import BuildPage


class PageActions:
    """Binds the actions of :data:`PAGE`, and those of the editor, to one page."""

    def __init__(self, page: BuildPage) -> None:
        self._page = page
        self._actions = page.shell.actions
        self._actions.declare(*SPECS)
        page.editor.bind(self._actions)
        self._bind_all()
        page.session.read.connect(self._actions.refresh)

    def _bind_all(self) -> None:
        page, bench = self._page, self._page.bench
        self._bind("check", self._check, lambda: page.session.reading is not None)
        self._bind("inputs", lambda: bench.show_tab(bench.inputs))
        self._bind("choose-context", lambda: self._start("Choosing", page.choose_context))
        self._bind("choose-base", self._choose_base, lambda: bool(page.base_here()))
        self._bind("look-again", page.session.look_again)
        self._bind("focus-editor", page.editor.setFocus)
        self._bind("focus-graph", bench.show_graph)
        self._bind("focus-preview", bench.show_preview)
        self._bind("show-problems", lambda: bench.show_tab(bench.problems))
        self._bind("show-plan", lambda: bench.show_tab(bench.plan))
        self._bind("show-outline", lambda: bench.show_tab(bench.outline))
        self._bind("graph", bench.toggle_graph, None, bench.shows_graph)
        self._bind("preview", bench.toggle_preview, None, bench.shows_preview)
        self._bind("below", bench.toggle_below, None, lambda: not bench.tabs.isHidden())

    def _check(self) -> None:
        self._page.run_checks()
        self._page.bench.show_tab(self._page.bench.problems)

    def _choose_base(self) -> None:
        page = self._page
        self._start("Choosing", lambda: page.choose_base(page.base_here()))

    def _start(self, title: str, work: Callable[[], object]) -> None:
        spawn(self._page, title, work())  # type: ignore[arg-type]

    def _bind(
        self,
        id: str,
        handler: Callable[[], object],
        enabled: Callable[[], bool] | None = None,
        checked: Callable[[], bool] | None = None,
    ) -> None:
        self._actions.bind(f"build.{id}", self._page, handler, enabled=enabled, checked=checked)
