"""docker buildx: its builders, and a build with one of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from explorer.build.engines.buildkit.command import ask, build
from explorer.build.engines.buildkit.contexts import Named, named
from explorer.build.engines.buildkit.prepared import NAME, platform_of, prepare
from explorer.build.engines.carrying import wants_engine
from explorer.build.engines.docker.placing import effective_target
from explorer.build.engines.following import Following
from explorer.build.engines.sandbox.setting import Setting
from explorer.build.engines.steps import Steps
from explorer.build.engines.vertices import Vertices
from explorer.build.request import BuildRequest, Secret, SshAgent
from explorer.dockerfile.stages.model import Program
from explorer.errors import Refused
from explorer.store.images import ImageStore

_PROGRAMS: Final = (("docker", "buildx"), ("docker-buildx",), ("buildx",))
_ENGINE_DRIVER: Final = "docker"


@dataclass(frozen=True, slots=True)
class Builder:
    """A builder: its name, what it runs on (``docker-container``, ``kubernetes``, ``remote``)."""

    name: str
    driver: str
    endpoint: str = ""
    version: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Buildx:
    """The program; ``version`` is what it says of itself."""

    program: tuple[str, ...]
    version: str

    async def builders(self) -> tuple[Builder, ...]:
        """The builders that are not Docker Engine itself, the one in use first."""
        answer = await ask(*self.program, "ls", "--format", "json")
        if answer is None or answer.code:
            return ()
        found = (_builder(line) for line in answer.output.splitlines())
        others = [each for each in found if each is not None and each.driver != _ENGINE_DRIVER]
        wanted = os.environ.get("BUILDX_BUILDER")
        return tuple(sorted(others, key=lambda b: (b.name != wanted, not b.is_current)))

    async def into_engine(
        self,
        request: BuildRequest,
        setting: Setting,
        steps: Steps,
        following: Following,
        folder: Path,
        network: str,
    ) -> str:
        """Build in Docker Engine; the ID of the image there. Bases are the engine's."""
        builder = os.environ.get("DOCKER_CONTEXT") or "default"
        options = ["--builder", builder, "--load", "--network", network]
        if network == "host":
            options += ["--allow", "network.host"]
        if wants_engine(request):
            options += [part for ref in request.references for part in ("-t", ref.familiar)]
        metadata = await self._run(request, setting, steps, following, folder, options, ())
        image_id = metadata.get("containerimage.config.digest")
        image_id = image_id or metadata.get("containerimage.digest")
        if not isinstance(image_id, str):
            raise Refused("docker buildx ended without a result", hint="Build again")
        return image_id

    async def into_file(
        self,
        request: BuildRequest,
        setting: Setting,
        steps: Steps,
        following: Following,
        folder: Path,
        builder: str,
        outputs: Sequence[str],
        store: ImageStore,
    ) -> Mapping[str, Any]:
        """Build with a builder; what it says of the result."""
        options = ["--builder", builder]
        options += [part for output in outputs for part in ("--output", output)]
        contexts = named(request, setting.program, store)
        return await self._run(request, setting, steps, following, folder, options, contexts)

    async def _run(
        self,
        request: BuildRequest,
        setting: Setting,
        steps: Steps,
        following: Following,
        folder: Path,
        options: Sequence[str],
        contexts: Sequence[Named],
    ) -> Mapping[str, Any]:
        prepared = prepare(request, setting, folder)
        metadata = folder / "metadata.json"
        command = [
            *self.program, "build", "--progress", "rawjson", "--provenance=false", "--sbom=false",
            "--metadata-file", str(metadata), "--file", str(prepared.dockerfile / NAME),
            *options, *_asked(request, setting.program), *_contexts(request, contexts),
            str(prepared.context),
        ]  # fmt: skip
        await build(command, Vertices(steps, following), following)
        return read_metadata(metadata)


async def find_buildx() -> Buildx | None:
    """The program, where one is here that tells its progress in JSON (0.13 and later)."""
    for program in _PROGRAMS:
        answer = await ask(*program, "version")
        if answer is not None and not answer.code:
            words = answer.output.split()
            version = words[1].lstrip("v") if len(words) > 1 else ""
            if not _is_old(version):
                return Buildx(program, version)
    return None


def _is_old(version: str) -> bool:
    """Whether a version is before 0.13; one that was built without a version says 0.0.0."""
    numbers = version.partition("-")[0].split(".")[:2]
    if not all(part.isdigit() for part in numbers):
        return False
    return (0, 0) < tuple(map(int, numbers)) < (0, 13)


def read_metadata(path: Path) -> Mapping[str, Any]:
    """What ``--metadata-file`` holds; nothing where it is not there."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _asked(request: BuildRequest, program: Program) -> Iterator[str]:
    if target := effective_target(request, program):
        yield from ("--target", target)
    for name, value in request.arguments.items():
        yield from ("--build-arg", f"{name}={value}")
    for name, value in request.labels.items():
        yield from ("--label", f"{name}={value}")
    if (platform := platform_of(request)) is not None:
        yield from ("--platform", str(platform))
    for secret in request.secrets:
        yield from ("--secret", secret_option(secret))
    for agent in request.ssh:
        yield from ("--ssh", ssh_option(agent))
    if request.no_cache:
        yield "--no-cache"
    if request.pull:
        yield "--pull"


def _contexts(request: BuildRequest, contexts: Sequence[Named]) -> Iterator[str]:
    if not contexts:
        for name, place in request.contexts.items():
            yield from ("--build-context", f"{name}={place}")
    for each in contexts:
        if each.layout is not None:
            place = f"oci-layout://{each.layout}{each.reference}"
        else:
            place = each.remote or str(each.folder)
        yield from ("--build-context", f"{each.name}={place}")


def secret_option(secret: Secret) -> str:
    """A secret as ``--secret`` has it."""
    if secret.env:
        return f"id={secret.id},env={secret.env}"
    return f"id={secret.id},src={secret.file}" if secret.file is not None else f"id={secret.id}"


def ssh_option(agent: SshAgent) -> str:
    """An agent as ``--ssh`` has it."""
    return f"{agent.id}={agent.socket}" if agent.socket is not None else agent.id


def _builder(line: str) -> Builder | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, Mapping) or not isinstance(found.get("Name"), str):
        return None
    nodes = found.get("Nodes")
    node = nodes[0] if isinstance(nodes, list) and nodes and isinstance(nodes[0], dict) else {}
    return Builder(
        found["Name"],
        str(found.get("Driver", "")),
        str(node.get("Endpoint", "")),
        str(node.get("Version", "")),
        bool(found.get("Current")),
    )
