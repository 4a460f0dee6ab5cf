"""Pulling and pushing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from explorer.oci import Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.store.images import ImageStore, StoredImage
from explorer.transfer.receipt import Receipt, Watch
from explorer.ui import dialogs
from explorer.ui.registries.choice import Choice
from explorer.ui.registries.tagdialogs import PushDialog
from explorer.ui.registries.transfers import Move, Transfer
from explorer.ui.tasks import run_in_thread

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser


class Moving:
    """Images on the move between registries and the local store."""

    def __init__(self, browser: Browser, choice: Choice) -> None:
        self._browser, self._choice = browser, choice
        self._session = browser.session

    def pull(self, *, all_platforms: bool) -> None:
        """Bring what is chosen into the local store; of an index the platform that is shown."""
        reference = self._choice.remote()
        if reference is None:
            return
        platform = None if all_platforms else self._browser.details.platform()

        async def move(client: RegistryClient, job: Job, watch: Watch) -> Receipt:
            from explorer.transfer.pull import pull

            return await pull(
                client,
                reference,
                ImageStore.at(),
                platform=platform,
                all_platforms=all_platforms,
                names=[reference],
                job=job,
                watch=watch,
            )

        def opened() -> None:
            self._browser.shell.open_paths([f"store:{reference}"])

        which = f" for {platform}" if platform is not None else ""
        self._transfer(f"Pulling {reference.familiar}{which}", move, ("Open", opened))

    async def ask_push(self) -> None:
        """Ask which image goes where, and push it."""
        browser = self._browser
        images = await run_in_thread(lambda: ImageStore.at().images())
        dialog = PushDialog(images, browser, repository=self._target(), image=self._choice.stored())
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
        image = self._choice.stored()
        path = image.reference.path if image is not None and image.reference else "app"
        return host.repository(path)

    def _transfer(
        self, title: str, move: Move, offer: tuple[str, Callable[[], object]] | None
    ) -> Transfer:
        browser = self._browser
        transfer = Transfer(title, browser)
        card = browser.transfers.add(transfer)

        def go_on() -> None:
            browser.transfers.remove(card)
            self._transfer(title, move, offer)

        def ended() -> None:
            if transfer.receipt is not None:
                if offer is not None:
                    card.offer(*offer)
                self._moved(transfer.receipt)
                return
            card.offer("Go on", go_on)  # what has arrived is not moved again
            if transfer.error is not None:
                browser.listener.show_error(title, transfer.error, None)

        transfer.ended.connect(ended)
        transfer.start(self._session.options, self._session.accounts.find, move)
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
