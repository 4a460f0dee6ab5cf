"""What our engine builds beside what buildah builds: ``python -m tests.build.engines.table``.

Cases that run commands are built upon a stand-in of the image that they name: busybox, static.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pytest

from explorer.analysis.opened import open_image
from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.events import Done, Failed
from explorer.build.request import BuildRequest
from explorer.dockerfile.document import Document
from explorer.errors import ExplorerError
from tests.build.engines.building import APPLETS, BUSYBOX, GROUP, PASSWD
from tests.build.engines.expected import DIFFERENCES, NOT_HERE
from tests.build.preview.buildah import Buildah, Built, buildah, settings_of
from tests.build.preview.cases import FOLDER, Case, cases
from tests.integration.filesystem import Filesystem, differences, read_image
from tests.integration.programs import ProgramFailed

_FOLDERS = (
    *("bin", "dev", "etc", "home", "home/app", "proc", "root", "sys", "tmp", "usr", "usr/bin"),
    *("usr/local", "usr/local/bin", "var", "var/www", "run"),
)
_SKIPPED = (b"dev", b"proc", b"sys", b"run", b"etc/hosts", b"etc/resolv.conf", b"etc/hostname")
"""What a builder's own mounts leave."""


@dataclass(frozen=True)
class Row:
    """One case: ``verdict`` is ``equal``, ``explained``, ``different`` or ``skipped``."""

    case: Case
    verdict: str
    lines: tuple[str, ...] = ()


class RunningBuildah(Buildah):
    """A buildah whose images have a shell."""

    def base(self, name: str, layout: Path) -> None:
        """Busybox under some name, for it and as a layout."""
        archive = layout.with_suffix(".tar")
        _root(archive)
        self._run("from", "--name", "base", "scratch")
        self._run("add", "base", archive, "/")
        self._run("config", "--env", "PATH=/bin:/usr/bin", "--cmd", "sh", "base")
        self._run("commit", "-q", "base", name)
        self._run("rm", "base")
        self._run("push", "-q", name, f"oci:{layout}")

    def build(self, context: Path, dockerfile: Path) -> Built:
        """As :meth:`Buildah.build`; an image that has triggers is not used as a base, as that
        would pull them.
        """
        try:
            self._run("bud", "--isolation", "chroot", "--format", "docker", "--pull-never",
                      "-q", "-t", "case", "-f", dockerfile, context)  # fmt: skip
        except ProgramFailed as error:
            return Built(None, failed=str(error))
        about = json.loads(self._run("inspect", "--type", "image", "case"))
        layout = self._folder / "case"
        self._run("push", "-q", "case", f"oci:{layout}")
        image = open_image(f"oci:{layout}")
        seen = read_image(image)
        image.close()
        return Built(seen, settings_of(about["Docker"]["config"]))


def running_cases() -> list[Case]:
    """The cases that have a RUN."""
    path = FOLDER / "cases.json"
    if not path.is_file():
        return []
    raw = json.loads(path.read_text())
    return [Case(place, each["name"], each) for place, each in enumerate(raw) if each["uses_run"]]


def built(context: Path, dockerfile: Path, bases: dict[str, Path]) -> Built:
    """What our engine makes of a Dockerfile."""
    engine = SandboxEngine()
    contexts = {name: f"oci-layout://{layout}" for name, layout in bases.items()}
    request = BuildRequest(dockerfile, context, contexts=contexts)
    try:
        end = asyncio.run(engine.build(request, lambda _event: None))
    except ExplorerError as error:
        return Built(None, failed=str(error), failed_at=1)
    if isinstance(end, Failed):
        lines = [each.line for each in Document.parse(dockerfile.read_text()).instructions]
        at = lines.index(end.line) + 1 if end.line in lines else 1
        return Built(None, failed=end.message, failed_at=at)
    assert isinstance(end, Done)
    image = open_image(f"store:{end.digest}")
    config = json.loads(image.image.config_json)["config"]
    seen = read_image(image)
    image.close()
    return Built(seen, settings_of(config))


