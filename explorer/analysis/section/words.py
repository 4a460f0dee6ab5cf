"""Each cell of a cross-section in plain words, for hovering and for screen readers."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.analysis.differences import (
    KIND_WORDS,
    bytes_text,
    device_text,
    differences,
    layer_list,
    listed,
    plural,
)
from explorer.analysis.opened import OpenImage
from explorer.analysis.section.grid import Grid
from explorer.analysis.section.values import Cell, CellKind, Event, Inside
from explorer.analysis.timeline import Cause, removal_cause
from explorer.filesystem.entry import Aspect, Entry, EntryType, differing_aspects
from explorer.filesystem.names import display
from explorer.filesystem.stack import NOTHING


@dataclass(frozen=True, slots=True)
class Place:
    """One cell and all that is around it."""

    image: OpenImage
    grid: Grid
    row: int
    layer: int

    @property
    def node(self) -> int:
        """The node of the path."""
        return int(self.grid.nodes[self.row])

    @property
    def name(self) -> str:
        """The name of the path as shown to a person."""
        return display(self.image.stack.trie.name(self.node))

    @property
    def kind(self) -> CellKind:
        """What the path is in this layer."""
        return CellKind(int(self.grid.kinds[self.row, self.layer]))

    @property
    def event(self) -> Event:
        """What the layer does to it."""
        return self.grid.event(self.row, self.layer)

    @property
    def is_dir(self) -> bool:
        """Whether it is a folder once the layer is on the stack, or was when it last showed."""
        provider = self.event.after
        if provider == NOTHING:
            return bool(self.grid.types[self.row] == EntryType.DIR)
        return self.entry(provider).is_dir

    @property
    def covered(self) -> bool:
        """Whether the layer stores a version here that the finished image does not show."""
        unseen = 0 < self.event.stored == self.event.unseen
        if not self.kind.stores:
            return self.kind is CellKind.INSIDE and unseen
        final = int(self.grid.sources[self.row, -1])
        if self.is_dir:
            return final < 0 or unseen
        return final != self.layer and (self.event.unseen > 0 or self.event.stored == 0)

    def entry(self, provider: int) -> Entry:
        """A version of the path."""
        return self.image.stack.entry(self.node, provider)

    def covered_by(self) -> int:
        """The next layer that stores another version, or takes the path away; -1 if none does."""
        later = self.grid.sources[self.row, self.layer :]
        for place, source in enumerate(later.tolist()):
            if source != self.layer:
                return self.layer + place
        return -1

    def stored_below(self) -> tuple[int, list[int]]:
        """The bytes that lower layers store for the path, and which layers do."""
        layers = [layer for layer in self.grid.eventful_layers(self.row) if layer < self.layer]
        held = {layer: self.grid.event(self.row, layer).stored for layer in layers}
        return sum(held.values()), [layer for layer in layers if held[layer]]


def describe(place: Place) -> Cell:
    """A cell with its words."""
    event, kind = place.event, place.kind
    after = event.after
    if event == Event():
        after = place.grid.provider(place.row, place.layer)
        before = after
    else:
        before = event.before
    what = _what(place, kind, before, after)
    text = _SENTENCES[kind](place, event, what)
    return Cell(
        node=place.node,
        layer=place.layer,
        kind=kind,
        what=what,
        bytes=event.stored,
        provider=after,
        previous=before,
        inside=event.inside,
        covered=place.covered,
        text=text + (_covering(place, event) if place.covered else "") + ".",
    )


def _what(place: Place, kind: CellKind, before: int, after: int) -> tuple[Aspect, ...]:
    """What differs from the version below, without reading content: its kind tells already."""
    if kind not in (CellKind.COPIED, CellKind.METADATA, CellKind.REPLACED):
        return ()
    old, new = place.entry(before), place.entry(after)
    if kind is CellKind.REPLACED:
        return (Aspect.TYPE,) if old.type is not new.type else ()
    return differing_aspects(old, new, same_content=kind is not CellKind.COPIED)


def _covering(place: Place, event: Event) -> str:
    by = place.covered_by()
    if not event.stored or by < 0:
        return ""
    if place.is_dir:
        return ". The finished image shows nothing of that any more"
    gone = int(place.grid.sources[place.row, by]) < 0
    does = "deletes it" if gone else "stores another version over it"
    return f". Layer {by} {does}, so these bytes are carried along unseen"


def _absent(place: Place, _event: Event, _what: tuple[Aspect, ...]) -> str:
    sources = place.grid.sources[place.row]
    before = [layer for layer in range(place.layer) if sources[layer] >= 0]
    if before:
        return f"{place.name} is gone: layer {before[-1] + 1} took it away"
    if sources[place.layer :].max(initial=-1) >= 0:
        return f"{place.name} is not there yet in layer {place.layer}"
    return f"{place.name} is not in layer {place.layer}, nor in any layer below"


def _shows(place: Place, _event: Event, _what: tuple[Aspect, ...]) -> str:
    source = int(place.grid.sources[place.row, place.layer])
    return (
        f"Layer {place.layer} does not touch {place.name}: what layer {source} stored shows through"
    )


def _stored(place: Place, event: Event, _what: tuple[Aspect, ...]) -> str:
    entry = place.entry(event.after)
    start = f"Layer {place.layer} adds the {KIND_WORDS[entry.type]} {place.name}"
    if entry.is_dir:
        return start + _holding(event)
    if entry.type is EntryType.FILE:
        target = _link_target(place, event.after)
        if target is not None:
            return (
                f"Layer {place.layer} adds {place.name} as a hard link to {target}: "
                "another name for the same file, which costs nothing"
            )
        return f"{start}: {bytes_text(event.stored)} stored"
    if entry.type is EntryType.SYMLINK:
        return f"{start}, which points to {display(entry.link or b'')}"
    if entry.device is not None:
        return f"{start} {device_text(entry.device)}"
    return start


def _holding(event: Event) -> str:
    if not event.inside.added:
        return ", still empty"
    return f" with {plural(event.inside.added, 'file')} in it: {bytes_text(event.stored)} stored"


def _link_target(place: Place, provider: int) -> str | None:
    layer, number = place.image.stack.split(provider)
    index = place.image.stack.layers[layer]
    if index is None or number < 0 or index.type[number] != EntryType.HARDLINK:
        return None
    return "/" + display(index.link_of(number) or b"").lstrip("/")


def _copied(place: Place, event: Event, what: tuple[Aspect, ...]) -> str:
    old, new = place.entry(event.before), place.entry(event.after)
    changes = listed(map(str, differences(what, old, new)))
    if place.is_dir:
        text = f"Layer {place.layer} changes the folder {place.name} itself: {changes}"
        return text + (f"; in it, {_within(event.inside)}" if event.inside else "")
    if not event.stored:
        return f"Layer {place.layer} changes {place.name}: {changes}; no content is stored again"
    return (
        f"Layer {place.layer} copied {place.name} up to change its {changes}; "
        f"the whole {bytes_text(event.stored)} are stored again"
    )


def _again(place: Place, event: Event, _what: tuple[Aspect, ...]) -> str:
    if place.is_dir:
        return (
            f"Layer {place.layer} lists the folder {place.name} again without changing it: "
            "what lies below shows through"
        )
    cost = f": another {bytes_text(event.stored)}" if event.stored else ""
    return f"Layer {place.layer} stores {place.name} again though nothing differs{cost}"


def _inside(place: Place, event: Event, _what: tuple[Aspect, ...]) -> str:
    stored = f", {bytes_text(event.stored)} stored" if event.stored else ""
    return (
        f"Layer {place.layer} changes what is in the folder {place.name}: "
        f"{_within(event.inside)}{stored}; everything else shows through from below"
    )


def _within(inside: Inside) -> str:
    parts = []
    if inside.added:
        parts.append(f"{plural(inside.added, 'file')} added")
    if inside.again:
        parts.append(f"{plural(inside.again, 'file')} stored again")
    if inside.removed:
        parts.append(f"{plural(inside.removed, 'file')} deleted")
    return listed(parts)


def _replaced(place: Place, event: Event, what: tuple[Aspect, ...]) -> str:
    old, new = place.entry(event.before), place.entry(event.after)
    if Aspect.TYPE in what:
        text = (
            f"Layer {place.layer} replaces the {KIND_WORDS[old.type]} {place.name} "
            f"by a {KIND_WORDS[new.type]}"
        )
    else:
        text = f"Layer {place.layer} deletes {place.name} and stores it anew"
    if event.hides:
        text += f"; {plural(event.hides, 'entry', 'entries')} below it from lower layers hidden"
    return text + (f"; {bytes_text(event.stored)} stored" if event.stored else "")


def _whiteout(place: Place, event: Event, _what: tuple[Aspect, ...]) -> str:
    if event.before == NOTHING:
        return (
            f"Layer {place.layer} has a whiteout for {place.name}, but no layer below has it: "
            "nothing is deleted"
        )
    held, layers = place.stored_below()
    much = f" and {plural(event.hides, 'entry', 'entries')} in it" if event.hides else ""
    text = f"Layer {place.layer} deletes {place.name}{much} with a whiteout, an empty marker"
    if held:
        text += f"; {bytes_text(held)} stay stored in {layer_list(layers)}"
    return text


def _opaque(place: Place, event: Event, _what: tuple[Aspect, ...]) -> str:
    hidden = plural(event.hides, "entry", "entries") if event.hides else "nothing"
    return (
        f"Layer {place.layer} makes the folder {place.name} opaque: {hidden} of lower layers "
        f"hidden, only what layer {place.layer} and later ones store in it shows"
    )


_CAUSES = {
    Cause.PARENT_WHITEOUT: "deletes a folder above it",
    Cause.OPAQUE: "makes a folder above it opaque",
    Cause.REPLACED: "replaces a folder above it by something else",
    Cause.WHITEOUT: "deletes it",
}


def _hidden(place: Place, event: Event, _what: tuple[Aspect, ...]) -> str:
    cause = removal_cause(place.image, place.node, place.layer)
    held, layers = place.stored_below()
    text = f"Layer {place.layer} {_CAUSES[cause]}: {place.name} is hidden"
    return text + (f"; {bytes_text(held)} stay stored in {layer_list(layers)}" if held else "")


_SENTENCES = {
    CellKind.ABSENT: _absent,
    CellKind.SHOWS: _shows,
    CellKind.STORED: _stored,
    CellKind.COPIED: _copied,
    CellKind.METADATA: _copied,
    CellKind.AGAIN: _again,
    CellKind.INSIDE: _inside,
    CellKind.REPLACED: _replaced,
    CellKind.WHITEOUT: _whiteout,
    CellKind.OPAQUE: _opaque,
    CellKind.HIDDEN: _hidden,
}
