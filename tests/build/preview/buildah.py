"""What Debian's buildah makes of a Dockerfile, and what a preview says of it."""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from explorer.build.bases import LocalBases, configurations
from explorer.build.context.context import Context
from explorer.build.context.tree import ContextTree
from explorer.build.preview import Previewer
from explorer.dockerfile.document import Document
from explorer.dockerfile.ignore import IgnoreError
from explorer.dockerfile.problem import Severity
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.program import understand
from explorer.store.cache import Caches
from tests.integration.filesystem import Filesystem, read_folder, read_image
from tests.integration.programs import ProgramFailed, run

SETTINGS = (
    *("Env", "Cmd", "Entrypoint", "User", "WorkingDir", "Labels", "ExposedPorts", "Volumes"),
    *("StopSignal", "Shell", "OnBuild", "Healthcheck"),
)


@dataclass(frozen=True)
class Built:
    """An image: its files and its settings; or at which instruction (from 1) it failed."""

    filesystem: Filesystem | None
    settings: dict[str, Any] = field(default_factory=dict)
    failed: str = ""
    failed_at: int | None = None


class Buildah:
    """buildah with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = (
            *("buildah", "--root", folder / "root", "--runroot", folder / "run"),
            *("--storage-driver", "vfs"),
        )

    def build(self, context: Path, dockerfile: Path) -> Built:
        """Build the last stage."""
        try:
            self._run("bud", "--isolation", "chroot", "--format", "docker", "--pull-never",
                      "-q", "-t", "case", "-f", dockerfile, context)  # fmt: skip
        except ProgramFailed as error:
            return Built(None, failed=str(error))
        try:
            name = self._run("from", "case").strip()
            root = self._run("mount", name).strip()
            about = json.loads(self._run("inspect", "--type", "image", "case"))
            return Built(read_folder(Path(root)), settings_of(about["Docker"]["config"]))
        finally:
            self._run("rm", "--all")

    def base(self, name: str, layout: Path) -> None:
        """A small image of that name, for it and as a layout."""
        archive = self._folder / "base.tar"
        _base(archive)
        self._run("from", "--name", "base", "scratch")
        self._run("add", "base", archive, "/")
        self._run("config", "--env", "PATH=/bin:/usr/bin", "--cmd", "sh", "base")
        self._run("commit", "-q", "base", name)
        self._run("rm", "base")
        self._run("push", "-q", name, f"oci:{layout}")

    def _run(self, *arguments: str | Path) -> str:
        return run(*self._store, *arguments)


@contextmanager
def buildah(folder: Path, kind: type[Buildah] = Buildah) -> Iterator[Buildah]:
    """A buildah whose store is gone afterwards."""
    folder.mkdir()
    try:
        yield kind(folder)
    finally:
        subprocess.run(["rm", "-rf", folder], check=False)


def foretold(
    context: Path, dockerfile: Path, caches: Caches, bases: dict[str, Path] | None = None
) -> Built:
    """What the preview of the last step of the last stage says."""
    text = dockerfile.read_text()
    document = Document.parse(text)
    known = LocalBases(
        {name: f"oci-layout://{layout}" for name, layout in (bases or {}).items()}, caches
    )
    try:
        tree = ContextTree(Context.scan(context, dockerfile=dockerfile))
    except IgnoreError as error:
        return Built(None, failed=str(error), failed_at=1)
    first = understand(document, Inputs())
    found = configurations(first, known)
    program = understand(document, Inputs(images=found.images))
    errors = [problem for problem in program.problems if problem.severity is Severity.ERROR]
    if not program.stages or errors or document.problems:
        return Built(None, failed=str([*errors, *document.problems]), failed_at=0)
    stage = program.stages[-1]
    view = Previewer(caches).preview(program, stage.index, len(stage.steps) - 1, tree, known)
    failures = [problem for problem in view.problems if problem.severity is Severity.ERROR]
    if failures:
        lines = [each.line for each in document.instructions]
        return Built(None, failed=str(failures[0]), failed_at=lines.index(failures[0].line) + 1)
    assert not view.uncertain, view.unknown
    settings = json.loads(view.image.image.config_json)["config"]
    return Built(read_image(view.image), settings_of(settings))


def settings_of(config: dict[str, Any]) -> dict[str, Any]:
    """Settings that were given, without what a builder says of itself."""
    chosen: dict[str, Any] = {name: config.get(name) for name in SETTINGS if config.get(name)}
    labels = {k: v for k, v in chosen.pop("Labels", {}).items() if k != "io.buildah.version"}
    if labels:
        chosen["Labels"] = labels
    if chosen.get("WorkingDir") == "/":
        del chosen["WorkingDir"]
    if "Env" in chosen:
        chosen["Env"] = sorted(chosen["Env"])
    return chosen


def _base(path: Path) -> None:
    """A root filesystem with the usual folders and users, and nothing to run."""
    files = {
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\n",
        "etc/group": b"root:x:0:\ndaemon:x:1:\n",
        "bin/sh": b"no shell",
    }
    with tarfile.open(path, "w") as tar:
        for name in ("bin", "etc", "root", "tmp", "usr", "usr/local", "var", "var/www"):
            member = tarfile.TarInfo(name)
            member.type, member.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(member)
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            tar.addfile(member, BytesIO(data))
