"""From a Dockerfile and a folder to a plan, in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from explorer.build.bases import LocalBases, configurations
from explorer.build.context.context import Context
from explorer.build.context.hashing import HashMemo
from explorer.build.context.tree import ContextTree
from explorer.build.plan.cached import is_stored
from explorer.build.plan.model import Plan
from explorer.build.plan.planning import Planner
from explorer.build.plan.records import BuildRecords
from explorer.build.plan.stagetrees import StageTrees
from explorer.build.plan.surroundings import Surroundings
from explorer.dockerfile.document import Document
from explorer.dockerfile.stages.inputs import Inputs
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.program import understand
from explorer.oci.platform import Platform
from explorer.progress import Job
from explorer.store.folder import cache_root
from explorer.store.images import ImageStore


@dataclass(frozen=True, slots=True)
class Request:
    """What to plan.

    ``path`` is where the Dockerfile is, ``None`` where that is nowhere; ``contexts`` are the values
    of ``--build-context`` by name; see :class:`explorer.build.bases.LocalBases`.
    """

    text: str
    folder: Path | str
    path: Path | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    platform: Platform | None = None
    contexts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made of."""

    program: Program
    context: Context
    plan: Plan


def plan_request(
    request: Request, records: BuildRecords | None = None, job: Job | None = None
) -> Planned:
    """Scan the context, look up the bases, and plan.

    Raises as :meth:`explorer.build.context.context.Context.scan`.
    """
    job = job or Job()
    context = Context.scan(request.folder, job=job, dockerfile=request.path)
    bases = LocalBases(request.contexts, job=job)
    document = Document.parse(request.text)
    inputs = Inputs(
        arguments=request.arguments,
        target=request.target,
        contexts=dict.fromkeys(request.contexts),
        ignore=context.ignore.rules,
    )
    if request.platform is not None:
        inputs = replace(inputs, platform=request.platform)
    known = configurations(understand(document, inputs), bases)
    contexts = {**inputs.contexts, **known.contexts}
    program = understand(document, replace(inputs, images=known.images, contexts=contexts))
    hashes = HashMemo.kept(cache_root(), context.folder)
    tree = ContextTree(context, hashes)
    around = Surroundings(tree, bases, StageTrees(program, tree, bases, job=job))
    layout = ImageStore.at().layout
    planner = Planner(around, records or BuildRecords.at(), partial(is_stored, layout))
    dockerfile = str(request.path.resolve()) if request.path is not None else ""
    try:
        plan = planner.plan(program, dockerfile, job)
    finally:
        hashes.save(context)  # what was read once need not be read again, even if it was cut short
    return Planned(program, context, plan)
