"""BuildKit, behind the face of all engines."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from explorer.build.engine import EngineName, Health, Tell
from explorer.build.engines.buildkit.buildctl import Buildctl, find_buildctl
from explorer.build.engines.buildkit.buildx import Builder, Buildx, find_buildx
from explorer.build.engines.carrying import carried_out, wants_engine, wants_store
from explorer.build.engines.following import Following
from explorer.build.engines.refusing import refuse_platforms
from explorer.build.engines.results import into_store
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.scratch import scratch
from explorer.build.engines.steps import RESULT, Steps
from explorer.build.events import Done, End
from explorer.build.request import BuildRequest
from explorer.errors import Refused, Unsupported
from explorer.progress import Job
from explorer.store.images import ImageStore

TITLE: Final = "BuildKit"
_INSTALL: Final = (
    "Make a builder (docker buildx create --use, also --driver kubernetes or remote), or install "
    "buildctl and set BUILDKIT_HOST"
)


@dataclass(frozen=True, slots=True)
class Way:
    """How BuildKit is reached: by a builder of buildx, or by buildctl."""

    buildx: Buildx | None = None
    builder: Builder | None = None
    buildctl: Buildctl | None = None

    @property
    def where(self) -> str:
        """The builder or the address."""
        if self.buildctl is not None:
            return self.buildctl.address
        builder = self.builder
        return f"{builder.name} ({builder.driver})" if builder is not None else ""


@dataclass(slots=True)
class BuildkitEngine:
    """Builds with a builder of docker buildx, or in a buildkitd by buildctl."""

    store: ImageStore = field(default_factory=ImageStore.at)

    @property
    def name(self) -> EngineName:
        """What ``--engine`` calls it."""
        return "buildkit"

    async def health(self) -> Health:
        """Whether a builder is there and answers."""
        way, why = await _found()
        if way is None:
            return Health(self.name, TITLE, ready=False, why=why, hint=_INSTALL)
        if way.buildctl is None:
            version = way.builder.version if way.builder is not None else ""
            return Health(self.name, TITLE, True, version, way.where)
        answered = await way.buildctl.version()
        if answered is None:
            why = f"nothing answers at {way.where}"
            hint = "Start buildkitd, or look at BUILDKIT_HOST"
            return Health(self.name, TITLE, False, where=way.where, why=why, hint=hint)
        return Health(self.name, TITLE, True, answered, way.where)

    async def build(self, request: BuildRequest, tell: Tell) -> End:
        """As :meth:`explorer.build.engine.Engine.build`."""
        way, why = await _found()

        def refuse(_setting: Setting) -> None:
            if way is None:
                raise Unsupported(f"{TITLE} is not here", why=why, hint=_INSTALL)
            refuse_platforms(request, TITLE)

        async def work(setting: Setting, following: Following, job: Job) -> Done:
            assert way is not None
            with scratch() as folder:
                return await self._built(way, request, setting, following, job, folder)

        return await carried_out(request, tell, refuse, work)

    async def _built(
        self,
        way: Way,
        request: BuildRequest,
        setting: Setting,
        following: Following,
        job: Job,
        folder: Path,
    ) -> Done:
        steps = Steps(setting.program, request.stop_after)
        following.plan(steps.infos)
        archive = folder / "image.tar"
        outputs = _outputs(request, archive)
        if way.buildctl is not None:
            metadata = await way.buildctl.into_file(
                request, setting, steps, following, folder, outputs, self.store
            )
        else:
            assert way.buildx is not None and way.builder is not None
            metadata = await way.buildx.into_file(
                request, setting, steps, following, folder, way.builder.name, outputs, self.store
            )
        following.finish_all()
        image_id = str(metadata.get("containerimage.config.digest", ""))
        digest = str(metadata.get("containerimage.digest", "")) or image_id
        if wants_store(request):
            if not archive.exists():
                raise Refused(f"{TITLE} ended without a result", hint="Build again")
            following.plan([RESULT])
            following.start(RESULT.id)
            stored = await asyncio.to_thread(into_store, archive, request, self.store, job)
            following.finish(RESULT.id)
            digest, image_id = str(stored.digest), str(stored.image_id)
        return Done(
            digest=digest,
            image_id=image_id,
            reference=str(request.references[0]) if request.references else "",
            seconds=following.at,
            cached=following.cached,
            steps=following.steps,
        )


def _outputs(request: BuildRequest, archive: Path) -> list[str]:
    found = []
    if wants_store(request):
        found.append(f"type=oci,dest={archive}")
    if wants_engine(request):
        names = ",".join(str(reference) for reference in request.references)
        found.append(f'type=image,"name={names}"' if names else "type=image")
    return found


async def _found() -> tuple[Way | None, str]:
    """How BuildKit can be reached, or why it cannot."""
    buildctl = find_buildctl()
    if buildctl is not None and os.environ.get("BUILDKIT_HOST"):
        return Way(buildctl=buildctl), ""
    buildx = await find_buildx()
    if buildx is not None:
        builders = await buildx.builders()
        if builders:
            return Way(buildx, builders[0]), ""
    if buildctl is not None:
        return Way(buildctl=buildctl), ""
    if buildx is not None:
        return None, "docker buildx has no builder but Docker Engine itself"
    if shutil.which("buildctl"):
        return None, "no buildkitd listens here, and BUILDKIT_HOST names none"
    return None, "neither docker buildx nor buildctl is installed"
