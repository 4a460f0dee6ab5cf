"""One more name for an image, and one less: tags added and deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from explorer.errors import ExplorerError
from explorer.oci import Digest, Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.store.images import ImageStore, StoredImage
from explorer.transfer.browsing import resolve
from explorer.ui import dialogs, text
from explorer.ui.banner import Kind
from explorer.ui.registries.choice import Choice
from explorer.ui.registries.tagdialogs import LocalTagDialog, RetagDialog
from explorer.ui.tasks import Operation, run_in_thread

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser

_MOST_ASKED: Final = 300
"""So many tags are asked for their digests before a deletion says what it takes along."""


class Naming:
    """Adds and deletes tags, in a registry and in the local store."""

    def __init__(self, browser: Browser, choice: Choice) -> None:
        self._browser, self._choice = browser, choice
        self._session = browser.session

    async def retag(self) -> None:
        """Ask for one more name of what is chosen."""
        browser, stored, remote = self._browser, self._choice.stored(), self._choice.remote()
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

    async def delete(self) -> None:
        """Say what would be lost with what is chosen, and take it away if that is wanted."""
        stored, remote = self._choice.stored(), self._choice.remote()
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
