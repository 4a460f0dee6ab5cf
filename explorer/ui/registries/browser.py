"""The browser of registries: where it is, and what is chosen there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from explorer.errors import UsageError
from explorer.oci import Descriptor, Reference
from explorer.progress import Job
from explorer.registry.hosts import Host, Hosts
from explorer.store.images import StoredImage
from explorer.transfer.browsing import Look
from explorer.ui import text
from explorer.ui.banner import Kind
from explorer.ui.registries.actions import BrowserActions
from explorer.ui.registries.facts import RowFacts
from explorer.ui.registries.hostlist import LOCAL, title_of
from explorer.ui.registries.listener import Listener
from explorer.ui.registries.localstore import LocalStore, StoredLook, repository_names
from explorer.ui.registries.reader import Reader
from explorer.ui.registries.session import RegistrySession
from explorer.ui.registries.tagmodel import HEADS, TAG
from explorer.ui.registries.view import BrowserView
from explorer.ui.shell import Shell
from explorer.ui.tasks import Operation, spawn


class Browser(BrowserView):
    """The whole workspace, alive from :meth:`build` on; ``banners`` take what goes wrong."""

    def __init__(
        self, shell: Shell, parent: QWidget | None = None, *, hosts: Hosts | None = None
    ) -> None:
        session = RegistrySession(shell.window, hosts)
        super().__init__(shell, session, parent)
        session.setParent(self)
        self.session = session
        self.reader = Reader(session, self)
        self.local = LocalStore(self)
        self.place: str | None = None
        self.repository: Reference | None = None
        self.looks: dict[str, Look] = {}
        self.is_listing = False
        self._wanted_tag = ""

    def build(self) -> None:
        """Lay everything out, bind the actions, and read the list of registries; once."""
        self.lay_out()
        self.actions_ = BrowserActions(self)
        self.listener = Listener(self)
        self.hosts.entered_host.connect(self.enter_place)
        self.repositories.chosen.connect(self.enter_repository)
        self.repositories.typed.connect(self.enter_typed)
        self.repositories.means = self._meant
        self.filter.textChanged.connect(self._filter)
        self.filter.returnPressed.connect(self._to_table)
        self.table.chosen.connect(self.follow_choice)
        self.table.entered_name.connect(lambda _name: self.shell.actions.trigger("registries.open"))
        self.local.listed.connect(self._local_listed)
        self.local.failed.connect(self.banners.show_error)
        self.hosts.selectionModel().currentChanged.connect(lambda *_: self.shell.actions.refresh())
        self.show_begin()
        self._load()

    def _load(self) -> None:
        async def work(_job: Job) -> None:
            await self.session.load()

        (
            Operation(self, "Reading the list of registries")
            .work(work)
            .failure(self.banners)
            .quiet()
            .start()
        )

    # -- where we are -------------------------------------------------------------------------

    @property
    def is_local(self) -> bool:
        """Whether the local store is shown."""
        return self.place == LOCAL

    @property
    def host(self) -> Host | None:
        """The registry that is shown."""
        return self.session.host(self.place) if self.place else None

    def enter_place(self, name: str) -> None:
        """Look into the local store or a registry: this contacts it."""
        self._leave(name, None)
        self.hosts.choose(name)
        self.repositories.line.clear()
        if name == LOCAL:
            self.repositories.explain("No images yet", "Build, load or pull one.", "Search")
            self.explain("Reading the local store")
            self.local.read()
        else:
            self.repositories.explain("Asking…", f"{title_of(name)} is asked what it has.")
            self.explain("Choose a repository", "Or type one at the left and press Enter.")
            self.reader.read_host(name)

    def leave_place(self) -> None:
        """Show the registry as one that is not contacted: who asks is nobody any more."""
        self._leave(None, None)
        self.repositories.explain("Not contacted", "Press the registry to look into it again.")
        self.show_begin()
        self.count()

    def enter_repository(self, path: str) -> None:
        """List the tags of a repository of the registry in view; of the store, its images."""
        if self.is_local:
            self._show_local(path)
        else:
            self._enter(path, typed=False)

    def enter_typed(self, words: str) -> None:
        """List the tags of a repository that was typed, and choose the tag if one was."""
        if not self.is_local:
            self._enter(words, typed=True)

    def _meant(self, words: str) -> Reference | None:
        """What words would name in the registry in view, once they are a name."""
        host = self.host
        try:
            found = host.repository(words) if host is not None else None
        except UsageError:
            return None
        if found is None or "tag" not in found.defaults:
            return found
        defaults = tuple(part for part in found.defaults if part != "tag")
        return replace(found, tag="", defaults=defaults)

    def _enter(self, words: str, *, typed: bool) -> None:
        host = self.host
        if host is None:
            self.banners.show_message(Kind.INFO, "Choose a registry first", "", "Press one above.")
            return
        try:
            reference = host.repository(words)
        except UsageError as error:
            self.banners.show_error("Reading the name", error)
            return
        defaults = tuple(part for part in reference.defaults if part != "tag")
        bare = replace(reference, tag="", digest=None, defaults=defaults)
        self._leave(host.name, bare)
        self._wanted_tag = "" if "tag" in reference.defaults else reference.tag
        if typed:
            spawn(self, "Keeping the name", self.session.remember(reference))
        self.repositories.choose(reference.path)
        self.is_listing = True
        self.explain("Listing its tags")
        self.reader.read_tags(bare)

    def _leave(self, place: str | None, repository: Reference | None) -> None:
        """Forget what was shown, for something else is to be."""
        self.banners.clear()
        self.reader.stop()
        self.place, self.repository = place, repository
        self.looks.clear()
        self.model.clear("Image" if place == LOCAL else HEADS[TAG])
        self.filter.clear()
        self.name.show_name(repository)
        self.name.setVisible(repository is not None)
        self.place_name.setText("" if place is None else title_of(place))
        self.place_name.setVisible(repository is None)
        self.shell.actions.refresh()

    def look_again(self) -> None:
        """Ask anew for what is shown."""
        if self.place is None:
            return
        if self.is_local:
            self.local.read()
        elif self.repository is not None:
            self.reader.read_tags(self.repository)
            self.follow_choice()
        else:
            self.enter_place(self.place)

    # -- what is chosen -----------------------------------------------------------------------

    def chosen(self) -> list[str]:
        """The names of the chosen rows."""
        return self.table.names()

    def reference_of(self, name: str) -> Reference | None:
        """The whole name of a row of a registry."""
        return replace(self.repository, tag=name) if self.repository is not None else None

    def stored(self, name: str) -> StoredImage | None:
        """The image of a row of the local store."""
        return self.local.images.get(name) if self.is_local else None

    def want_tag(self, tag: str) -> None:
        """Choose a tag as soon as it is listed."""
        self._wanted_tag = tag

    def choose_wanted(self) -> None:
        """Choose the tag that was wanted, now that all are listed."""
        wanted, self._wanted_tag = self._wanted_tag, ""
        if wanted and not self.table.choose(wanted):
            self.banners.show_message(Kind.WARN, f"There is no tag {wanted}", "")
        if self.repositories.line.hasFocus() or self.repositories.view.hasFocus():
            self.table.setFocus()

    def follow_choice(self) -> None:
        """Show what is chosen."""
        self.shell.actions.refresh()
        self.count()
        names = self.chosen()
        if len(names) != 1:
            self.right.setCurrentWidget(self.several if names else self.nothing)
            return
        self.right.setCurrentWidget(self.details)
        reference = self.reference_of(names[0])
        if self.is_local:
            self._show_stored(names[0])
        elif reference is not None:
            known = self.looks.get(names[0])
            if known is not None:
                named = replace(reference, digest=known.descriptor.digest)
                self.details.show_look(named, known, self.reader.parts)
            else:
                self.details.show_name(reference)
            self.reader.read_look(reference)

    def show_comparison(self) -> None:
        """Bring the comparison into view."""
        self.right.setCurrentWidget(self.comparison)

    # -- the local store ----------------------------------------------------------------------

    def _local_listed(self, images: Mapping[str, StoredImage]) -> None:
        if not self.is_local:
            return
        names = repository_names(images)
        if names:
            self.repositories.show_names(names, "Search")
        self._show_local("")

    def _show_local(self, repository: str) -> None:
        images = {
            name: image
            for name, image in self.local.images.items()
            if not repository
            or (image.reference is not None and image.reference.familiar_name == repository)
        }
        facts = {name: RowFacts.of_stored(image) for name, image in images.items()}
        self.model.show(list(images), facts, head="Image")
        if images:
            self.pages.setCurrentWidget(self.table)
            self.right.setCurrentWidget(self.details if self.chosen() else self.nothing)
        else:
            self.explain(
                "The local store is empty",
                "Pull an image from a registry, or build or load one; it appears here.",
            )
        self.count()
        self.shell.actions.refresh()

    def _show_stored(self, name: str) -> None:
        image = self.stored(name)
        if image is None:
            return
        named = replace(image.reference, digest=image.digest) if image.reference else None
        self.details.show_name(named, image.problem or stored_words(image))
        self.local.look(image, self._stored_looked)

    def _stored_looked(self, image: StoredImage, found: StoredLook) -> None:
        """Show what was read of an image of the store, if it is still chosen."""
        names = self.chosen()
        if len(names) == 1 and self.stored(names[0]) == image:
            named = replace(image.reference, digest=image.digest) if image.reference else None
            self.details.show_look(named, found.look, found.parts, stored_words(image))

    def show_stored_platform(self, names: Sequence[str], image: Descriptor) -> None:
        """Show another image of an index of the store."""
        stored = self.stored(names[0]) if len(names) == 1 else None
        found = self.local.looks.get(stored.digest) if stored is not None else None
        if found is not None and image.digest in found.parts:
            self.details.show_part(found.parts[image.digest])

    # -- in words -----------------------------------------------------------------------------

    def counts_reading(self) -> bool:
        """Whether what is read of the registry in view counts against a limit."""
        return self.host is not None and self.host.counts_reading

    def count(self) -> None:
        """Say how many there are, shown, read and chosen."""
        model = self.model
        shown, every = model.rowCount(), model.count_all
        words = text.plural(every, "image" if self.is_local else "tag")
        if shown != every:
            words = f"{text.count(shown)} of {words}"
        if self.is_listing:
            words += ", more to come"
        if not self.is_local and every:
            read = model.count_known
            words += f" · {text.count(read)} read" if read < every else ""
            if self.counts_reading():
                words += " · Docker Hub counts reading: the rest is read for the tag you choose"
        chosen = len(self.chosen())
        words += f" · {chosen} chosen" if chosen > 1 else ""
        self.counted.setText(words if every or self.is_listing else "")

    def _filter(self, words: str) -> None:
        self.model.filter(words)
        self.count()

    def _to_table(self) -> None:
        self.table.setFocus()
        if not self.chosen() and self.model.rowCount():
            self.table.selectRow(0)


def stored_words(image: StoredImage) -> str:
    """What an image of the store takes."""
    own = text.size(image.unique_size)
    return f"{text.size(image.size)}, of which {own} no other image here needs."
