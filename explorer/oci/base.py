"""Where the base image ends, as far as history shows it.

An image does not record its base. These traces give it away, in order of trust:

1. buildah notes ``FROM name`` in the comment of the first step above the base.
2. CMD and ENTRYPOINT close an image, so layers above one belong to a later build. Docker's own
   builders record them as steps without a layer.
3. Another builder takes over: ``debuerreotype`` below, ``buildkit.dockerfile.v0`` above.
4. The first step adds a root filesystem (``ADD rootfs.tar /``), and nothing else is known.

The labels ``org.opencontainers.image.base.name`` and ``.digest`` give the base's name, but no
layer; a label may have been inherited from the base, whose own base it then names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from explorer.oci.annotations import BASE_DIGEST, BASE_NAME
from explorer.oci.layout import one_line

if TYPE_CHECKING:
    from explorer.oci.steps import Step

_FROM: Final = re.compile(r"FROM (\S{1,512})")
_ROOTFS: Final = re.compile(r"ADD \S+ /\.?\s*")
_NO_NAME: Final = frozenset({"scratch", "<none>"})


@dataclass(frozen=True, slots=True)
class BaseBoundary:
    """The layers ``0 .. layer_count - 1`` come from the base image; ``why`` says what shows it.

    ``step`` is the position, among the steps, of the first one above the base. ``name`` and
    ``digest`` are the base's, where they were recorded. ``sure`` is false for mere hints.
    """

    layer_count: int
    step: int
    why: str
    name: str = ""
    digest: str = ""
    sure: bool = False

    @property
    def last_layer(self) -> int:
        """The index of the topmost layer of the base."""
        return self.layer_count - 1


def base_boundary(
    steps: Sequence[Step], annotations: Mapping[str, str] | None = None
) -> BaseBoundary | None:
    """Where the base image ends, or ``None`` where nothing shows it.

    ``annotations`` are those of the manifest, or the labels of the configuration. There is always
    at least one layer on either side of the boundary.
    """
    notes = annotations or {}
    name, digest = one_line(notes.get(BASE_NAME, "")), one_line(notes.get(BASE_DIGEST, ""))
    noted = _by_comment(steps)
    if noted is not None:
        position, found = noted
        why = f"the builder noted that the next step starts from {found}"
        return _boundary(steps, position, why, name or found, digest, sure=True)
    hints = [hint for hint in (_by_command(steps), _by_builder(steps)) if hint is not None]
    hint = max(hints, key=lambda found: found[0]) if hints else _by_rootfs(steps)
    if hint is None:
        return None
    return _boundary(steps, *hint, name, digest, sure=False)


def _boundary(
    steps: Sequence[Step], position: int, why: str, name: str, digest: str, *, sure: bool
) -> BaseBoundary | None:
    below = sum(step.layer is not None for step in steps[:position])
    if not below:
        return None
    sure = sure and all(step.sure for step in steps)
    return BaseBoundary(below, position, why, name, digest, sure)


def _by_comment(steps: Sequence[Step]) -> tuple[int, str] | None:
    for position in range(len(steps) - 1, 0, -1):
        entry = steps[position].history
        match = _FROM.fullmatch(entry.comment.strip()) if entry is not None else None
        if match is not None and match[1] not in _NO_NAME:
            return position, one_line(match[1])
    return None


def _by_command(steps: Sequence[Step]) -> tuple[int, str] | None:
    layers_above = False
    for position in range(len(steps) - 1, -1, -1):
        step = steps[position]
        keyword = step.instruction.keyword
        if layers_above and step.layer is None and keyword in ("CMD", "ENTRYPOINT"):
            why = f"{keyword} usually closes an image, and more layers follow it"
            return position + 1, why
        layers_above = layers_above or step.layer is not None
    return None


def _by_builder(steps: Sequence[Step]) -> tuple[int, str] | None:
    last, start = "", 0
    for position in range(len(steps) - 1, -1, -1):
        builder = steps[position].instruction.builder
        last = last or builder
        # Steps that do not show their builder belong to either side; they are left below.
        if builder == last:
            start = position
        elif builder:
            break
    if not last or not start or not _has_layer(steps[start:]):
        return None
    below = steps[start - 1].instruction.builder or "another builder"
    return start, f"{last} takes over from {below} here"


def _by_rootfs(steps: Sequence[Step]) -> tuple[int, str] | None:
    if not steps or not _has_layer(steps[1:]):
        return None
    first = steps[0].instruction
    if first.keyword == "ADD" and _ROOTFS.fullmatch(first.text):
        return 1, "the first step adds a root filesystem, on which the others build"
    return None


def _has_layer(steps: Sequence[Step]) -> bool:
    return any(step.layer is not None for step in steps)
