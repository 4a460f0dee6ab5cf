"""Records of builds: which step had which key, made of what, and what came out.

The engine writes them, prediction reads them. They live beside the store of images, not in the
cache: without them a build starts over.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from explorer.build.plan.keys import Key, Part
from explorer.build.plan.listing import Listing
from explorer.errors import ExplorerError
from explorer.store.data import data_root
from explorer.store.folder import CacheFolder
from explorer.store.records import RecordLog

VERSION: Final = 1
LISTINGS: Final = 256 << 20  # bytes of lists of files
MOST_PLACES: Final = 4096
"""Stages of Dockerfiles whose last build is at hand."""

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands: the Dockerfile's absolute path, the stage's title, the step's index."""

    dockerfile: str
    stage: str
    step: int


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """The layer that a step left: ``size`` in bytes of its files, ``files`` but directories."""

    digest: str
    diff_id: str
    size: int
    files: int = 0


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of one build.

    ``key`` is made of the steps before it; ``content_key``, where there is one, of the content of
    what it copies from other stages and images. Either finds the step again. ``state`` is what the
    next step builds upon. ``build`` is the same for all steps of a build, ``text`` the instruction
    on one line. ``layer`` is ``None`` while none is kept. ``sources`` are what was taken from other
    stages and images, by content.
    """

    place: Place
    build: str
    text: str
    key: Key
    state: str
    content_key: str = ""
    layer: LayerRecord | None = None
    seconds: float = 0.0
    when: datetime = field(default_factory=lambda: datetime.now(UTC))
    cached: bool = False
    sources: tuple[Part, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As the log has it."""
        layer = self.layer
        return {
            "dockerfile": self.place.dockerfile,
            "stage": self.place.stage,
            "step": self.place.step,
            "build": self.build,
            "text": self.text,
            "key": self.key.digest,
            "content_key": self.content_key,
            "state": self.state,
            "parts": [part.to_json() for part in self.key.parts],
            "layer": layer and [layer.digest, layer.diff_id, layer.size, layer.files],
            "seconds": self.seconds,
            "when": self.when.astimezone(UTC).isoformat(),
            "cached": self.cached,
            "sources": [part.to_json() for part in self.sources],
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> StepRecord:
        """Read what :meth:`to_json` gave.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        layer = found["layer"]
        return cls(
            place=Place(str(found["dockerfile"]), str(found["stage"]), int(found["step"])),
            build=str(found["build"]),
            text=str(found["text"]),
            key=Key(str(found["key"]), tuple(map(Part.from_json, found["parts"]))),
            state=str(found["state"]),
            content_key=str(found["content_key"]),
            layer=LayerRecord(str(layer[0]), str(layer[1]), int(layer[2]), int(layer[3]))
            if layer
            else None,
            seconds=float(found["seconds"]),
            when=datetime.fromisoformat(str(found["when"])),
            cached=bool(found["cached"]),
            sources=tuple(map(Part.from_json, found.get("sources", ()))),
        )


class BuildRecords:
    """All records there are, by key and by place; a record that is damaged is passed over.

    Safe from any thread, and beside other processes: what they add is seen at the next
    :meth:`refresh`.
    """

    def __init__(self, root: Path) -> None:
        self._log = RecordLog(root / f"records-{VERSION}")
        self._listings = CacheFolder(root / f"listings-{VERSION}", LISTINGS)
        self._by_key: dict[str, _Line] = {}
        self._builds: OrderedDict[tuple[str, str], tuple[str, dict[int, _Line]]] = OrderedDict()
        self._copies: set[str] = set()
        self._new_copies: list[_Line] = []
        self._lock = threading.Lock()

    @classmethod
    def at(cls, root: Path | None = None) -> BuildRecords:
        """The records below a folder; the user's own by default. Nothing is written to look."""
        records = cls(root or data_root())
        records.refresh()
        return records

    def refresh(self) -> None:
        """Take in what was added since, by whatever process."""
        with self._lock:
            for record in self._log.read_new():
                try:
                    self._take(_Line.read(record))
                except (ValueError, KeyError, TypeError):
                    continue

    def find(self, *keys: str) -> StepRecord | None:
        """The newest record that one of some keys finds, the first key first."""
        for key in keys:
            found = self._by_key.get(key)
            record = found.record() if found is not None else None
            if record is not None:
                return record
        return None

    def has_copies_upon(self, below: str) -> bool:
        """Whether a step upon a state can be found by what it copies from stages and images.

        ``below`` is as the key of the step has it, "" for a step that depends on nothing below.
        """
        with self._lock:
            for line in self._new_copies:
                record = line.record()
                if record is not None:
                    self._copies.add(record.key.below)
            self._new_copies.clear()
            return below in self._copies

    def last_build(self, dockerfile: str, stage: str) -> tuple[StepRecord, ...]:
        """The steps of a stage in the last build of a Dockerfile that came to it, in order."""
        _, steps = self._builds.get((dockerfile, stage), ("", {}))
        records = (steps[step].record() for step in sorted(steps))
        return tuple(record for record in records if record is not None)

    def add(self, records: Iterable[StepRecord]) -> None:
        """Write the records of steps.

        Raises:
            StorageFull: nothing can be written.
        """
        self._append(_Line.of(record).written() for record in records)

    def forget(self, keys: Iterable[str]) -> None:
        """Note that what some keys led to is no longer kept.

        Raises:
            StorageFull: nothing can be written.
        """
        self._append(_Line((_FORGET, key)).written() for key in keys)

    def keep_listing(self, listing: Listing) -> str:
        """Keep a list of files, so that the next build can tell what changed; its digest.

        Where it cannot be kept nothing is lost but the names.
        """
        digest = listing.digest
        name = _file_name(digest)
        try:
            if self._listings.file(name).exists():
                self._listings.touch(name)
            else:
                self._listings.write(name, lambda file: file.write(listing.encoded()))
        except (OSError, ExplorerError):
            pass
        return digest

    def listing(self, digest: str) -> Listing | None:
        """A list of files that was kept, or ``None``."""
        if not _DIGEST.fullmatch(digest):
            return None
        name = _file_name(digest)
        try:
            return Listing.decoded(self._listings.file(name).read_bytes())
        except OSError:
            return None
        except (ValueError, KeyError, TypeError, OverflowError):
            self._listings.drop(name)
            return None

    def _append(self, lines: Iterable[bytes]) -> None:
        self._log.append(lines)
        self.refresh()

    def _take(self, line: _Line) -> None:
        if line.head[0] == _FORGET:
            self._forget(line.head[1])
            return
        key, content_key, dockerfile, stage, number, build = line.head
        for name in (key, content_key):
            if name:
                self._by_key[name] = line
        if content_key:
            self._new_copies.append(line)
        place, step = (dockerfile, stage), int(number)
        known, steps = self._builds.pop(place, ("", {}))
        if known != build:
            steps = {}
        steps[step] = line
        self._builds[place] = build, steps
        while len(self._builds) > MOST_PLACES:
            self._builds.popitem(last=False)

    def _forget(self, key: str) -> None:
        line = self._by_key.pop(key, None)
        for other in () if line is None else line.head[:2]:
            if self._by_key.get(other) is line:
                del self._by_key[other]


_FORGET: Final = "forget"


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A record as it is in the log: what it is found by, and the rest, read when it is needed."""

    head: tuple[str, ...]
    body: bytes = b"{}"

    @classmethod
    def of(cls, record: StepRecord) -> _Line:
        place = record.place
        head = (
            record.key.digest,
            record.content_key,
            place.dockerfile,
            place.stage,
            str(place.step),
            record.build,
        )
        return cls(head, json.dumps(record.to_json(), separators=(",", ":")).encode())

    @classmethod
    def read(cls, line: bytes) -> _Line:
        head, tab, body = line.partition(b"\t")
        found = json.loads(head)
        if not tab or not isinstance(found, list) or len(found) not in (2, 6):
            raise ValueError("no record")
        if not all(isinstance(text, str) for text in found):
            raise ValueError("no record")
        return cls(tuple(found), body)

    def written(self) -> bytes:
        return json.dumps(self.head, separators=(",", ":")).encode() + b"\t" + self.body

    def record(self) -> StepRecord | None:
        try:
            return StepRecord.from_json(json.loads(self.body))
        except (ValueError, KeyError, TypeError, IndexError, OverflowError):
            return None


def _file_name(digest: str) -> str:
    return digest.replace(":", "-") + ".list"
