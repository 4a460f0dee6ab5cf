"""A Dockerfile that uses every rule of COPY, ADD and WORKDIR, and the context it needs."""

from __future__ import annotations

import os
import tarfile
from io import BytesIO
from pathlib import Path

# One case a folder of the image.
COMMON = r"""
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

FOR_BUILDKIT = r"""
COPY <<EOF /h/01
one
EOF
COPY <<two <<"three" /h/02/
2
two
3 $x
three
COPY --chown=app --chmod=4711 <<four /h/03/x/
4
four
COPY --chmod=u=rwX,go=rX tree /m/01
COPY --chmod=g-w,o+t tree /m/02
COPY --chmod=0711 a.txt /m/03/x/
COPY --link a.txt /30/folder/linked.txt
COPY --link tree /l/01
COPY --link --chown=5:6 tree/sub /l/02/
COPY --link a.txt /08/sub/a.txt
COPY --exclude=*.txt tree /e/01
COPY --exclude=**/*.txt --exclude=links . /e/02/
COPY --exclude=*.txt *.txt /e/03/
COPY --exclude=tree --exclude=!tree/sub/deep.txt . /e/04/
COPY --parents tree/sub/deep.txt /p/01/
COPY --parents ./tree/./sub /p/02/
COPY --parents **/*.txt /p/03/
COPY --parents tree/*/deep.txt a.txt /p/04/
COPY --parents --chown=7:8 tree/sub/deep.txt /p/05/
ADD --unpack=false pack.tgz /u/01/
ADD --chmod=700 pack.tgz /u/02/
COPY a.txt /03/.
ADD --chown=9:9 pack.tgz /26/
USER 12:34
WORKDIR /37/38/39
USER app
WORKDIR /40/41
"""


def context(folder: Path, run_mode: int = 0o4755) -> Path:
    """The build context of the rules; ``run_mode`` are the permissions of one file."""
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
