"""Why a step runs again, in plain words: what its key is made of now, and what it was before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final

from explorer.build.plan.changes import AGAIN, CHANGED, GONE, MOST, NEW, KeyChange, file_change
from explorer.build.plan.keys import Part, PartKind
from explorer.build.plan.listing import Listing
from explorer.build.plan.records import BuildRecords
from explorer.filesystem.names import display

NEVER: Final = "never built here"
LOST: Final = "what it made is no longer kept"

_NAMES: Final = 3  # files that are told by name
_SHORT: Final = 48  # characters of a value that is told
_LABELS: Final = {
    PartKind.WORKDIR: "WORKDIR",
    PartKind.USER: "USER",
    PartKind.SHELL: "SHELL",
    PartKind.NETWORK: "--network",
    PartKind.SECURITY: "--security",
    PartKind.DEVICE: "--device",
    PartKind.PLATFORM: "platform",
    PartKind.DESTINATION: "destination",
    PartKind.INSTRUCTION: "instruction",
    PartKind.COMMAND: "command",
}
_BELOW: Final = (PartKind.BASE, PartKind.PARENT)
_REMEMBERED: Final = 64

_Slot = tuple[object, str, int]


class Explainer:
    """Compares keys with those of records. Comparing lists of files is remembered."""

    def __init__(self, records: BuildRecords) -> None:
        self._records = records
        self._files: OrderedDict[tuple[str, str, str], tuple[KeyChange, ...]] = OrderedDict()

    def changes(
        self,
        now: Iterable[Part],
        before: Iterable[Part],
        listings: Iterable[Listing],
        below: str,
        running: Container[str] = (),
    ) -> tuple[KeyChange, ...]:
        """What differs between two keys.

        ``below`` is what to say where the step above or the base differs; ``running`` are the
        stages that run again, by their titles in parts.
        """
        lists = {listing.digest: listing for listing in listings}
        new, old = _slots(now), _slots(before)
        found: list[KeyChange] = []
        last: list[KeyChange] = []
        for slot in (*new, *(slot for slot in old if slot not in new)):
            part, was = new.get(slot), old.get(slot)
            known = part or was
            if known is None or (part is not None and was is not None and _same(part, was)):
                continue
            if known.kind in _BELOW:
                last.append(_below(part, was, below))
            elif known.kind is PartKind.ORIGIN:
                verb = AGAIN if known.value in running else CHANGED
                found.append(KeyChange.parted(f"{known.value} {verb}"))
            else:
                found += self._change(known, part, was, lists)
        return tuple(dict.fromkeys([*found, *last]))

    def _change(
        self, known: Part, part: Part | None, was: Part | None, lists: Mapping[str, Listing]
    ) -> Iterable[KeyChange]:
        match known.kind:
            case PartKind.SOURCE:
                return self._sources(part, was, lists)
            case PartKind.ARG | PartKind.ENV:
                return (_variable(known, part, was),)
            case PartKind.REMOTE:
                return (KeyChange.parted(f"{known.value} {CHANGED}"),)
            case PartKind.SCRIPT:
                return (KeyChange.parted(f"the here-document {known.name} {CHANGED}"),)
            case PartKind.MOUNT:
                return (KeyChange.parted(f"--mount of {known.name} {_how(part, was)}"),)
            case PartKind.FLAG:
                return (_changed(known.name, part, was),)
            case _:
                return (_changed(_LABELS.get(known.kind, known.kind.value), part, was),)

    # -- files ----------------------------------------------------------------------------------

    def _sources(
        self, part: Part | None, was: Part | None, lists: Mapping[str, Listing]
    ) -> Iterable[KeyChange]:
        if part is None or was is None:
            known = part or was
            assert known is not None
            return (KeyChange.parted(f"{known.value} {_how(part, was)}"),)
        if part.digest == was.digest:
            said = f"source: {was.value} → {part.value}"
            return (KeyChange("source", was.value, part.value, said),)
        found = self._compared(lists.get(part.digest), part, was.digest)
        return found or (KeyChange.parted(f"{part.value} {CHANGED}"),)

    def _compared(self, new: Listing | None, part: Part, before: str) -> tuple[KeyChange, ...]:
        key = part.digest, before, part.value
        if key not in self._files:
            old = self._records.listing(before)
            known = new is not None and old is not None
            self._files[key] = tuple(_told(new, old, part.value)) if known and new and old else ()
            if len(self._files) > _REMEMBERED:
                self._files.popitem(last=False)
        return self._files[key]


def _below(part: Part | None, was: Part | None, below: str) -> KeyChange:
    if part is not None and was is not None and part.kind is was.kind is PartKind.BASE:
        if part.value != was.value:
            return KeyChange("base", was.value, part.value, f"base: {was.value} → {part.value}")
        said = f"{part.value} is not what it was"
        return KeyChange(part.value, "", "another image", said)
    return KeyChange.parted(below)


def _slots(parts: Iterable[Part]) -> dict[_Slot, Part]:
    """Parts by what they are compared with: kind and name, and which one of these."""
    found: dict[_Slot, Part] = {}
    seen: dict[tuple[object, str], int] = {}
    for part in parts:
        name: tuple[object, str] = (
            ("below", "") if part.kind in _BELOW else (part.kind, _slot_name(part))
        )
        seen[name] = seen.get(name, -1) + 1
        found[(*name, seen[name])] = part
    return found


def _slot_name(part: Part) -> str:
    return part.name if part.kind not in (PartKind.ORIGIN,) else ""


def _same(part: Part, was: Part) -> bool:
    return part.digest == was.digest and part.kind is was.kind and part.name == was.name


def _told(now: Listing, before: Listing, written: str) -> Iterator[KeyChange]:
    """The files that differ, named as the source is ``written``: from the root or not.

    A few are told in sentences, then how many more; the others come after that, without.
    """
    found = now.differences(before)
    strip = b"" if written.startswith("/") else b"/"
    names = [
        *((path, CHANGED) for path in found.changed),
        *((path, NEW) for path in found.added),
        *((path, GONE) for path in found.removed),
    ]
    shown = {path for path, _ in names[:MOST]}
    new, old = now.entries(shown), before.entries(shown)
    more = len(names) - _NAMES
    for number, (path, what) in enumerate(names[:MOST]):
        if number == _NAMES:
            yield KeyChange("", said=f"and {more:,} more {'file' if more == 1 else 'files'}")
        name = path.lstrip(strip) or b"."
        said = f"{display(name)} {what}" if number < _NAMES else ""
        yield file_change(name, old.get(path), new.get(path), said)
    if len(names) > MOST:
        yield KeyChange(f"{len(names) - MOST:,} more files", "", "")


def _variable(known: Part, part: Part | None, was: Part | None) -> KeyChange:
    keyword = "ARG" if known.kind is PartKind.ARG else "ENV"
    return _changed(f"{keyword} {known.name}", part, was)


def _changed(label: str, part: Part | None, was: Part | None) -> KeyChange:
    before, after = _value(was), _value(part)
    if part is None or was is None:
        # A value that is kept from records looks as one that is empty.
        after = after if part is None or part.value else NEW
        shown = f": {part.value}" if part is not None and 0 < len(part.value) <= _SHORT else ""
        return KeyChange(label, before, after, f"{label} {_how(part, was)}{shown}")
    if part.value == was.value:
        return KeyChange(label, "not shown", "another value", f"{label} {CHANGED}")
    fits = max(len(part.value), len(was.value)) <= _SHORT
    if fits and "\n" not in part.value + was.value:
        return KeyChange(label, before, after, f"{label}: {before} → {after}")
    return KeyChange(label, before, after, f"{label} {CHANGED}")


def _value(part: Part | None) -> str:
    return "" if part is None else _quoted(part.value)


def _quoted(value: str) -> str:
    return value if value else '""'


def _how(part: Part | None, was: Part | None) -> str:
    return NEW if was is None else GONE if part is None else CHANGED
