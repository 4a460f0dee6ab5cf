"""Previews beside what Docker builds, all rules in one image.

Where the client can use BuildKit, that is asked; else the engine's own builder, which knows fewer
rules and drops setuid bits.
"""

from __future__ import annotations

import os
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from explorer.store.cache import Caches
from tests.build.preview.buildah import foretold
from tests.integration.engines import Docker, started
from tests.integration.filesystem import differences
from tests.integration.programs import ProgramFailed, need, run

pytestmark = pytest.mark.integration

# One case a folder of the image.
_DOCKERFILE = r"""
FROM scratch AS other
COPY --chown=7:8 tree /tree
COPY links /links

FROM scratch
COPY etc /etc
WORKDIR /w
COPY a.txt /01
COPY a.txt /02/
COPY a.txt 04/x/y
COPY a.txt b.txt /05/
COPY *.txt /06/
COPY [ab].txt /07/
COPY tree /08
COPY tree/ /09/
COPY tree a.txt /10/
COPY tree/sub /11/sub
COPY tree/*/deep.txt /12/
COPY . /13
COPY links/file /14
COPY links/file /15/
COPY links/folder /16
COPY links/fo* /17/
COPY --chown=app:staff tree /18
COPY --chown=5 a.txt /19/x/
COPY --chown=3:4 links /20
COPY --from=other /tree /21
COPY --from=other tree/sub/ /22/
COPY --from=other /links/folder /23
ADD pack.tgz /24
ADD pack.tgz plain.tar /25/
ADD a.txt /27/
COPY pack.tgz /28/
COPY tree /29
COPY a.txt /29
COPY b.txt /29/a.txt
COPY links /30
COPY a.txt /30/folder/new.txt
COPY tree /30/up
COPY none*.txt a.txt /31/
COPY a.txt ../../32/x
COPY empty /33
COPY empty /34/35/36
WORKDIR /37/38
COPY a.txt .
COPY a.txt ./
COPY tree/sub .
WORKDIR /30/folder
COPY b.txt below/
ADD pack.tgz /30
"""

_FOR_BUILDKIT = """
COPY a.txt /03/.
ADD --chown=9:9 pack.tgz /26/
USER 12:34
WORKDIR /37/38/39
USER app
WORKDIR /40/41
"""


def _context(folder: Path, run_mode: int) -> Path:
    folder.mkdir()
    files = {
        "a.txt": 0o644,
        "b.txt": 0o600,
        "tree/top.txt": 0o640,
        "tree/run": run_mode,
        "tree/sub/deep.txt": 0o444,
        "links/real/f": 0o644,
    }
    for name, mode in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n")
        path.chmod(mode)
    (folder / "empty").mkdir()
    (folder / "tree/sub").chmod(0o1711)
    (folder / "tree").chmod(0o700)
    os.link(folder / "tree/top.txt", folder / "tree/linked.txt")
    links = {"file": "real/f", "folder": "real", "up": "../links/real", "gone": "nowhere"}
    for name, target in links.items():
        (folder / "links" / name).symlink_to(target)
    (folder / "etc").mkdir()
    (folder / "etc/passwd").write_text("root:x:0:0::/:\napp:x:100:200::/:\n")
    (folder / "etc/group").write_text("staff:x:50:\n")
    with tarfile.open(folder / "pack.tgz", "w:gz") as packed:
        _fill(packed, "pack.tgz")
    with tarfile.open(folder / "plain.tar", "w") as plain:
        _fill(plain, "plain.tar")
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (1_600_000_000, 1_600_000_000), follow_symlinks=False)
    return folder


def _fill(tar: tarfile.TarFile, name: str) -> None:
    for path, mode in (("d", 0o750), ("real", 0o711)):
        member = tarfile.TarInfo(path)
        member.type, member.mode, member.uid, member.mtime = tarfile.DIRTYPE, mode, 3, 1_600_000_001
        tar.addfile(member)
    for path in ("d/f", "implied/g", f"only-in-{name}", "folder/through-a-link"):
        member = tarfile.TarInfo(path)
        member.size, member.mode, member.gid, member.mtime = len(path), 0o604, 4, 1_600_000_002
        tar.addfile(member, BytesIO(path.encode()))


def test_every_rule_is_dockers(tmp_path: Path, caches: Caches) -> None:
    need("docker", "dockerd")
    modern = _has_buildkit()
    context = _context(tmp_path / "context", 0o4755 if modern else 0o755)
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(_DOCKERFILE + (_FOR_BUILDKIT if modern else ""))
    ours = foretold(context, dockerfile, caches)
    assert ours.filesystem is not None, ours.failed
    with started("docker") as docker:
        assert isinstance(docker, Docker)
        try:
            _build(docker, context, dockerfile, modern=modern)
        except ProgramFailed as error:
            pytest.skip(f"Docker does not build here: {error}")
        real = docker.loaded("foretold")
    found = differences(ours.filesystem, real, 60)
    assert not found, "\n".join(found)


def _has_buildkit() -> bool:
    try:
        run("docker", "buildx", "version")
    except ProgramFailed:
        return False
    return True


def _build(docker: Docker, context: Path, dockerfile: Path, *, modern: bool) -> None:
    command = ("docker", "-H", docker._socket, "build", "-q", "-t", "foretold")
    run("env", f"DOCKER_BUILDKIT={modern:d}", *command, "-f", dockerfile, context)
