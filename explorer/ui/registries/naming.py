"""One more name for an image, and one less: tags added and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from explorer.oci import Descriptor, Digest, Reference
from explorer.progress import Job
from explorer.registry import RegistryClient
from explorer.store.images import ImageStore, StoredImage
from explorer.transfer import delete as deletion
from explorer.ui import dialogs, text
from explorer.ui.banner import Kind
from explorer.ui.registries.choice import Choice
from explorer.ui.registries.tagdialogs import LocalTagDialog, RetagDialog
from explorer.ui.tasks import Operation, run_in_thread, spawn

if TYPE_CHECKING:
    from explorer.ui.registries.browser import Browser

_MOST_NAMED: Final = 12
"""So many tags are named in a message."""


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
            self._delete_remote(remote)

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

    def _delete_remote(self, reference: Reference) -> None:
        """First find out what goes with it, however many tags that takes to ask."""
        browser = self._browser

        async def work(_job: Job) -> tuple[Descriptor, tuple[str, ...]]:
            async def ask(client: RegistryClient) -> tuple[Descriptor, tuple[str, ...]]:
                found = await deletion.look(client, reference)
                return found, await deletion.tags_of(client, reference, found)

            return await self._session.ask(reference.host, ask)

        def ask_user(found: tuple[Descriptor, tuple[str, ...]]) -> None:
            spawn(browser, f"Deleting {reference.familiar}", self._confirm(reference, *found))

        (
            Operation(browser, f"Looking what goes with {reference.familiar}")
            .work(work)
            .success(ask_user)
            .failure(browser.banners)
            .replacing("delete")
            .start()
        )

    async def _confirm(
        self, reference: Reference, descriptor: Descriptor, tags: tuple[str, ...]
    ) -> None:
        browser = self._browser
        question, consequence = deletion_words(reference, descriptor, tags)
        if not await dialogs.confirm_loss(browser, question, consequence, "Delete"):
            return

        async def work(_job: Job) -> deletion.Deleted:
            async def ask(client: RegistryClient) -> deletion.Deleted:
                # Nothing goes that the question did not name.
                return await deletion.delete(
                    client, reference, descriptor, lambda others: set(others) <= set(tags)
                )

            return await self._session.ask(reference.host, ask)

        def done(deleted: deletion.Deleted) -> None:
            gone = ", ".join(deleted.tags[:_MOST_NAMED])
            browser.banners.show_message(
                Kind.GOOD,
                f"Deleted {text.plural(len(deleted.tags), 'tag')} of {reference.familiar_name}",
                gone if deleted.what == "tag" else f"{gone}, and the manifest with them",
                "Layers stay until the registry collects its garbage.",
            )
            browser.reader.read_tags(replace(reference, tag=""))

        (
            Operation(browser, f"Deleting {reference.familiar}")
            .work(work)
            .success(done)
            .failure(browser.banners)
            .start()
        )


def deletion_words(
    reference: Reference, descriptor: Descriptor, tags: Sequence[str]
) -> tuple[str, str]:
    """The question before a deletion, and what it takes along."""
    others = [tag for tag in tags if tag != reference.tag]
    question = f"Delete {reference.familiar}?"
    if not others:
        return question, (
            f"It is the only tag of {descriptor.digest.short}: the image cannot be found by any "
            "name any more."
        )
    shown = ", ".join(others[:_MOST_NAMED])
    more = len(others) - _MOST_NAMED
    return question, (
        f"The registry is asked for the tag alone. One that cannot do that deletes the manifest "
        f"{descriptor.digest.short}, and with it {text.plural(len(others), 'more tag')}: {shown}"
        + (f" and {more} more." if more > 0 else ".")
    )
