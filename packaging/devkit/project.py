"""What is packaged: the project's name and version, its files, and when it was last changed."""

import os
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

_NOT_SHIPPED = ("resources/sample/", "resources/screenshots/")  # a recipe; pictures of the README
_IGNORED = {"__pycache__"}


@dataclass(frozen=True, slots=True)
class Project:
    """The checkout that is packaged."""

    root: Path

    @property
    def version(self) -> str:
        """As pyproject.toml states it."""
        return str(self._settings["project"]["version"])

    @property
    def output(self) -> Path:
        """Where what is built goes."""
        return self.root / "dist"

    @property
    def work(self) -> Path:
        """Where things lie while they are built."""
        return self.root / "build"

    @property
    def _settings(self) -> dict[str, Any]:
        return tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))

    @property
    def epoch(self) -> int:
        """Seconds since 1970 that stand for now: SOURCE_DATE_EPOCH, or the last commit's time."""
        given = os.environ.get("SOURCE_DATE_EPOCH", "")
        if given.isdigit():
            return int(given)
        command = ["git", "-C", str(self.root), "log", "-1", "--format=%ct"]
        try:
            said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        except OSError:
            said = ""
        return int(said) if said.strip().isdigit() else 1_700_000_000

    @property
    def reproducible(self) -> dict[str, str]:
        """Variables under which the same input gives the same bytes."""
        return {"SOURCE_DATE_EPOCH": str(self.epoch), "PYTHONHASHSEED": "0"}

    def shipped(self) -> dict[str, str]:
        """Files and folders beside the package that are installed with it, and where to."""
        targets = self._settings["tool"]["hatch"]["build"]["targets"]
        return dict(targets["wheel"]["force-include"])

    def shipped_resources(self) -> list[PurePosixPath]:
        """Every resource that an installation needs, relative to its folder of resources."""
        tour = PurePosixPath("sample/tour.json")
        names = [PurePosixPath(*path.parts[1:]) for path in self.files("resources")
                 if not path.as_posix().startswith(_NOT_SHIPPED)]  # fmt: skip
        return [*names, tour]

    def files(self, folder: str) -> list[PurePosixPath]:
        """All files below a folder, relative to the root, without what tools leave behind."""
        found = (path for path in (self.root / folder).rglob("*") if path.is_file())
        relative = (PurePosixPath(path.relative_to(self.root).as_posix()) for path in found)
        return sorted(path for path in relative if not _IGNORED & set(path.parts))
