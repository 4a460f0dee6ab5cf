"""Which image a name means in an engine: the local store's, where the store holds one.

The window shows the store's images and plans with them, so they are what is built upon, whatever
engine builds. An engine may hold another image of the same name. That one is its user's, and stays
what it is: ours goes in beside it under a name of its own, and the Dockerfile that is sent has that
name in the other's place. With ``--pull`` neither counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from explorer.analysis.opened import load_image
from explorer.build.engines.supply import Outside
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.model import Need, NeedKind, OriginKind, Program
from explorer.oci import Digest, Reference

HOST: Final = "layerscope.invalid"
"""The host of the names we give; no registry can ever have it (RFC 2606)."""

_TAG: Final = 16  # hexadecimal digits
_FROM: Final = re.compile(r'((?:^|[,"])from=)[^,"]*')


def stand_in(image: Outside, digest: Digest) -> Reference:
    """The name of the store's image in an engine that holds another one of its name."""
    return Reference(HOST, image.reference.path, digest.encoded[:_TAG])


def identities(image: Outside, digest: Digest) -> frozenset[str]:
    """The digests that an engine may know an image of the store by: manifest's, configuration's.

    Raises as :func:`explorer.analysis.opened.load_image`.
    """
    loaded = load_image(f"store:{digest}", image.platform)
    found = (digest, loaded.digest, loaded.image_id)
    return frozenset(str(each) for each in found if each is not None)


def renamed(program: Program, names: Mapping[Reference, Reference]) -> Program:
    """A program whose text says other names, each line where it was.

    Only its text differs: its steps are those of the text that it was made of.
    """
    if not names:
        return program
    text = program.document.text
    for start, end, word in sorted(_edits(program, names), reverse=True):
        text = text[:start] + word + text[end:]
    return replace(program, document=Document.parse(text))


def _edits(
    program: Program, names: Mapping[Reference, Reference]
) -> Iterator[tuple[int, int, str]]:
    for stage in program.stages:
        triggered = {step.index for step in stage.steps if step.trigger is not None}
        for need in stage.needs:
            name = _name(need, names)
            # What ONBUILD asks for is written in the base.
            if name is not None and need.step not in triggered:
                written = program.document.text[need.span.start : need.span.end]
                yield need.span.start, need.span.end, _with(need, written, name.familiar)


def _name(need: Need, names: Mapping[Reference, Reference]) -> Reference | None:
    if need.origin.kind is not OriginKind.IMAGE:
        return None
    reference = Reference.parse_or_none(need.origin.name)
    return names.get(reference) if reference is not None else None


def _with(need: Need, written: str, name: str) -> str:
    if need.kind is NeedKind.MOUNT:
        return _FROM.sub(lambda found: found[1] + name, written)
    return name
