"""What the actions of the browser do: bound here, done here or by those who know how."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication

from explorer.oci import Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.transfer.browsing import Look, look
from explorer.ui import dialogs
from explorer.ui.banner import Kind
from explorer.ui.registries.choice import Choice
from explorer.ui.registries.hosting import Hosting
from explorer.ui.registries.moving import Moving
from explorer.ui.registries.naming import Naming
from explorer.ui.tasks import Operation, spawn

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser


class BrowserActions:
    """Binds the actions of :data:`SPECS` to a browser."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._session = browser.session
        self._actions = browser.shell.actions
        self._choice = Choice(browser)
        self._hosting = Hosting(browser, self._choice)
        self._moving = Moving(browser, self._choice)
        self._naming = Naming(browser, self._choice)
        self._hears_comparison = False
        self._bind_all()

    def _bind_all(self) -> None:
        one, remote, local = self._choice.one, self._choice.remote, self._choice.stored
        choice, hosting = self._choice, self._hosting
        bind = self._bind
        bind("add", lambda: self._start("Adding a registry", hosting.add()))
        bind("change", lambda: self._start("Settings", hosting.change()), choice.at_registry)
        bind("remove", lambda: self._start("Removing", hosting.remove()), choice.at_registry)
        bind("login", lambda: self._start("Logging in", hosting.log_in()), choice.at_registry)
        bind("logout", lambda: self._start("Logging out", hosting.log_out()), choice.is_somebody)
        bind("refresh", self._browser.look_again, lambda: self._browser.place is not None)
        bind("search", self._browser.repositories.line.setFocus)
        bind("filter", self._browser.filter.setFocus, lambda: self._browser.model.count_all > 0)
        bind("open", self._open, lambda: one() is not None)
        bind("pull", lambda: self._moving.pull(all_platforms=False), lambda: remote() is not None)
        bind("pull-all", lambda: self._moving.pull(all_platforms=True), choice.has_platforms)
        bind("push", lambda: self._start("Pushing", self._moving.ask_push()), choice.can_push)
        bind(
            "retag",
            lambda: self._start("Adding a tag", self._naming.retag()),
            lambda: one() is not None,
        )
        bind("compare", self._compare, choice.can_compare)
        bind("read-all", self._read_all, choice.has_unread)
        for tool in ("docker", "podman", "layerscope"):
            bind(f"copy-{tool}", _copier(self._pull_command, tool), lambda: remote() is not None)
        bind("copy-name", self._copy_name, lambda: one() is not None)
        bind("copy-digest", self._copy_digest, lambda: choice.pinned() is not None)
        bind(
            "delete",
            lambda: self._start("Deleting", self._naming.delete()),
            lambda: one() is not None,
        )
        bind("save", lambda: self._start("Saving", self._save()), lambda: local() is not None)

    # -- looking ------------------------------------------------------------------------------

    def _open(self) -> None:
        stored, remote = self._choice.stored(), self._choice.remote()
        if stored is not None:
            name = stored.reference if stored.reference is not None else stored.digest
            self._browser.shell.open_paths([f"store:{name}"])
        elif remote is not None:
            self.open_reference(remote)

    def open_reference(self, reference: Reference) -> None:
        """Look into an image of a registry: its layers at once, files when they are wanted."""
        self._browser.shell.open_paths([f"docker://{reference}"])

    def _read_all(self) -> None:
        browser = self._browser
        if browser.repository is not None:
            browser.reader.read_rows(browser.repository, browser.model.unread(), shown=True)

    def _compare(self) -> None:
        browser, known = self._browser, self._session.known
        references = [browser.reference_of(name) for name in browser.chosen()]
        a, b = (reference for reference in references if reference is not None)

        async def work(_job: Job) -> tuple[Look, Look]:
            async def ask(client: RegistryClient) -> tuple[Look, Look]:
                return await look(client, a, known), await look(client, b, known)

            return await self._session.ask(a.host, ask)

        def show(found: tuple[Look, Look]) -> None:
            left, right = found
            if left.part is None or right.part is None:
                browser.banners.show_message(
                    Kind.WARN, "These cannot be compared", "one of them holds no image"
                )
                return
            view = browser.comparison.widget
            if not self._hears_comparison:
                self._hears_comparison = True
                view.closed.connect(browser.follow_choice)
                view.open_wanted.connect(self.open_reference)
            view.show_sides((a, left.part), (b, right.part))
            browser.show_comparison()

        (
            Operation(browser, "Comparing two tags")
            .work(work)
            .success(show)
            .failure(browser.banners)
            .replacing("compare")
            .start()
        )

    # -- copying ------------------------------------------------------------------------------

    def _pull_command(self, tool: str) -> str:
        reference = self._choice.remote()
        if reference is None:
            return ""
        return shlex.join([tool, "pull", str(reference)])

    def _copy_name(self) -> None:
        stored, remote = self._choice.stored(), self._choice.remote()
        if remote is not None:
            _copy(str(remote))
        elif stored is not None:
            _copy(str(stored.reference or stored.digest))

    def _copy_digest(self) -> None:
        _copy(self._choice.pinned() or "")

    async def _save(self) -> None:
        browser, image = self._browser, self._choice.stored()
        if image is None:
            return
        name = image.reference.path.rpartition("/")[2] if image.reference is not None else "image"
        path = await dialogs.ask_save(
            browser, browser.shell.settings, "Save the image", f"{name}.tar"
        )
        if path:
            browser.local.save(image, path, lambda: browser.banners.show_message(
                Kind.GOOD, f"{name} is saved", path
            ))  # fmt: skip

    # -- plumbing -----------------------------------------------------------------------------

    def _start(self, title: str, work: Coroutine[Any, Any, object]) -> None:
        spawn(self._browser, title, work)

    def _bind(
        self,
        id: str,
        handler: Callable[[], object],
        enabled: Callable[[], bool] | None = None,
    ) -> None:
        self._actions.bind(f"registries.{id}", self._browser, handler, enabled=enabled)


def _copier(command: Callable[[str], str], tool: str) -> Callable[[], object]:
    return lambda: _copy(command(tool))


def _copy(words: str) -> None:
    if words:
        QGuiApplication.clipboard().setText(words)