def compare(case: Case, program: Buildah, folder: Path) -> Row:
    """Build a case with both, and say what differs."""
    if reason := NOT_HERE.get(case.name):
        return Row(case, "skipped", (reason,))
    context, dockerfile = case.prepare(folder)
    images = [name.partition("@")[0] for name in case.images]
    for name, bare in zip(case.images, images, strict=True):
        if name != bare:  # a stand-in has another digest
            dockerfile.write_text(dockerfile.read_text().replace(name, bare))
    bases = {name: folder / f"base-{i}" for i, name in enumerate(images)}
    for name, layout in bases.items():
        program.base(name, layout)
    ours = built(context, dockerfile, bases)
    theirs = program.build(context, dockerfile)
    found = tuple(_differences(case, ours, theirs))
    reason = DIFFERENCES.get(case.name, "")
    if not found:
        return Row(case, "equal")
    return Row(case, "explained" if reason else "different", (reason, *found) if reason else found)


def _differences(case: Case, ours: Built, theirs: Built) -> list[str]:
    if case.fails_at is not None:
        if ours.failed_at != case.fails_at:
            return [f"fails at {ours.failed_at}, not at {case.fails_at}: {ours.failed}"]
        return [] if theirs.failed else ["buildah does not fail"]
    if ours.filesystem is None or theirs.filesystem is None:
        return [f"ours: {ours.failed or 'builds'}", f"buildah: {theirs.failed or 'builds'}"]
    mine, real = ours.filesystem, theirs.filesystem
    if case.raw["uses_run"]:
        mine, real = _timeless(mine), _timeless(real)
    lines = differences(mine.without(*_SKIPPED), real.without(*_SKIPPED))
    for name in sorted(ours.settings.keys() | theirs.settings.keys()):
        value, other = ours.settings.get(name), theirs.settings.get(name)
        if value != other:
            lines.append(f"{name} is {value!r} in ours, {other!r} there")
    return lines


def _timeless(files: Filesystem) -> Filesystem:
    """Without times: what a command writes is as old as the build."""
    return Filesystem({p: replace(seen, mtime=0) for p, seen in files.paths.items()}, files.links)


def _root(path: Path) -> None:
    """A root filesystem with a shell and the usual small programs."""
    with tarfile.open(path, "w") as tar:
        for name in _FOLDERS:
            member = tarfile.TarInfo(name)
            member.type, member.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            tar.addfile(member)
        files = {
            "etc/passwd": f"{PASSWD}daemon:x:2:2:daemon:/sbin:/bin/false\n".encode(),
            "etc/group": f"{GROUP}daemon:x:2:\n".encode(),
            "etc/os-release": b"ID=stand-in\n",
        }
        for name, data in {**files, "bin/busybox": BUSYBOX.read_bytes()}.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o755 if name.startswith("bin") else 0o644
            tar.addfile(member, BytesIO(data))
        for name in APPLETS:
            member = tarfile.TarInfo(f"bin/{name}")
            member.type, member.linkname, member.mode = tarfile.SYMTYPE, "busybox", 0o777
            tar.addfile(member)


@contextmanager
def kept_apart(folder: Path) -> Iterator[None]:
    """Whatever a build keeps is below a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERSCOPE_DATA_DIR", str(folder / "data"))
        patch.setenv("LAYERSCOPE_CACHE_DIR", str(folder / "cache"))
        yield


def rows(only: str = "") -> Iterator[Row]:
    """Every case, or those whose name holds a text."""
    for case in (*cases(), *running_cases()):
        if only in str(case):
            with tempfile.TemporaryDirectory(prefix="case-") as name:
                yield row(case, Path(name))


def row(case: Case, folder: Path) -> Row:
    """One case, in a folder and with programs of its own."""
    kind = RunningBuildah if case.raw["uses_run"] else Buildah
    with buildah(folder / "store", kind) as program, kept_apart(folder):
        return compare(case, program, folder)


def main() -> int:
    """Print the table."""
    counts: Counter[str] = Counter()
    for found in rows(sys.argv[1] if len(sys.argv) > 1 else ""):
        sys.stdout.write(f"{found.verdict:10} {found.case}\n")
        for line in found.lines:
            sys.stdout.write(f"           {line}\n")
        sys.stdout.flush()
        counts[found.verdict] += 1
    sys.stdout.write(f"{counts.total()} cases: {dict(counts)}\n")
    return int(counts["different"] > 0)


if __name__ == "__main__":
    sys.exit(main())
