"""Why a step runs again, in plain words: what its key is made of now, and what it was before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final

from explorer.build.plan.keys import Part, PartKind
from explorer.build.plan.listing import Differences, Listing
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
        self._differences: OrderedDict[tuple[str, str], Differences | None] = OrderedDict()

    def reasons(
        self,
        now: Iterable[Part],
        before: Iterable[Part],
        listings: Iterable[Listing],
        below: str,
        running: Container[str] = (),
    ) -> tuple[str, ...]:
        """What differs between two keys.

        ``below`` is what to say where the step above or the base differs; ``running`` are the
        stages that run again, by their titles in parts.
        """
        lists = {listing.digest: listing for listing in listings}
        new, old = _slots(now), _slots(before)
        reasons: list[str] = []
        last: list[str] = []
        for slot in (*new, *(slot for slot in old if slot not in new)):
            part, was = new.get(slot), old.get(slot)
            known = part or was
            if known is None or (part is not None and was is not None and _same(part, was)):
                continue
            if known.kind in _BELOW:
                last.append(self._below(part, was, below))
            elif known.kind is PartKind.ORIGIN:
                title = known.value
                reasons.append(f"{title} {'runs again' if title in running else 'changed'}")
            else:
                reasons += self._reason(known, part, was, lists)
        return tuple(dict.fromkeys([*reasons, *last]))

    def _below(self, part: Part | None, was: Part | None, below: str) -> str:
        if part is not None and was is not None and part.kind is was.kind is PartKind.BASE:
            if part.value != was.value:
                return f"base: {was.value} → {part.value}"
            return f"{part.value} is not what it was"
        return below

    def _reason(
        self, known: Part, part: Part | None, was: Part | None, lists: Mapping[str, Listing]
    ) -> Iterable[str]:
        match known.kind:
            case PartKind.SOURCE:
                return self._files(part, was, lists)
            case PartKind.ARG | PartKind.ENV:
                return (_variable(known, part, was),)
            case PartKind.REMOTE:
                return (f"{known.value} changed",)
            case PartKind.SCRIPT:
                return (f"the here-document {known.name} changed",)
            case PartKind.MOUNT:
                return (f"--mount of {known.name} {_how(part, was)}",)
            case PartKind.FLAG:
                return (_changed(known.name, part, was),)
            case _:
                return (_changed(_LABELS.get(known.kind, known.kind.value), part, was),)

    # -- files ----------------------------------------------------------------------------------

    def _files(
        self, part: Part | None, was: Part | None, lists: Mapping[str, Listing]
    ) -> Iterable[str]:
        if part is None or was is None:
            known = part or was
            assert known is not None
            return (f"{known.value} {_how(part, was)}",)
        if part.digest == was.digest:
            return (f"source: {was.value} → {part.value}",)
        found = self._compared(lists.get(part.digest), part.digest, was.digest)
        return _told(found, part.value) if found else (f"{part.value} changed",)

    def _compared(self, new: Listing | None, now: str, before: str) -> Differences | None:
        key = now, before
        if key not in self._differences:
            old = self._records.listing(before)
            known = new is not None and old is not None
            self._differences[key] = new.differences(old) if known and new and old else None
            if len(self._differences) > _REMEMBERED:
                self._differences.popitem(last=False)
        return self._differences[key]


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


def _told(found: Differences, written: str) -> Iterator[str]:
    """A few names, as the source is ``written``: from the root or not; and how many more."""
    strip = "" if written.startswith("/") else "/"
    names = [
        *((path, "changed") for path in found.changed),
        *((path, "is new") for path in found.added),
        *((path, "is gone") for path in found.removed),
    ]
    for path, what in names[:_NAMES]:
        yield f"{display(path).lstrip(strip) or '.'} {what}"
    more = len(names) - _NAMES
    if more > 0:
        yield f"and {more:,} more {'file' if more == 1 else 'files'}"


def _variable(known: Part, part: Part | None, was: Part | None) -> str:
    keyword = "ARG" if known.kind is PartKind.ARG else "ENV"
    return _changed(f"{keyword} {known.name}", part, was)


def _changed(label: str, part: Part | None, was: Part | None) -> str:
    if part is None or was is None:
        value = part.value if part is not None and len(part.value) <= _SHORT else ""
        return f"{label} {_how(part, was)}" + (f": {value}" if value else "")
    fits = max(len(part.value), len(was.value)) <= _SHORT and part.value != was.value
    if fits and "\n" not in part.value + was.value:
        return f"{label}: {_quoted(was.value)} → {_quoted(part.value)}"
    return f"{label} changed"


def _quoted(value: str) -> str:
    return value if value else '""'


def _how(part: Part | None, was: Part | None) -> str:
    return "is new" if was is None else "is gone" if part is None else "changed"
