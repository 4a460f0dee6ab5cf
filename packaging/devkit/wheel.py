"""The wheel and the source archive: built, looked into, and installed into a fresh environment."""

import os
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from devkit.environment import Environment, make_environment
from devkit.pip import run_pip
from devkit.project import Project
from devkit.trial import try_out
from devkit.trouble import DevError, say

TOOLS = ("build>=1.2", "hatchling>=1.24")
_FOREIGN = ("tests/", "packaging/", "resources/", ".venv/", ".ci/")


def build_wheel(environment: Environment, project: Project) -> list[Path]:
    """Make both in ``dist/``; returns the source archive and the wheel, tried out."""
    environment.add(*TOOLS)
    # The wheel is made from the source archive, so that one proves the other.
    command = [str(environment.python), "-m", "build", "--no-isolation", "--outdir"]
    done = subprocess.run(
        [*command, str(project.output), str(project.root)],
        env=os.environ | project.reproducible,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DevError("could not build the wheel", why=done.stdout[-1500:] + done.stderr[-500:])
    source = project.output / f"layerscope-{project.version}.tar.gz"
    wheel = project.output / f"layerscope-{project.version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        _refuse(wheel, problems_of_wheel(archive.namelist(), project))
    with tarfile.open(source) as archive:
        _refuse(source, problems_of_source(archive.getnames(), project))
    say(f"installing {wheel.name} into a fresh environment")
    with tempfile.TemporaryDirectory(prefix="layerscope-wheel-") as folder:
        python = make_environment(Path(folder, "venv"))
        pip = [str(environment.python), "-m", "pip", "--python", str(python)]
        run_pip(
            [*pip, "install", "--no-input", str(wheel)],
            cwd=Path(folder),
            doing="install the wheel",
        )
        try_out(python.with_name("layerscope"), project.version)
    return [source, wheel]


def problems_of_wheel(names: Iterable[str], project: Project) -> list[str]:
    """What is missing from a wheel, and what has no place in it."""
    held = set(names)
    info = f"layerscope-{project.version}.dist-info"
    wanted = {f"{info}/METADATA", f"{info}/entry_points.txt", f"{info}/licenses/LICENSE"}
    wanted |= {path.as_posix() for path in project.files("explorer")}
    wanted |= {f"explorer/_resources/{path}" for path in project.shipped_resources()}
    foreign = {name for name in held if name.startswith(_FOREIGN) or name.endswith(".pyc")}
    foreign |= {name for name in held if not name.startswith(("explorer/", f"{info}/"))}
    return [f"{name} is missing" for name in sorted(wanted - held)] + [
        f"{name} has no place in it" for name in sorted(foreign)
    ]


def problems_of_source(names: Iterable[str], project: Project) -> list[str]:
    """What a source archive lacks to build, test and package from it."""
    held = {name.partition("/")[2] for name in names}
    folders = ("explorer", "resources", "tests", "packaging")
    wanted = {path.as_posix() for folder in folders for path in project.files(folder)}
    wanted |= {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO"}
    return [f"{name} is missing" for name in sorted(wanted - held)]


def _refuse(archive: Path, problems: list[str]) -> None:
    if problems:
        more = [f"and {len(problems) - 12} more"] if len(problems) > 12 else []
        raise DevError(
            f"{archive.name} is not what it should be",
            why="\n       ".join(problems[:12] + more),
            hint="see [tool.hatch.build] in pyproject.toml",
        )
