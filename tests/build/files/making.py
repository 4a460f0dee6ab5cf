"""Contexts in memory, and what instructions make of them."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.analysis.opened import OpenImage
from explorer.build.bases import Bases
from explorer.build.files.memory import MemoryTree
from explorer.build.preview import Preview, Previewer
from explorer.dockerfile.document import Document
from explorer.dockerfile.problem import Problem, Severity
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.program import understand
from explorer.filesystem.entry import Entry, EntryType


def tree(
    files: dict[str, bytes | str] | None = None,
    links: dict[str, str] | None = None,
    folders: dict[str, int] | None = None,
    modes: dict[str, int] | None = None,
) -> MemoryTree:
    """A build context: files, symlinks, and directories with their modes."""
    content = {
        f"/{path}".encode(): data.encode() if isinstance(data, str) else data
        for path, data in (files or {}).items()
    }
    others: dict[bytes, Entry] = {}
    for path, target in (links or {}).items():
        raw = f"/{path}".encode()
        others[raw] = Entry(raw, EntryType.SYMLINK, 0o777, link=target.encode())
    for path, mode in (folders or {}).items():
        raw = f"/{path}".encode()
        others[raw] = Entry(raw, EntryType.DIR, mode)
    for path, mode in (modes or {}).items():
        raw = f"/{path}".encode()
        others[raw] = Entry(raw, EntryType.FILE, mode, size=len(content[raw]))
    return MemoryTree(content, others, "the build context")


@dataclass(frozen=True)
class Made:
    """What a Dockerfile leaves."""

    preview: Preview

    @property
    def image(self) -> OpenImage:
        """All of it."""
        return self.preview.image

    @property
    def entries(self) -> dict[str, Entry]:
        """Every entry but the root by its path."""
        final = self.image.final
        found = (final.entry(node) for node in final.nodes()[1:].tolist())
        return {entry.path.decode(): entry for entry in found if entry is not None}

    @property
    def files(self) -> dict[str, bytes]:
        """The content of every regular file by its path."""
        return {p: self.read(p) for p, e in self.entries.items() if e.type is EntryType.FILE}

    def read(self, path: str) -> bytes:
        """The content of a file."""
        node = self.image.node(path)
        return b"".join(self.image.content(int(self.image.final.visible[node])).chunks())

    @property
    def errors(self) -> list[Problem]:
        """What the build stops for."""
        return [p for p in self.preview.problems if p.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[str]:
        """What else there is to say."""
        return [p.message for p in self.preview.problems if p.severity is Severity.WARNING]


def make(
    text: str,
    context: MemoryTree | None = None,
    bases: Bases | None = None,
    previewer: Previewer | None = None,
    inputs: Inputs | None = None,
) -> Made:
    """The last stage of a Dockerfile after its last step; without FROM it is on scratch."""
    if "FROM" not in text:
        text = f"FROM scratch\n{text}"
    program = understand(Document.parse(text), inputs or Inputs())
    assert not [p for p in program.problems if p.severity is Severity.ERROR], program.problems
    stage = program.stages[-1]
    made = (previewer or Previewer()).preview(
        program, stage.index, len(stage.steps) - 1, context or tree(), bases
    )
    return Made(made)
