"""Short ways to ask about a text in which ``|`` is the caret."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.dockerfile.document import Document
from explorer.dockerfile.services.completion import Completions, complete
from explorer.dockerfile.services.hover import Hover, hover
from explorer.dockerfile.services.surroundings import (
    Account,
    BaseFacts,
    NoSurroundings,
    Surroundings,
)
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from explorer.oci.platform import Platform

LINUX = Platform("linux", "amd64")
INPUTS = Inputs(platform=LINUX, build_platform=LINUX)

CONTEXT = (
    *("src/", "src/app.py", "src/util/", "src/util/text.py", "package.json", "Makefile"),
    *(".git/", ".env", "a b.txt"),
)
STAGE = ("/app/", "/app/bin/", "/app/bin/server", "/app/main", "/etc/", "/etc/passwd", "/usr/")


class Around(NoSurroundings):
    """A small world: a context, the same files in each stage and image, three users."""

    def context_paths(self, prefix: str) -> Iterable[str]:
        return _listing(CONTEXT, prefix)

    def stage_paths(self, stage_index: int, prefix: str) -> Iterable[str]:
        return _listing(STAGE, prefix)

    def image_paths(self, name: str, prefix: str) -> Iterable[str]:
        return [f"{prefix}{name}-file"]

    def users(self, stage_index: int) -> Iterable[Account]:
        return (Account("daemon", 1), Account("root", 0), Account("node", 1000))

    def groups(self, stage_index: int) -> Iterable[Account]:
        return (Account("root", 0), Account("staff", 50))

    def base(self, stage_index: int) -> BaseFacts | None:
        return BaseFacts(
            "node:22",
            digest="sha256:0123456789abcdef0123",
            platform="linux/amd64",
            size=187_000_000,
            layers=7,
            env=(("NODE_VERSION", "22.1"),),
            user="node",
            cmd=("node",),
            exposed=("8080/tcp",),
        )


def _listing(paths: Iterable[str], prefix: str) -> list[str]:
    folder = prefix[: prefix.rfind("/") + 1]
    return [
        path
        for path in paths
        if path.startswith(prefix) and path != folder and "/" not in path[len(folder) : -1]
    ]


@dataclass(frozen=True, slots=True)
class At:
    """A text without its caret mark, and where that was."""

    document: Document
    program: Program
    offset: int


def at(marked: str, inputs: Inputs = INPUTS) -> At:
    """Read a text with one ``|`` in it."""
    offset = marked.index("|")
    document = Document.parse(marked[:offset] + marked[offset + 1 :])
    return At(document, understand(document, inputs), offset)


def completions(
    marked: str, inputs: Inputs = INPUTS, around: Surroundings | None = None
) -> Completions:
    """The answer of completion at the mark."""
    here = at(marked, inputs)
    return complete(here.document, here.program, here.offset, around or Around())


def labels(marked: str, inputs: Inputs = INPUTS) -> list[str]:
    """What is offered at the mark."""
    return [item.label for item in completions(marked, inputs).items]


def completed(marked: str, label: str) -> str:
    """The text after an item was chosen."""
    here, answer = at(marked), completions(marked)
    item = next(item for item in answer.items if item.label == label)
    text = here.document.text
    return text[: answer.start] + item.insert + text[answer.end :]


def hovered(marked: str, inputs: Inputs = INPUTS) -> Hover | None:
    """The explanation at the mark."""
    here = at(marked, inputs)
    return hover(here.document, here.program, here.offset, Around())
