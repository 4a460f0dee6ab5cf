"""One image for several platforms: each is built by itself, and an index names them all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from explorer.build.engine import Tell
from explorer.build.events import Done, End, Event, Failed, Planned, StepInfo, Stopped
from explorer.build.request import BuildRequest
from explorer.oci import Descriptor, Digest, ImageIndex, Platform, media
from explorer.progress import Job
from explorer.store.images import ImageStore

_ENDS: Final = (Done, Failed, Stopped)
_E = TypeVar("_E", bound=Event)
BuildOne = Callable[[BuildRequest, Tell], Awaitable[End]]
"""Builds for one platform, without keeping or naming what comes out."""


async def build_each(request: BuildRequest, tell: Tell, one: BuildOne, store: ImageStore) -> End:
    """Build for each platform of a request, one after another; the names are given to the index.

    The ids and stages of steps begin with their platform. Raises as ``one``.
    """
    done: list[Done] = []
    for platform in request.platforms:
        spent = sum(each.seconds for each in done)
        part = replace(request, platforms=(platform,), references=())
        end = await one(part, _of_platform(tell, platform, spent))
        if not isinstance(end, Done):
            found = _marked(end, platform, spent)
            tell(found)
            return found
        done.append(end)
    index = await asyncio.to_thread(_indexed, request, done, store)
    end = Done(
        digest=str(index.digest),
        image_id=str(index.digest),
        reference=str(request.references[0]) if request.references else "",
        seconds=sum(each.seconds for each in done),
        cached=sum(each.cached for each in done),
        steps=sum(each.steps for each in done),
    )
    tell(end)
    return end


def _of_platform(tell: Tell, platform: Platform, spent: float) -> Tell:
    def told(event: Event) -> None:
        if isinstance(event, Stopped) or not isinstance(event, _ENDS):
            tell(_marked(event, platform, spent))

    return told


def _marked(event: _E, platform: Platform, spent: float) -> _E:
    """An event with its platform in the ids of steps, and times counted from the very start."""
    changes: dict[str, Any] = {}
    if isinstance(event, Planned):
        changes["steps"] = tuple(_info(info, platform) for info in event.steps)
    if step := getattr(event, "step", ""):
        changes["step"] = f"{platform} {step}"
    for name in ("at",) if hasattr(event, "at") else ("seconds",):
        if hasattr(event, name):
            changes[name] = getattr(event, name) + spent
    return replace(event, **changes)


def _info(info: StepInfo, platform: Platform) -> StepInfo:
    needs = tuple(f"{platform} {need}" for need in info.needs)
    return replace(info, id=f"{platform} {info.id}", stage=f"{platform} {info.stage}", needs=needs)


def _indexed(request: BuildRequest, done: Sequence[Done], store: ImageStore) -> Descriptor:
    with store.ingest(Job()) as ingest:
        manifests = tuple(
            _descriptor(store, Digest.parse(each.digest), platform)
            for each, platform in zip(done, request.platforms, strict=True)
        )
        index = ingest.put(
            json.dumps(ImageIndex(manifests).to_json(), separators=(",", ":")).encode(),
            media.OCI_INDEX,
        )
        for reference in request.references:
            store.name(reference, index)
        if not request.references:
            store.keep(index)
    return index


def _descriptor(store: ImageStore, digest: Digest, platform: Platform) -> Descriptor:
    size = len(store.layout.document(digest))
    return Descriptor(media.OCI_MANIFEST, digest, size, platform=platform)
