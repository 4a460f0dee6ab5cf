"""buildctl: a build in a buildkitd that it talks to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.build.engines.buildkit.buildx import read_metadata, secret_option, ssh_option
from explorer.build.engines.buildkit.command import ask, build
from explorer.build.engines.buildkit.contexts import Named, named
from explorer.build.engines.buildkit.prepared import NAME, Prepared, platform_of, prepare
from explorer.build.engines.docker.placing import effective_target
from explorer.build.engines.following import Following
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.steps import Steps
from explorer.build.engines.vertices import Vertices
from explorer.build.request import BuildRequest
from explorer.dockerfile.stages.model import Program
from explorer.sources.engines.endpoint import runtime_folder
from explorer.store.images import ImageStore


@dataclass(frozen=True, slots=True)
class Buildctl:
    """The program, and the daemon it talks to."""

    program: str
    address: str

    async def version(self) -> str | None:
        """The version of the daemon; None where it does not answer."""
        answer = await ask(self.program, "--addr", self.address, "--timeout", "3", "debug", "info")
        if answer is None or answer.code:
            return None
        words = answer.output.split()
        versions = (word for word in words if word.lstrip("v")[:1].isdigit())
        return next(versions, "")

    async def _is_alive(self) -> bool:
        return await self.version() is not None

    async def into_file(
        self,
        request: BuildRequest,
        setting: Setting,
        steps: Steps,
        following: Following,
        folder: Path,
        outputs: Sequence[str],
        store: ImageStore,
    ) -> Mapping[str, Any]:
        """Build; what it says of the result."""
        prepared = prepare(request, setting, folder)
        metadata = folder / "metadata.json"
        contexts = named(request, setting.program, store)
        command = [
            self.program, "--addr", self.address, "build", "--progress", "rawjson",
            "--frontend", "dockerfile.v0", "--metadata-file", str(metadata),
            *_asked(request, setting.program, prepared), *_contexts(contexts),
            *(part for output in outputs for part in ("--output", output)),
        ]  # fmt: skip
        await build(command, Vertices(steps, following), following, self._is_alive)
        return read_metadata(metadata)


def find_buildctl() -> Buildctl | None:
    """The program and its daemon: ``BUILDKIT_HOST``, or a socket that is there."""
    program = shutil.which("buildctl")
    if program is None:
        return None
    named_host = os.environ.get("BUILDKIT_HOST")
    if named_host:
        return Buildctl(program, named_host)
    own = runtime_folder()
    sockets = [Path("/run/buildkit/buildkitd.sock")]
    sockets += [own / "buildkit/buildkitd.sock"] if own is not None else []
    found = next((socket for socket in sockets if socket.exists()), None)
    return Buildctl(program, f"unix://{found}") if found is not None else None


def _asked(request: BuildRequest, program: Program, prepared: Prepared) -> Iterator[str]:
    yield from ("--local", f"context={prepared.context}")
    yield from ("--local", f"dockerfile={prepared.dockerfile}")
    options = {"filename": NAME}
    if target := effective_target(request, program):
        options["target"] = target
    options |= {f"build-arg:{name}": value for name, value in request.arguments.items()}
    options |= {f"label:{name}": value for name, value in request.labels.items()}
    if (platform := platform_of(request)) is not None:
        options["platform"] = str(platform)
    if request.pull:
        options["image-resolve-mode"] = "pull"
    for name, value in options.items():
        yield from ("--opt", f"{name}={value}")
    for secret in request.secrets:
        yield from ("--secret", secret_option(secret))
    for agent in request.ssh:
        yield from ("--ssh", ssh_option(agent))
    if request.no_cache:
        yield "--no-cache"


def _contexts(contexts: Sequence[Named]) -> Iterator[str]:
    for number, each in enumerate(contexts):
        key = f"context-{number}"
        if each.folder is not None:
            yield from ("--local", f"{key}={each.folder}")
            place = f"local:{key}"
        elif each.layout is not None:
            yield from ("--oci-layout", f"{key}={each.layout}")
            place = f"oci-layout://{key}{each.reference}"
        else:
            place = each.remote
        yield from ("--opt", f"context:{each.name}={place}")
