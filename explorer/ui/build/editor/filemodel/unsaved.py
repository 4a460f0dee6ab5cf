"""Work that is not saved yet, kept aside so that a crash takes no more than a second of it.

One file for each Dockerfile, in the folder for state: a line of JSON, then the bytes as they would
be saved. It goes once the work is saved or undone.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import platformdirs

from explorer.ui.build.editor.filemodel.textfile import MAX_BYTES

_FORMAT: Final = 1
_ENDING: Final = ".unsaved"


def state_root() -> Path:
    """Where state lives: ``LAYERSCOPE_STATE_DIR``, or the user's state directory."""
    named = os.environ.get("LAYERSCOPE_STATE_DIR")
    if named:
        return Path(named)
    return Path(platformdirs.user_state_dir("layerscope", appauthor=False))


@dataclass(frozen=True, slots=True)
class Draft:
    """Unsaved work: the bytes for a path, when they were kept, and the file they began with.

    ``base`` is the digest of the file's bytes then, empty where there was none.
    """

    path: Path
    data: bytes
    when: datetime
    base: bytes = b""
    caret: int = 0


class Unsaved:
    """The drafts of a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_root() / "unsaved"

    def keep(self, draft: Draft) -> None:
        """Keep a draft, in place of an earlier one for its path. Raises ``OSError``."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        header = {
            "format": _FORMAT,
            "path": os.fsdecode(os.path.abspath(draft.path)),  # noqa: PTH100 - symlinks stay
            "when": draft.when.timestamp(),
            "base": draft.base.hex(),
            "caret": draft.caret,
        }
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps(header).encode() + b"\n")
                file.write(draft.data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._file(draft.path))
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def find(self, path: Path) -> Draft | None:
        """The draft for a path, if one is kept that can be read."""
        return _read(self._file(path))

    def drop(self, path: Path) -> None:
        """Forget the draft for a path."""
        with contextlib.suppress(OSError):
            self._file(path).unlink()

    def all(self) -> Iterator[Draft]:
        """Every draft: what a crash may have left."""
        with contextlib.suppress(OSError):
            for file in sorted(self._folder.glob(f"*{_ENDING}")):
                draft = _read(file)
                if draft is not None:
                    yield draft

    def _file(self, path: Path) -> Path:
        name = sha256(os.fsencode(os.path.abspath(path))).hexdigest()[:32]  # noqa: PTH100
        return self._folder / f"{name}{_ENDING}"


def _read(file: Path) -> Draft | None:
    try:
        with file.open("rb") as stream:
            first, data = stream.readline(1 << 16), stream.read(MAX_BYTES * 2)
        header = json.loads(first)
        if header["format"] != _FORMAT:
            return None
        when = datetime.fromtimestamp(float(header["when"]), UTC)
        base, caret = bytes.fromhex(header["base"]), int(header["caret"])
        return Draft(Path(header["path"]), data, when, base, caret)
    except (OSError, ValueError, KeyError, TypeError):
        return None
