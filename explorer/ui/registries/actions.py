"""What the actions of the browser do."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QGuiApplication

from explorer.errors import ExplorerError
from explorer.oci import Digest, Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.store.images import ImageStore, StoredImage
from explorer.transfer.browsing import Look, look, resolve
from explorer.transfer.receipt import Receipt, Watch
from explorer.ui import dialogs, text
from explorer.ui.banner import Kind
from explorer.ui.registries.hostdialog import HostDialog
from explorer.ui.registries.hostlist import LOCAL, title_of
from explorer.ui.registries.logindialog import LoginDialog
from explorer.ui.registries.tagdialogs import LocalTagDialog, PushDialog, RetagDialog
from explorer.ui.registries.transfers import Move, Transfer
from explorer.ui.tasks import Operation, run_in_thread, spawn

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser

_MOST_ASKED: Final = 300
"""So many tags are asked for their digests before a deletion says what it takes along."""


class BrowserActions:
    """Binds the actions of :data:`SPECS` to a browser."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._session = browser.session
        self._actions = browser.shell.actions
        self._bind_all()

    def _bind_all(self) -> None:
        one, remote, local = self._one, self._one_remote, self._one_stored
        bind = self._bind
        bind("add", lambda: self._start("Adding a registry", self._add()))
        bind("change", lambda: self._start("Settings", self._change()), self._at_registry)
        bind("remove", lambda: self._start("Removing", self._remove()), self._at_registry)
        bind("login", lambda: self._start("Logging in", self._log_in()), self._at_registry)
        bind("logout", lambda: self._start("Logging out", self._log_out()), self._is_somebody)
        bind("refresh", self._browser.look_again, lambda: self._browser.place is not None)
        bind("search", self._browser.repositories.line.setFocus)
        bind("filter", self._browser.filter.setFocus, lambda: self._browser.model.count_all > 0)
        bind("open", self._open, lambda: one() is not None)
        bind("pull", lambda: self._pull(all_platforms=False), lambda: remote() is not None)
        bind("pull-all", lambda: self._pull(all_platforms=True), self._has_platforms)
        bind("push", lambda: self._start("Pushing", self._push()), self._can_push)
        bind("retag", lambda: self._start("Adding a tag", self._retag()), lambda: one() is not None)
        bind("compare", self._compare, self._can_compare)
        bind("read-all", self._read_all, self._has_unread)
        for tool in ("docker", "podman", "layerscope"):
            bind(f"copy-{tool}", _copier(self._pull_command, tool), lambda: remote() is not None)
        bind("copy-name", self._copy_name, lambda: one() is not None)
        bind("copy-digest", self._copy_digest, lambda: self._pinned() is not None)
        bind("delete", lambda: self._start("Deleting", self._delete()), lambda: one() is not None)
        bind("save", lambda: self._start("Saving", self._save()), lambda: local() is not None)

    # -- what they are about ------------------------------------------------------------------

    def _one(self) -> str | None:
        names = self._browser.chosen()
        return names[0] if len(names) == 1 else None

    def _one_remote(self) -> Reference | None:
        name = self._one()
        return self._browser.reference_of(name) if name is not None else None

    def _one_stored(self) -> StoredImage | None:
        name = self._one()
        return self._browser.stored(name) if name is not None else None

    def _registry(self) -> str:
        """The registry with the focus in the list, else the one that is shown; empty for none."""
        if self._browser.hosts.hasFocus():
            return self._browser.hosts.current_host() or LOCAL
        return self._browser.place or LOCAL

    def _at_registry(self) -> bool:
        return bool(self._registry())

    def _is_somebody(self) -> bool:
        return self._session.state(self._registry()).login.is_somebody

    def _look(self) -> Look | None:
        name = self._one()
        return self._browser.looks.get(name) if name is not None else None

    def _has_platforms(self) -> bool:
        found = self._look()
        return found is not None and found.index is not None and self._one_remote() is not None

    def _can_push(self) -> bool:
        return self._browser.host is not None or self._one_stored() is not None

    def _can_compare(self) -> bool:
        return not self._browser.is_local and len(self._browser.chosen()) == 2

    def _has_unread(self) -> bool:
        browser = self._browser
        return (
            browser.repository is not None and browser.model.count_known < browser.model.count_all
        )

    def _pinned(self) -> str | None:
        """Name and digest of what is chosen."""
        stored, remote, name = self._one_stored(), self._one_remote(), self._one()
        if stored is not None:
            if stored.reference is None:
                return str(stored.digest)
            return f"{stored.reference.repository}@{stored.digest}"
        digest = self._browser.model.facts_of(name).digest if name is not None else None
        if remote is None or digest is None:
            return None
        return f"{remote.repository}@{digest}"

    # -- registries ---------------------------------------------------------------------------

    async def _add(self) -> None:
        browser = self._browser
        dialog = HostDialog(self._session, browser.shell.settings, browser)
        if await dialogs.finished(dialog) and dialog.added is not None:
            browser.hosts.choose(dialog.added.name)
            browser.hosts.setFocus()

    async def _change(self) -> None:
        browser = self._browser
        host = self._session.host(self._registry())
        if host is not None:
            dialog = HostDialog(self._session, browser.shell.settings, browser, host=host)
            if await dialogs.finished(dialog) and browser.place == host.name:
                browser.enter_place(host.name)

    async def _remove(self) -> None:
        name = self._registry()
        await self._session.remove(name)
        if self._browser.place == name:
            self._browser.enter_place(LOCAL)

    async def _log_in(self) -> None:
        browser, host = self._browser, self._registry()
        dialog = LoginDialog(self._session, host, browser)
        if await dialogs.finished(dialog):
            if browser.place == host and browser.repository is not None:
                await self._session.contact(host)
                browser.banners.clear()
                browser.look_again()
            else:
                browser.enter_place(host)
            browser.banners.show_message(
                Kind.GOOD, f"Logged in to {title_of(host)}", f"the secret is in {dialog.kept_in}"
            )

    async def _log_out(self) -> None:
        browser, host = self._browser, self._registry()
        places = await self._session.log_out(host)
        if browser.place == host:
            browser.leave_place()
        gone = ", ".join(places)
        browser.banners.show_message(
            Kind.GOOD,
            f"Logged out of {title_of(host)}",
            f"the secret is gone from {gone}" if gone else "no secret was kept for it",
        )

    # -- looking ------------------------------------------------------------------------------

    def _open(self) -> None:
        stored, remote = self._one_stored(), self._one_remote()
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
            browser.comparison.show_sides((a, left.part), (b, right.part))
            browser.show_comparison()

        (
            Operation(browser, "Comparing two tags")
            .work(work)
            .success(show)
            .failure(browser.banners)
            .replacing("compare")
            .start()
        )

    # -- moving -------------------------------------------------------------------------------

    def _pull(self, *, all_platforms: bool) -> None:
        reference = self._one_remote()
        if reference is None:
            return

        async def move(client: RegistryClient, job: Job, watch: Watch) -> Receipt:
            from explorer.transfer.pull import pull

            return await pull(
                client,
                reference,
                ImageStore.at(),
                all_platforms=all_platforms,
                names=[reference],
                job=job,
                watch=watch,
            )

        def opened() -> None:
            self._browser.shell.open_paths([f"store:{reference}"])

        self._transfer(f"Pulling {reference.familiar}", move, ("Open", opened))

    async def _push(self) -> None:
        browser = self._browser
        images = await run_in_thread(lambda: ImageStore.at().images())
        dialog = PushDialog(images, browser, repository=self._target(), image=self._one_stored())
        if not await dialogs.finished(dialog):
            return
        image, reference = dialog.image, dialog.reference
        if image is None or reference is None:
            return
        self.push(image, reference)

    def push(self, image: StoredImage, reference: Reference) -> None:
        """Bring an image of the local store into a registry."""

        async def move(client: RegistryClient, job: Job, watch: Watch) -> Receipt:
            from explorer.transfer.push import StoreContent, known_repositories, push

            store = ImageStore.at()
            mounts = known_repositories(store, reference)
            return await push(
                client,
                StoreContent(store.layout),
                image.descriptor,
                reference,
                mount_from=mounts.get,
                job=job,
                watch=watch,
            )

        self._transfer(f"Pushing {reference.familiar}", move, None)

    def _target(self) -> Reference | None:
        """The repository in view, or a new one on the registry in view."""
        browser = self._browser
        if browser.repository is not None:
            return browser.repository
        host = browser.host
        if host is None:
            return None
        image = self._one_stored()
        path = image.reference.path if image is not None and image.reference else "app"
        return host.repository(path)

    def _transfer(
        self, title: str, move: Move, offer: tuple[str, Callable[[], object]] | None
    ) -> Transfer:
        browser = self._browser
        transfer = Transfer(title, browser)
        card = browser.transfers.add(transfer)

        def ended() -> None:
            if transfer.receipt is not None:
                if offer is not None:
                    card.offer(*offer)
                self._moved(transfer.receipt)
            elif transfer.error is not None:
                browser.banners.show_error(title, transfer.error)

        transfer.ended.connect(ended)
        transfer.start(self._session.options(), self._session.accounts.find, move)
        return transfer

    def _moved(self, receipt: Receipt) -> None:
        """Something is where it was not: show it, if that is what is in view."""
        browser = self._browser
        here = browser.repository
        if browser.is_local:
            browser.local.read()
        elif here is not None and any(name.repository == here.repository for name in receipt.names):
            browser.reader.read_tags(here)
        elif browser.place and any(name.host == browser.place for name in receipt.names):
            browser.reader.read_host(browser.place)

    # -- names --------------------------------------------------------------------------------

    async def _retag(self) -> None:
        browser, stored, remote = self._browser, self._one_stored(), self._one_remote()
        if stored is not None:

            async def name(reference: Reference) -> None:
                await run_in_thread(ImageStore.at().name, reference, stored.descriptor)

            if await dialogs.finished(LocalTagDialog(stored, name, browser)):
                browser.local.read()
            return
        if remote is None:
            return
        facts = browser.model.facts_of(remote.tag)

        async def put(target: Reference) -> None:
            async def ask(client: RegistryClient) -> Digest:
                source = replace(remote, digest=facts.digest) if facts.digest else remote
                document = await client.manifest(source)
                return await client.put_manifest(
                    target, document.data, document.descriptor.media_type
                )

            await self._session.ask(target.host, ask)

        dialog = RetagDialog(remote, browser.model.names(), put, browser)
        if await dialogs.finished(dialog) and dialog.chosen is not None:
            made = dialog.chosen
            browser.want_tag(made.tag)
            browser.reader.read_tags(replace(made, tag=""))
            browser.banners.show_message(
                Kind.GOOD, f"{made.familiar} stands for the same content", "no layer was moved"
            )

    async def _delete(self) -> None:
        stored, remote = self._one_stored(), self._one_remote()
        if stored is not None:
            await self._delete_stored(stored)
        elif remote is not None:
            await self._delete_remote(remote)

    async def _delete_stored(self, image: StoredImage) -> None:
        browser = self._browser
        name = image.reference.familiar if image.reference is not None else image.digest.short
        others = [
            one.reference.familiar
            for one in browser.local.images.values()
            if one.digest == image.digest and one.reference not in (None, image.reference)
            and one.reference is not None
        ]  # fmt: skip
        consequence = (
            f"The image stays, as {', '.join(others[:5])}."
            if others
            else f"{text.size(image.unique_size)} that no other image here needs go with it. "
            "What is in a registry stays there."
        )
        question = f"Remove {name} from the local store?"
        if await dialogs.confirm_loss(browser, question, consequence, "Remove"):
            browser.local.remove(image)

    async def _delete_remote(self, reference: Reference) -> None:
        browser = self._browser
        try:
            digest, lost, unknown = await self._lost_with(reference)
        except ExplorerError as error:
            browser.banners.show_error("Looking what would be lost", error)
            return
        question, consequence = deletion_words(reference, digest, lost, unknown)
        if not await dialogs.confirm_loss(browser, question, consequence, "Delete"):
            return

        async def work(_job: Job) -> None:
            async def ask(client: RegistryClient) -> None:
                await client.delete(replace(reference, tag="", digest=digest))

            await self._session.ask(reference.host, ask)

        def done(_none: object) -> None:
            browser.banners.show_message(
                Kind.GOOD,
                f"Deleted {text.plural(len(lost), 'tag')} of {reference.familiar_name}",
                f"digest {digest.short}; the registry frees the room when it collects garbage",
            )
            browser.reader.read_tags(replace(reference, tag=""))

        (
            Operation(browser, f"Deleting {reference.familiar}")
            .work(work)
            .success(done)
            .failure(browser.banners)
            .start()
        )

    async def _lost_with(self, reference: Reference) -> tuple[Digest, list[str], int]:
        """The digest of a tag, all tags of that digest, and how many tags were not asked."""
        browser = self._browser
        names = list(browser.model.names())
        asked = names[:_MOST_ASKED]

        async def ask(client: RegistryClient) -> tuple[Digest, list[str]]:
            digest = await resolve(client, reference)
            lost = [reference.tag]
            for name in asked:
                if name == reference.tag:
                    continue
                found = await client.resolve(replace(reference, tag=name))
                if found is not None and found.digest == digest:
                    lost.append(name)
            return digest, lost

        digest, lost = await self._session.ask(reference.host, ask)
        return digest, lost, len(names) - len(asked)

    # -- copying ------------------------------------------------------------------------------

    def _pull_command(self, tool: str) -> str:
        reference = self._one_remote()
        if reference is None:
            return ""
        return shlex.join([tool, "pull", str(reference)])

    def _copy_name(self) -> None:
        stored, remote = self._one_stored(), self._one_remote()
        if remote is not None:
            _copy(str(remote))
        elif stored is not None:
            _copy(str(stored.reference or stored.digest))

    def _copy_digest(self) -> None:
        _copy(self._pinned() or "")

    async def _save(self) -> None:
        browser, image = self._browser, self._one_stored()
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


def deletion_words(
    reference: Reference, digest: Digest, lost: list[str], unknown: int
) -> tuple[str, str]:
    """The question before a deletion, and what it takes along."""
    tags = text.plural(len(lost), "tag")
    question = f"Delete {tags} of {reference.familiar_name}?"
    shown = ", ".join(lost[:12]) + (f" and {len(lost) - 12} more" if len(lost) > 12 else "")
    words = f"The manifest {digest.short} goes, and with it every tag that stands for it: {shown}."
    if unknown:
        words += f" {text.plural(unknown, 'more tag')} were not asked; some may go, too."
    return question, f"{words} Whoever pulls one of them will not find it any more."


def _copier(command: Callable[[str], str], tool: str) -> Callable[[], object]:
    return lambda: _copy(command(tool))


def _copy(words: str) -> None:
    if words:
        QGuiApplication.clipboard().setText(words)
