"""The virtual environment of a checkout: made once, found ready afterwards.

Debian's own Python has neither ensurepip (that is in python3-venv) nor leave to
install outside an environment. Both are served: the environment is made without
pip, and pip is put into it by ensurepip where there is one, else by the host's pip.
"""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from devkit.pip import run_pip
from devkit.stamp import Action, Decision, Stamp, decide, digest_of, package_names
from devkit.trouble import DevError, say

_OLDEST_PIP = (22, 3)  # the first with --python


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment in the project's root: `.venv`, if no other is named."""

    root: Path
    name: str = ".venv"

    @property
    def folder(self) -> Path:
        """Where the environment lies."""
        return self.root / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / (r"Scripts\python.exe" if os.name == "nt" else "bin/python")

    @property
    def site_packages(self) -> Path:
        """Where its packages lie."""
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.folder / "lib" / version / "site-packages"

    @property
    def pyside(self) -> Path:
        """The folder of Qt's bindings."""
        return self.site_packages / "PySide6"

    def ensure(self, *extras: str) -> None:
        """Make it ready to use, with these extras of pyproject.toml installed.

        Does nothing, and asks nothing of the network, when it is ready already.
        Raises DevError when it cannot be made ready; the next call starts afresh.
        """
        if self._decide(extras).action is Action.NOTHING:
            return
        try:
            with _only_one(self.root):
                self._apply(self._decide(extras), extras)
        except OSError as error:
            raise DevError(
                f"could not prepare {self.folder}",
                why=f"{error.strerror or error}: {error.filename or self.folder}",
                hint="use a checkout in a folder that you may write to, with some space left",
            ) from error

    def add(self, *requirements: str) -> None:
        """Install more into it; nothing is asked of the network for what is there already."""
        command = [str(self.python), "-m", "pip", "install", "--no-input", *requirements]
        run_pip(command, cwd=self.root, doing=f"install {' and '.join(requirements)}")

    def _apply(self, decision: Decision, extras: Sequence[str]) -> None:
        if decision.action is Action.NOTHING:
            return
        started = time.monotonic()
        if decision.action is Action.REBUILD:
            self._make(decision.reason)
        else:
            say(f"bringing {self.name} up to date: {decision.reason}")
            # From here to the end an interruption must leave no stamp.
            extras = sorted({*extras, *self._extras_found()})
            self._stamp_file.unlink()
        self._install(extras)
        self._write_stamp(extras)
        say(f"{self.name} is ready ({time.monotonic() - started:.0f} s)")

    @property
    def _stamp_file(self) -> Path:
        return self.folder / "layerscope-stamp.json"

    def _decide(self, extras: Sequence[str]) -> Decision:
        if not os.access(self.python, os.X_OK):
            return Decision(Action.REBUILD, "its interpreter is gone")
        return decide(self._found(), self._wanted(extras), self._present())

    def _found(self) -> Stamp | None:
        try:
            return Stamp.parse(self._stamp_file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def _extras_found(self) -> tuple[str, ...]:
        found = self._found()
        return found.extras if found else ()

    def _wanted(self, extras: Sequence[str]) -> Stamp:
        return Stamp(
            interpreter=f"{_base_python()} {sys.version}",
            location=str(self.folder),
            project=digest_of(self.root / "pyproject.toml"),
            extras=tuple(sorted(extras)),
        )

    def _present(self) -> frozenset[str]:
        try:
            return package_names(entry.name for entry in self.site_packages.iterdir())
        except OSError:
            return frozenset()

    def _write_stamp(self, extras: Sequence[str]) -> None:
        stamp = replace(self._wanted(extras), packages=tuple(sorted(self._present())))
        draft = self._stamp_file.with_suffix(".new")
        draft.write_text(str(stamp), encoding="utf-8")
        draft.replace(self._stamp_file)

    def _make(self, reason: str) -> None:
        if self.folder.is_symlink():
            self.folder.unlink()
        if self.folder.exists():
            say(f"making {self.name} again: {reason}")
            # The stamp goes first: half a removal must not pass for an environment.
            self._stamp_file.unlink(missing_ok=True)
            shutil.rmtree(self.folder)
        else:
            say(
                f"making {self.name} and installing Layerscope into it "
                "(the first time takes a minute)"
            )
        make_environment(self.folder)
        self._bootstrap_pip()

    def _bootstrap_pip(self) -> None:
        if importlib.util.find_spec("ensurepip"):
            made = _capture([str(self.python), "-m", "ensurepip", "--upgrade", "--default-pip"])
            if made.returncode == 0:
                return
        version = _host_pip_version()
        if version is None:
            raise DevError(
                "could not put pip into the virtual environment",
                why=f"{_base_python()} has neither ensurepip nor pip",
                hint=_apt_hint("python3-pip") or "install pip for this Python",
            )
        if version < _OLDEST_PIP:
            raise DevError(
                "could not put pip into the virtual environment",
                why="pip {}.{} is too old: 22.3 or later is needed".format(*version),
                hint=_apt_hint("python3-venv") or "upgrade pip",
            )
        host_pip = [_base_python(), "-m", "pip", "--python", str(self.python)]
        run_pip([*host_pip, "install", "pip"], cwd=self.root, doing=f"put pip into {self.name}")

    def _install(self, extras: Sequence[str]) -> None:
        target = f".[{','.join(extras)}]" if extras else "."
        command = [str(self.python), "-m", "pip", "install", "--no-input", "--editable", target]
        run_pip(command, cwd=self.root, doing="install Layerscope's dependencies")


def make_environment(folder: Path) -> Path:
    """Make an empty virtual environment, without pip; returns its interpreter."""
    made = _capture([_base_python(), "-m", "venv", "--without-pip", str(folder)])
    if made.returncode:
        raise DevError(
            "could not make a virtual environment",
            why=made.stdout.strip() or "python -m venv failed",
            hint=_apt_hint("python3-venv") or "install Python's venv module",
        )
    return folder / (r"Scripts\python.exe" if os.name == "nt" else "bin/python")


def _base_python() -> str:
    """The interpreter outside any environment, so that an environment can be remade."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _host_pip_version() -> tuple[int, int] | None:
    code = "import pip; print(pip.__version__)"
    asked = _capture([_base_python(), "-c", code])
    if asked.returncode:
        return None
    major, minor, *_ = asked.stdout.split(".")
    return int(major), int(minor)


def _apt_hint(package: str) -> str:
    return f"sudo apt-get install {package}" if shutil.which("apt-get") else ""


def _capture(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


@contextlib.contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """Keep two calls from preparing one environment at the same time.

    The project's folder itself is locked, so no lock file is left behind.
    """
    try:
        import fcntl
    except ImportError:  # Windows: the second call fails on a file in use, and says so
        yield
        return
    descriptor = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another call that is preparing .venv")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
