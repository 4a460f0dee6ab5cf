"""The page of one image: the model in the middle, the views around it, and what ties them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout

from explorer.errors import AmbiguousImage
from explorer.oci import Platform
from explorer.store.cache import Caches
from explorer.ui import text, theme
from explorer.ui.banner import Kind
from explorer.ui.banner_card import Banner
from explorer.ui.explore import tours
from explorer.ui.explore.actions import PageActions
from explorer.ui.explore.choosing import ImageChoice
from explorer.ui.explore.connecting import SCHEME
from explorer.ui.explore.imagebar import ImageBar
from explorer.ui.explore.model import Place, ViewerModel
from explorer.ui.explore.opening import Opening
from explorer.ui.explore.progress import ReadingStrip
from explorer.ui.explore.remotebar import RemoteBar
from explorer.ui.explore.workbench import Workbench
from explorer.ui.page import Page
from explorer.ui.shell import Shell
from explorer.ui.tasks import spawn
from explorer.ui.tour.panel import TourPanel
from explorer.ui.tour.steps import read_steps
from explorer.ui.widgets.empty import EmptyState

if TYPE_CHECKING:
    from explorer.ui.banner_card import Banner

_TOUR_KEY: Final = "explore/tour-offered"
_READING: Final = ("Reading the image", "Its layers appear here in a moment.")


class ExplorePage(Page):
    """One opened image. Opens ``location`` as soon as the event loop runs."""

    def __init__(self, shell: Shell, location: str, *, caches: Caches | None = None) -> None:
        name = location.removeprefix(SCHEME)
        if name == location:
            name = location.rstrip("/").rpartition("/")[2] or location
        super().__init__(name, location=location)
        self.shell = shell
        self.model = ViewerModel(self)
        self.opening = Opening(location, self.model, caches or Caches.at(), self)
        self.bar = ImageBar(self.model, self)
        self.strip = ReadingStrip(self.model, self)
        self.remote = RemoteBar(self.model, self)
        self.bench = Workbench(self.model, shell.settings, self)
        self.is_built = False
        self._tour: TourPanel | None = None
        self._tour_offer: Banner | None = None
        self._tour_place = QVBoxLayout()
        self._tour_place.setContentsMargins(0, 0, 0, 0)
        self._pages = QStackedWidget(self)
        self._empty = EmptyState("layers", _READING[0], _READING[1], self)
        self.bar.show_name(name)
        self._lay_out()
        self._connect()
        spawn(self, f"Laying out {name}", self._build())
        self.reload()

    async def _build(self) -> None:
        """Make the views while the documents of the image are read."""
        await self.bench.build()
        self.bench.stack.list_wanted.connect(self.list_layers)
        self.bench.tree.list_wanted.connect(self.list_layers)
        self.commands = PageActions(self)
        self.is_built = True
        self._show_bench()
        if self.model.is_complete:
            self._offer_tour()

    def reload(self, platform: Platform | None = None) -> None:
        """Open the image anew, perhaps for another platform."""
        self.banners.clear()
        self._explain(*_READING)
        self.opening.open(platform=platform or self.opening.platform)

    def has_tour(self) -> bool:
        """Whether there is a guided tour of this image."""
        document = self.model.document
        return document is not None and tours.file_for(document) is not None

    def start_tour(self) -> None:
        """Begin the guided tour of this image, above the views; does nothing without one."""
        document = self.model.document
        file = tours.file_for(document) if document is not None else None
        if file is None or self._tour is not None:
            return
        if self._tour_offer is not None:
            self.banners.dismiss(self._tour_offer)
        self._tour = TourPanel(self.model, read_steps(file), self.bench.show_view, self)
        self._tour.closed.connect(self._end_tour)
        self._tour_place.addWidget(self._tour)
        edge = theme.space(2)
        self._tour_place.setContentsMargins(edge, 0, edge, edge)
        self._tour.next.setFocus()
        self.shell.settings.set(_TOUR_KEY, True)

    def _offer_tour(self) -> None:
        """Say once that there is a tour of this image."""
        if self.is_built and self.has_tour() and not self.shell.settings.flag(_TOUR_KEY):
            self.shell.settings.set(_TOUR_KEY, True)
            self._tour_offer = self.banners.show_message(
                Kind.INFO,
                "There is a guided tour of this image",
                "six steps from what a layer is to where the bytes go",
                "It is in the Help menu, too.",
                action=("Start the tour", self.start_tour),
            )

    def _end_tour(self) -> None:
        if self._tour is not None:
            self._tour.deleteLater()
            self._tour_place.setContentsMargins(0, 0, 0, 0)
            self._tour = None
            self.bench.setFocus()

    async def aclose(self) -> None:
        """Stop all work and let go of the files."""
        self.remote.forget()
        await self.opening.close()
        self.model.clear()

    # -- what happens while opening -----------------------------------------------------------

    def _document_changed(self) -> None:
        document = self.model.document
        if document is None:
            return
        self._show_bench()
        self.set_title(document.title)
        layers = [layer.stored for layer in document.layers]
        words = f"{text.plural(len(layers), 'layer')}, {text.size(document.stored)}"
        self.shell.recents.add(self.location, document.title, words, layers)

    def _show_bench(self) -> None:
        """Bring the views to the front as soon as they are made and have something to show."""
        if not self.is_built or self.model.document is None:
            return
        self._pages.setCurrentWidget(self.bench)
        self.setFocusProxy(self.bench)
        # Whoever types somewhere meanwhile goes on typing.
        if self.isVisible() and isinstance(self.window().focusWidget(), QTabBar | Page | None):
            self.bench.setFocus()

    def _opened(self) -> None:
        """Say what of the image could not be read, or is not what it claims to be."""
        image = self.model.image
        if image is None or not self.model.is_complete:
            return
        self._offer_tour()
        if not image.problems:
            return
        problems = image.problems
        self.banners.show_message(
            Kind.ERROR,
            "Some layers are damaged" if len(problems) > 1 else "A layer is damaged",
            f"{problems[0]}" + (f", and {len(problems) - 1} more" if len(problems) > 1 else ""),
            "What could be read is shown.",
            details="\n".join(problems),
        )

    def _failed(self, error: BaseException) -> None:
        again = ("Try again", self.reload)
        self.banners.show_error(f"Opening {self.title}", error, action=again)
        self._explain("This image could not be opened", "The message above says why.")

    def list_layers(self, layers: Collection[int]) -> None:
        """List the files of layers that lie in a registry; they are fetched for it."""
        self.opening.fetching.ask(layers)

    def _listing_failed(self, error: BaseException, layers: Collection[int]) -> None:
        what = "the layer" if len(layers) == 1 else text.plural(len(layers), "layer")
        again = ("Try again", partial(self.list_layers, layers))
        self.banners.show_error(f"Listing {what}", error, action=again)

    def _cancelled(self) -> None:
        self.banners.show_message(
            Kind.INFO,
            "Reading was cancelled",
            "What was read until then is shown" if self.model.image is not None else "",
            action=("Read again", self.reload),
        )
        self._explain("Nothing was read", "Reading was cancelled.")

    def _explain(self, title: str, hint: str) -> None:
        """Say why there is nothing to see, where nothing is."""
        self._empty.explain(title, hint)
        if self.is_built:
            self.bench.tree.show_failure(title, hint)

    def _choose_image(self, error: AmbiguousImage) -> None:
        """Several images are in the archive: ask which."""
        choice = ImageChoice(self.title, error.choices, self)
        choice.chosen.connect(lambda name: self.opening.open(f"{self.location}:{name}"))
        self._pages.addWidget(choice)
        self._pages.setCurrentWidget(choice)
        choice.setFocus()

    def _show_warnings(self) -> None:
        warnings = self.bar.all_warnings()
        shown: Sequence[str] = warnings[:3]
        self.banners.show_message(
            Kind.WARN,
            f"{text.plural(len(warnings), 'remark')} on this image",
            "; ".join(shown) + ("; …" if len(warnings) > len(shown) else ""),
            details="\n".join(warnings),
        )

    # -- composition --------------------------------------------------------------------------

    def _connect(self) -> None:
        model, opening = self.model, self.opening
        model.documentChanged.connect(self._document_changed)
        model.imageChanged.connect(self._opened)
        opening.verified.connect(self._opened)
        opening.started.connect(self.strip.follow)
        opening.ended.connect(self.strip.rest)
        opening.failed.connect(self._failed)
        opening.cancelled.connect(self._cancelled)
        opening.ambiguous.connect(self._choose_image)
        fetching = opening.fetching
        fetching.started.connect(self.strip.follow)
        fetching.ended.connect(self.strip.rest)
        fetching.failed.connect(self._listing_failed)
        self.remote.list_wanted.connect(self.list_layers)
        self.strip.cancel_wanted.connect(opening.cancel)
        self.bar.platform_chosen.connect(self.reload)
        model.platformWanted.connect(self.reload)
        self.bar.warnings_wanted.connect(self._show_warnings)
        model.visited.connect(self.navigator.visit)
        self.navigator.moved.connect(self._restore)

    def _restore(self, place: object) -> None:
        if isinstance(place, Place):
            self.model.restore(place)

    def _lay_out(self) -> None:
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.bench)
        self.body.setSpacing(0)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.remote)
        self.body.addWidget(self.strip)
        self.body.addLayout(self._tour_place)
        self.body.addWidget(self._pages, 1)
