"""The application as a folder: Python, Qt and Layerscope, made by PyInstaller."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from devkit.environment import Environment
from devkit.project import Project
from devkit.trial import try_out
from devkit.trouble import DevError, say

TOOLS = ("pyinstaller>=6.10",)
_LICENCES = """\
import importlib.metadata, json, pathlib, platform, sysconfig
names = ("PySide6_Essentials", "shiboken6", "qasync", "humanize", "pygments", "numpy", "isal",
         "backports.zstd", "xxhash", "platformdirs", "click", "rich", "markdown-it-py", "mdurl")
found = {}
for name in names:
    try:
        package = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        continue
    stated = package.metadata
    kinds = [line.rpartition(" :: ")[2] for line in stated.get_all("Classifier", [])
             if line.startswith("License :: ")]
    text = stated.get("License-Expression") or ", ".join(kinds) or stated.get("License") or "?"
    files = {str(file).partition(".dist-info/")[2]: str(package.locate_file(file))
             for file in package.files or ()
             if "licen" in str(file).lower() and ".dist-info/" in str(file)}
    found[package.metadata["Name"]] = {
        "version": package.version, "licence": text.splitlines()[0], "files": files,
    }
own = pathlib.Path(sysconfig.get_path("stdlib"), "LICENSE.txt")
found["Python"] = {"version": platform.python_version(), "licence": "Python-2.0",
                   "files": {own.name: str(own)} if own.exists() else {}}
print(json.dumps(found))
"""


def build_app(environment: Environment, project: Project) -> Path:
    """Make ``dist/layerscope/`` and try it out; returns the folder."""
    environment.add(*TOOLS)
    command = [str(environment.python), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(project.output), "--workpath", str(project.work / "pyinstaller")]
    done = subprocess.run(
        [*command, str(project.root / "packaging" / "layerscope.spec")],
        env=os.environ | project.reproducible,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DevError(
            "could not build the application",
            why=done.stderr.strip()[-1500:],
            hint="Debian's Python needs: sudo apt-get install libpython3-dev"
            if "PythonLibraryNotFound" in done.stderr and shutil.which("apt-get")
            else "",
        )
    folder = project.output / "layerscope"
    say(f"trying out {folder}")
    try_out(program_in(folder), project.version)
    return folder


def program_in(folder: Path) -> Path:
    """The program of an application's folder."""
    return folder / ("layerscope.exe" if sys.platform == "win32" else "layerscope")


def licences(environment: Environment) -> str:
    """What is packed along with Layerscope: a JSON object by name, with version and licence."""
    done = subprocess.run(
        [str(environment.python), "-c", _LICENCES], capture_output=True, text=True, check=True
    )
    return done.stdout
