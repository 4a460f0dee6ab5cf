"""What a folder tells of its project: its files, and the names that templates ask for. No Qt here.

Manifests are other people's files: they are read with a bound, and whatever is wrong with one
leaves the usual name in its place.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from explorer.ui.build.templates.library import Template, templates

_MOST: Final = 1 << 20
_MOST_NAMES: Final = 20_000
_PLAIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+/-]*")
_GO_VERSION: Final = re.compile(r"(?m)^go (\d+\.\d+)")
_USUAL: Final = {
    "module": "app",
    "main": "server.js",
    "version": "1.24",
    "package": ".",
    "binary": "app",
}


@dataclass(frozen=True, slots=True)
class Survey:
    """A folder that was looked at: the names in it, and what templates fill in."""

    folder: Path
    names: frozenset[str]
    values: Mapping[str, str]

    def fitting(self) -> tuple[Template, ...]:
        """The templates for what is there."""
        return tuple(template for template in templates() if template.fits(self.names))


def survey(folder: Path) -> Survey:
    """Look at a folder; one that cannot be read counts as empty. Blocking: call it in a thread."""
    try:
        names = frozenset(entry.name for entry in islice(folder.iterdir(), _MOST_NAMES))
    except OSError:
        names = frozenset()
    found = {
        "module": _python_module(folder, names),
        "main": _node_main(folder),
        "version": _go_version(folder),
        "package": _go_package(folder, names),
        "binary": _rust_binary(folder),
    }
    values = {
        name: value if value and _PLAIN.fullmatch(value.removeprefix("./")) else _USUAL[name]
        for name, value in found.items()
    }
    return Survey(folder, names, values)


def _python_module(folder: Path, names: frozenset[str]) -> str:
    name = str(_table(_toml(folder / "pyproject.toml"), "project").get("name", ""))
    module = name.replace("-", "_").replace(".", "_").lower()
    if module:
        return module
    packages = sorted(n for n in names if (folder / n / "__main__.py").is_file())
    scripts = [n.removesuffix(".py") for n in ("main.py", "app.py") if n in names]
    return next(iter((*packages, *scripts)), "")


def _node_main(folder: Path) -> str:
    package = _json(folder / "package.json")
    start = str(_table(package, "scripts").get("start", ""))
    words = start.split()
    if len(words) == 2 and words[0] == "node":
        return words[1]
    return str(package.get("main", ""))


def _go_version(folder: Path) -> str:
    found = _GO_VERSION.search(_read(folder / "go.mod"))
    return found[1] if found else ""


def _go_package(folder: Path, names: frozenset[str]) -> str:
    if "main.go" in names or "cmd" not in names:
        return ""
    try:
        commands = sorted(entry.name for entry in (folder / "cmd").iterdir() if entry.is_dir())
    except OSError:
        return ""
    return f"./cmd/{commands[0]}" if commands else ""


def _rust_binary(folder: Path) -> str:
    manifest = _toml(folder / "Cargo.toml")
    binaries = manifest.get("bin")
    if isinstance(binaries, list) and binaries and isinstance(binaries[0], dict):
        return str(binaries[0].get("name", ""))
    return str(_table(manifest, "package").get("name", ""))


def _table(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST).decode("utf-8", "replace")
    except OSError:
        return ""


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(_read(path))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(_read(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
