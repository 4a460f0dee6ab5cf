"""What stages build upon, and what their steps take files from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.build.bases import Base, Unresolved
from explorer.build.files.memory import MemoryTree
from explorer.build.plan.contents import Contents
from explorer.build.plan.making import Below, Given
from explorer.build.plan.model import Cache, StagePlan
from explorer.build.plan.outside import SCRATCH, Outside
from explorer.build.plan.surroundings import Surroundings
from explorer.dockerfile.stages.model import Origin, OriginKind, Stage
from explorer.oci.platform import Platform
from explorer.progress import Job


@dataclass(slots=True)
class Chain:
    """Where a stage has come to: what is below, and what to say if that is to blame."""

    below: Below
    cache: Cache
    why: str = ""
    """What to say of a step that is not known because of what is below."""
    blame: str = ""
    """What to say of a step that only misses because of what is below."""


class Origins:
    """Resolves origins while stages are planned; ``done`` are those that are, in order."""

    def __init__(
        self,
        around: Surroundings,
        done: Sequence[StagePlan],
        platform: Platform,
        contents: Contents,
        job: Job,
    ) -> None:
        self._around = around
        self._done = done
        self._platform = platform
        self._outside = Outside(around.bases, contents, job)

    def base(self, stage: Stage) -> tuple[Chain, str | None]:
        """What a stage begins with, and the digest of its base image."""
        origin = stage.origin
        match origin.kind:
            case OriginKind.SCRATCH:
                return Chain(Below(SCRATCH, "scratch"), Cache.HIT), None
            case OriginKind.STAGE:
                return self._stage_below(origin), None
            case OriginKind.IMAGE | OriginKind.CONTEXT:
                return self._base_outside(origin, stage.platform)
        why = f"the base {origin.name}".rstrip() + " cannot be resolved"
        return Chain(Below(None, origin.name), Cache.UNKNOWN, why), None

    def _stage_below(self, origin: Origin) -> Chain:
        below = self._finished(origin.stage)
        title = f"stage {below.title}" if below else f"stage {origin.name}"
        if below is None or below.state is None:
            why = (below.problem if below else "") or f"{title} is not known"
            return Chain(Below(None, title), Cache.UNKNOWN, why)
        blame = f"{title} {'runs again' if below.cache is Cache.MISS else 'changed'}"
        return Chain(Below(below.state, title), below.cache, "", blame)

    def _base_outside(self, origin: Origin, platform: Platform) -> tuple[Chain, str | None]:
        name = origin.name
        found = self._outside.resolve(name, platform)
        if isinstance(found, Unresolved):
            kind = "base image" if origin.kind is OriginKind.IMAGE else "the build context"
            why = f"{kind} {name} is not resolved"
            return Chain(Below(None, name), Cache.UNKNOWN, why), None
        state = self._outside.state(found)
        why = f"the files of {name} cannot be read"
        cache = Cache.UNKNOWN if state is None else Cache.HIT
        digest = None
        if isinstance(found, Base):
            digest = str(found.image.image.digest or found.image.image.image_id)
        return Chain(Below(state, name), cache, why, f"{name} changed"), digest

    def _finished(self, index: int | None) -> StagePlan | None:
        return self._done[index] if index is not None and index < len(self._done) else None

    def given(self, origin: Origin, _stage: Stage) -> Given:
        """What files COPY and mounts take from an origin."""
        if origin.kind is OriginKind.STAGE:
            return self._given_stage(origin)
        if origin.kind is OriginKind.CONTEXT and not origin.name:
            tree = self._around.context
            return Given("the build context", tree, None, True, "there is no build context")
        if origin.kind in (OriginKind.IMAGE, OriginKind.CONTEXT):
            return self._outside.given(origin, self._platform)
        if origin.kind is OriginKind.SCRATCH:
            return Given("scratch", MemoryTree({}, title="scratch"), SCRATCH)
        return Given(origin.name, unknown=f"{origin.name} cannot be resolved")

    def _given_stage(self, origin: Origin) -> Given:
        below = self._finished(origin.stage)
        title = f"stage {below.title}" if below else f"stage {origin.name}"
        if below is None or origin.stage is None:
            return Given(title, unknown=f"{title} is not known here")
        number = origin.stage
        return Given(
            title,
            identity=below.state,
            unknown=below.problem or f"{title} is not known",
            later=lambda: self._around.stage(number),
        )
