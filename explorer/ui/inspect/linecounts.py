"""How many lines each version of a text adds and removes, counted in a thread. No Qt here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from explorer.analysis.timeline import Version
from explorer.errors import ExplorerError
from explorer.filesystem.entry import Aspect, Change, EntryType
from explorer.filesystem.stack import NOTHING
from explorer.progress import Job
from explorer.ui.inspect.comparison import compare_versions
from explorer.ui.inspect.subject import Subject

MOST_BYTES: Final = 1 << 20
"""Of all versions together: a timeline is skimmed, so it must not cost what a comparison may."""
MOST_PLAIN: Final = 64 << 20
"""A compressed layer is expanded to read from it; longer ones are not, for this alone."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that a version adds and removes."""

    added: int
    removed: int

    def __str__(self) -> str:
        return f"+{self.added:,} −{self.removed:,}"


def count_lines(subject: Subject, job: Job) -> Mapping[int, Lines]:
    """The lines of every version whose text differs from the one before, by its layer.

    What is no text, too long, or cannot be read is left out. Raises ``Cancelled``.
    """
    counted, left = {}, MOST_BYTES
    for old, new in _pairs(subject):
        left -= old.entry.size + new.entry.size
        if left < 0:
            break
        job.check()
        try:
            compared = compare_versions(subject.image, old, new, job)
        except (ExplorerError, OSError):
            continue  # the comparison itself tells why, when it is asked for
        if compared.added or compared.removed:
            counted[new.layer] = Lines(compared.added, compared.removed)
    return counted


def _pairs(subject: Subject) -> Iterator[tuple[Version, Version]]:
    """Every version with other content, and the one it follows."""
    for old, new in zip(subject.versions, subject.versions[1:], strict=False):
        if (
            new.change is Change.MODIFIED
            and Aspect.CONTENT in new.what
            and new.entry.type is old.entry.type is EntryType.FILE
            and _is_at_hand(subject, old)
            and _is_at_hand(subject, new)
        ):
            yield old, new


def _is_at_hand(subject: Subject, version: Version) -> bool:
    if version.provider == NOTHING:
        return False
    layer = subject.image.layers[subject.image.stack.provider_layer(version.provider)]
    return layer.layer.compression == "none" or layer.size <= MOST_PLAIN
