"""Making what the tree shows, in a thread: the listing, the filter, the arrangement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.analysis.opened import OpenImage
from explorer.filesystem.index import Array
from explorer.progress import Job
from explorer.ui.explore.arrange import Arrangement, Order, Shape, arrange
from explorer.ui.explore.listing import Listing, make_listing
from explorer.ui.explore.model import Mode
from explorer.ui.explore.treewords import counts
from explorer.ui.tasks import Operation

Filter = Callable[[Listing, Job], Array]
"""Returns which nodes of a listing pass, as a mask."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that decides what the tree shows, apart from what is unfolded."""

    image: OpenImage
    mode: Mode
    first: int
    last: int
    deleted: bool
    shape: Shape
    order: Order
    top: int
    filter_text: str
    filter: Filter | None

    def same_listing(self, listing: Listing, deleted: bool) -> bool:
        """Whether a listing made before serves for this one, too."""
        return (
            listing.image is self.image
            and (listing.mode, listing.first, listing.last) == (self.mode, self.first, self.last)
            and deleted == self.deleted
        )


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What came of it."""

    wanted: Wanted
    listing: Listing
    chosen: Array | None
    arrangement: Arrangement
    counted: str
    """How many paths it lists, in words."""


class TreeLoader(QWidget):
    """Makes arrangements one after the other; only the latest asked for is told of.

    A widget, never shown, so that a failure finds the banners of the page it is on.
    """

    made = Signal(object)
    """A :class:`Made`."""
    busy = Signal(bool)
    """Whether something is being made."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._asked: Wanted | None = None
        self._last: Made | None = None

    @property
    def latest(self) -> Made | None:
        """What was made last."""
        return self._last

    def ask(self, wanted: Wanted) -> None:
        """Make what is wanted, unless it is in the making or made already."""
        if wanted == self._asked:
            return
        self._asked = wanted
        kept = self._last
        self.busy.emit(True)
        (
            Operation(self, "Listing files")
            .work(lambda job: make(wanted, kept, job))
            .success(self._done)
            .failure(self._failed)
            .quiet()
            .replacing("listing")
            .start()
        )

    def forget(self) -> None:
        """Let go of the image; whatever is in the making is dropped."""
        self._asked = self._last = None

    def _done(self, made: Made) -> None:
        if made.wanted != self._asked:
            return
        self._last = made
        self.busy.emit(False)
        self.made.emit(made)

    def _failed(self, error: BaseException) -> None:
        self._asked = None
        self.busy.emit(False)
        raise error


def make(wanted: Wanted, kept: Made | None, job: Job) -> Made:
    """Make it, from what was made before as far as that serves."""
    listing, chosen = None, None
    if kept is not None and wanted.same_listing(kept.listing, kept.wanted.deleted):
        listing = kept.listing
        if wanted.filter_text == kept.wanted.filter_text:
            chosen = kept.chosen
    if listing is None:
        listing = make_listing(
            wanted.image, wanted.mode, wanted.first, wanted.last, deleted=wanted.deleted, job=job
        )
    if chosen is None and wanted.filter is not None:
        chosen = wanted.filter(listing, job)
    job.check()
    arrangement = arrange(listing, wanted.shape, wanted.order, wanted.top, chosen=chosen, job=job)
    return Made(wanted, listing, chosen, arrangement, counts(listing, wanted.top, chosen))
