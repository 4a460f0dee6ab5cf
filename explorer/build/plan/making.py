"""The parts of one step's key as they come together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from explorer.build.files.mishap import Mishap
from explorer.build.plan.keys import Key, Part, PartKind
from explorer.build.plan.listing import Listing
from explorer.build.plan.picking import Picked
from explorer.build.tree import Tree
from explorer.dockerfile.stages.model import Origin, Stage
from explorer.errors import Cancelled, ExplorerError


@dataclass(frozen=True, slots=True)
class Below:
    """What a step builds upon: a ``state``, ``None`` where it is not known, and what to call it.

    ``is_base`` tells what a FROM gives from what another step left.
    """

    state: str | None
    title: str
    is_base: bool = True

    def part(self) -> Part:
        """It as a part of a key."""
        kind = PartKind.BASE if self.is_base else PartKind.PARENT
        return Part(kind, "", self.title, self.state or "", named=False)


@dataclass(frozen=True, slots=True)
class Given:
    """Files to take from: the tree where it is at hand, and an ``identity`` that stands for it.

    ``by_content`` is true for build contexts: only what they hold counts. Else ``identity`` is a
    state or a digest, ``None`` where it is not known, which ``unknown`` then explains. ``later``
    gives a tree that takes long to look into, if the identity alone does not help.
    """

    title: str
    tree: Tree | None = None
    identity: str | None = None
    by_content: bool = False
    unknown: str = ""
    later: Callable[[], Tree | None] | None = None

    def opened(self) -> Given:
        """The same with its tree, if that takes asking for."""
        if self.later is None:
            return self
        try:
            tree = self.later()
        except Cancelled:
            raise
        except ExplorerError:
            tree = None
        return replace(self, tree=tree, later=None)


Giver: TypeAlias = Callable[[Origin, Stage], Given]
"""Tells of the files of a stage, an image or a build context."""


@dataclass(slots=True)
class Making:
    """``identity`` are parts by where files come from, ``content`` by what they hold.

    What both have is in both. ``unknown`` and ``unread`` tell why one of them cannot be told.
    """

    identity: list[Part] = field(default_factory=list)
    content: list[Part] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    mishaps: list[Mishap] = field(default_factory=list)
    is_below_unknown: bool = False
    has_archives: bool = False
    is_shallow: bool = False
    """Whether files were at hand that were not looked into."""

    def both(self, *parts: Part) -> None:
        """Add parts that count either way."""
        self.identity += parts
        self.content += parts

    def take(self, given: Given, written: Sequence[str], picked: Picked) -> None:
        """Add files that are taken from somewhere; ``written`` are the sources as they stand.

        How many files were found says nothing of where they come from: whether the tree was looked
        into makes no difference to the key by identity.
        """
        for mishap in picked.mishaps:
            self.refuse(mishap)
        if given.tree is None and written:
            self.unread.append(given.unknown or f"{given.title} is not at hand")
        for pick in picked.picks:
            if pick.listing is None:
                self.unread.append(f"{given.title} holds too much to be read beforehand")
                continue
            part = Part(PartKind.SOURCE, pick.name, pick.written, pick.listing.digest)
            self.listings.append(pick.listing)
            self.content.append(part)
            if given.by_content:
                self.identity.append(part)
        if given.by_content and given.tree is not None:
            self.unknown += self.unread
            return
        for text in written:
            if given.identity is None:
                self.unknown.append(given.unknown or f"{given.title} is not at hand")
            else:
                self.identity.append(Part(PartKind.ORIGIN, text, given.title, given.identity))

    def refuse(self, mishap: Mishap) -> None:
        """Note that the step cannot be carried out."""
        self.mishaps.append(mishap)
        if mishap.is_error:
            text = f"{mishap.message}: {mishap.why}" if mishap.why else mishap.message
            self.unknown.append(text)
            self.unread.append(text)

    def keys(self) -> tuple[Key | None, Key | None]:
        """The key by where files come from, and the one by content, where that is another one.

        ``None`` where one cannot be told.
        """
        if self.is_below_unknown:
            return None, None
        identity = None if self.unknown else Key.of(self.identity)
        if self.unread or self.content == self.identity:
            return identity, None
        return identity, Key.of(self.content)
