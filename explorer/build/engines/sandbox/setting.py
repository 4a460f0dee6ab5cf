"""What a build is made of, settled before its first step: a snapshot of everything it reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from explorer.build.bases import LocalBases, configurations
from explorer.build.context.context import Context
from explorer.build.context.hashing import HashMemo
from explorer.build.context.tree import ContextTree
from explorer.build.request import BuildRequest
from explorer.dockerfile.checks.check import check
from explorer.dockerfile.document import Document
from explorer.dockerfile.problem import Problem
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from explorer.errors import NotFound, Refused
from explorer.progress import Job
from explorer.store.folder import cache_root


@dataclass(frozen=True, slots=True)
class Setting:
    """A Dockerfile understood, the context looked at, the bases that are here."""

    program: Program
    bases: LocalBases
    context: Context | None
    tree: ContextTree | None
    hashes: HashMemo | None
    error: Problem | None

    def save(self) -> None:
        """Keep the hashes of files for the next build."""
        if self.hashes is not None and self.context is not None:
            self.hashes.save(self.context)


def settle(request: BuildRequest, job: Job) -> Setting:
    """Read everything a request names, in a thread.

    Raises :class:`explorer.errors.NotFound` for a Dockerfile or a context that is not there, and
    as :meth:`explorer.build.context.context.Context.scan`.
    """
    text = request.text if request.text is not None else read(request.dockerfile)
    context = tree = hashes = None
    if request.context is not None:
        context = Context.scan(request.context, job=job, dockerfile=request.dockerfile)
        hashes = HashMemo.kept(cache_root(), context.folder)
        tree = ContextTree(context, hashes)
    bases = LocalBases(request.contexts, job=job)
    document = Document.parse(text)
    inputs = Inputs(
        arguments=request.arguments,
        target=request.target,
        contexts=dict.fromkeys(request.contexts),
        ignore=context.ignore.rules if context is not None else None,
    )
    if request.platforms:
        inputs = replace(inputs, platform=request.platforms[0])
    known = configurations(understand(document, inputs), bases)
    contexts = {**inputs.contexts, **known.contexts}
    inputs = replace(inputs, images=known.images, contexts=contexts)
    program = understand(document, inputs)
    problem = check(document, inputs).build_error
    return Setting(program, bases, context, tree, hashes, problem)


def read(path: Path) -> str:
    """The text of a Dockerfile; bytes that are not UTF-8 are kept as surrogates."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotFound(f"No Dockerfile {path}", hint="Name one with -f") from error
    except OSError as error:
        raise Refused(f"{path} cannot be read", why=error.strerror or "") from error
