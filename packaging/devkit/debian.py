"""The application's folder as a package for Debian, Ubuntu and their kin.

Built with dpkg-deb(1) alone, from a tree that is the same for the same input: times,
modes, owners and order are fixed, so the package is too (reproducible-builds.org).
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from devkit import elf, libraries
from devkit.app import licences, program_in
from devkit.environment import Environment
from devkit.project import Project
from devkit.trial import try_out
from devkit.trouble import DevError, say

APP_ID = "io.github.layerscope.Layerscope"
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
_LIBRARY = "usr/lib/layerscope"
_COMPLETIONS = {
    "bash": "bash-completion/completions/layerscope",
    "zsh": "zsh/vendor-completions/_layerscope",
    "fish": "fish/vendor_completions.d/layerscope.fish",
}
_GLIBC = re.compile(r"(ld-linux.*|lib(c|dl|m|pthread|resolv|rt|util))\.so\.\d+")
_DRAW = """\
import sys
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
application = QGuiApplication(["icons"])
drawing = QSvgRenderer(sys.argv[1])
for size, target in zip(sys.argv[2::2], sys.argv[3::2]):
    picture = QImage(QSize(int(size), int(size)), QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing.render(painter)
    painter.end()
    if not picture.save(target):
        sys.exit(f"cannot write {target}")
"""
_DESCRIPTION = """\
Description: see inside container images, layer by layer
 Layerscope opens a saved container image without Docker and shows what is in
 it: the stack of layers, what each one added, changed and deleted, how they
 add up to one filesystem, the history of every path, and where the bytes go.
 .
 Images are read, never run. The same questions can be asked on the command
 line, which needs no display."""
_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Layerscope

Files: *
Copyright: the Layerscope authors
License: Apache-2.0
 On Debian systems the licence is in /usr/share/common-licenses/Apache-2.0.
Comment:
 Qt and its bindings for Python are used under the LGPL, version 3, which is in
 /usr/share/common-licenses/LGPL-3. They are files of their own below
 /usr/lib/layerscope/_internal/PySide6 and can be replaced by others that fit; their source
 is at https://download.qt.io. All that is packed along, with its licences in
 /usr/share/doc/layerscope/licences:
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What goes into a package beside the application's folder."""

    desktop: Path
    metainfo: Path
    mime: Path
    icon: Path
    pictures: dict[int, Path]
    licences: str
    changes: str
    completions: dict[str, str]


def build_deb(environment: Environment, project: Project, app: Path) -> Path:
    """Make ``dist/layerscope_VERSION_ARCH.deb`` of an application's folder, and try it out."""
    if not shutil.which("dpkg-deb"):
        raise DevError("could not build the package", why="there is no dpkg-deb here")
    with tempfile.TemporaryDirectory(prefix="layerscope-deb-") as name:
        folder = Path(name)
        parts = _parts(environment, project, app, folder)
        tree = folder / "tree"
        lay_out(tree, app, parts)
        package = pack(tree, project, depends(app))
        validate(tree)
        say(f"trying out {package.name}")
        _run("dpkg-deb", "-x", str(package), str(folder / "installed"))
        try_out(folder / "installed" / "usr" / "bin" / "layerscope", project.version)
    return package


def _parts(environment: Environment, project: Project, app: Path, folder: Path) -> Parts:
    source = project.root / "packaging"
    icon = project.root / "resources" / "icons" / "layerscope.svg"
    pictures = {size: folder / f"{size}.png" for size in ICON_SIZES}
    wanted = [text for size, path in pictures.items() for text in (str(size), str(path))]
    _run(str(environment.python), "-c", _DRAW, str(icon), *wanted, QT_QPA_PLATFORM="offscreen")
    return Parts(
        desktop=source / f"{APP_ID}.desktop",
        metainfo=source / f"{APP_ID}.metainfo.xml",
        mime=source / f"{APP_ID}.mime.xml",
        icon=icon,
        pictures=pictures,
        licences=licences(environment),
        completions={
            shell: _run(str(program_in(app)), "completion", shell) for shell in _COMPLETIONS
        },
        changes=(project.root / "CHANGELOG.md").read_text("utf-8"),
    )


def lay_out(tree: Path, app: Path, parts: Parts) -> None:
    """Put every file where the Filesystem Hierarchy Standard and freedesktop.org want it."""
    shutil.copytree(app, tree / _LIBRARY, symlinks=True)
    link = tree / "usr/bin/layerscope"
    link.parent.mkdir(parents=True)
    link.symlink_to(os.path.relpath(program_in(tree / _LIBRARY), link.parent))
    icons, share = tree / "usr/share/icons/hicolor", tree / "usr/share"
    _copy(parts.desktop, share / "applications" / parts.desktop.name)
    _copy(parts.metainfo, share / "metainfo" / parts.metainfo.name)
    _copy(parts.mime, share / "mime/packages" / f"{APP_ID}.xml")
    _copy(parts.icon, icons / "scalable/apps" / f"{APP_ID}.svg")
    for size, picture in parts.pictures.items():
        _copy(picture, icons / f"{size}x{size}/apps" / f"{APP_ID}.png")
    documents = share / "doc/layerscope"
    for shell, script in parts.completions.items():
        _write(share / _COMPLETIONS[shell], script)
    _write(documents / "copyright", _COPYRIGHT + _others(parts.licences, documents / "licences"))
    # With no name and no time in it, as policy's "gzip -9n".
    _write(documents / "changelog.gz", gzip.compress(parts.changes.encode(), 9, mtime=0))


def _others(found: str, folder: Path) -> str:
    """What is said of the libraries that are packed along; their licences are copied."""
    lines = []
    for name, package in sorted(json.loads(found).items()):
        lines.append(f" {name} {package['version']}: {package['licence']}")
        for target, source in package["files"].items():
            _copy(Path(source), folder / name / target.removeprefix("licenses/"))
    return "\n".join([*lines, ""])


def depends(app: Path) -> list[str]:
    """Debian's packages for all that the application asks of the system."""
    sonames, glibc = elf.outside(app)
    own = {soname for soname in sonames if _GLIBC.fullmatch(soname)}
    least = [f"libc6 (>= {glibc[0]}.{glibc[1]})"] if own else []
    return least + libraries.debian_packages(sonames - own)


def pack(tree: Path, project: Project, needs: Sequence[str]) -> Path:
    """Write the control files, fix all that could differ, and build the package."""
    architecture = _run("dpkg", "--print-architecture").strip()
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    size = sum(-(-path.stat().st_size // 1024) for path in files)
    control = [
        "Package: layerscope",
        f"Version: {project.version}",
        f"Architecture: {architecture}",
        "Maintainer: The Layerscope authors <authors@layerscope.invalid>",
        "Section: devel",
        "Priority: optional",
        f"Installed-Size: {size}",
        *([f"Depends: {', '.join(needs)}"] if needs else []),
        "Recommends: shared-mime-info, hicolor-icon-theme",
        _DESCRIPTION,
    ]
    sums = [f"{_md5(path)}  {path.relative_to(tree).as_posix()}" for path in files]
    _write(tree / "DEBIAN/control", "\n".join([*control, ""]))
    _write(tree / "DEBIAN/md5sums", "\n".join([*sums, ""]))
    _settle(tree, project.epoch)
    package = project.output / f"layerscope_{project.version}_{architecture}.deb"
    package.parent.mkdir(exist_ok=True)
    _run(
        *("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(package)),
        **project.reproducible,
    )
    return package


def _settle(tree: Path, epoch: int) -> None:
    """Give everything the modes that policy wants, and one time."""
    for path in [*tree.rglob("*"), tree]:
        if not path.is_symlink():
            program = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if program else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def validate(tree: Path) -> None:
    """Ask freedesktop.org's own programs, where they are installed."""
    share = tree / "usr/share"
    checks: Iterable[tuple[str, ...]] = (
        ("desktop-file-validate", str(share / "applications" / f"{APP_ID}.desktop")),
        ("appstreamcli", "validate", "--no-net", str(share / f"metainfo/{APP_ID}.metainfo.xml")),
    )
    for command in checks:
        if shutil.which(command[0]):
            _run(*command)
        else:
            say(f"{command[0]} is not installed: what it checks was not checked")


def _run(*command: str, **variables: str) -> str:
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DevError(f"{command[0]} failed", why=(done.stdout + done.stderr).strip()[-1500:])
    return done.stdout


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write(target: Path, content: str | bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)
