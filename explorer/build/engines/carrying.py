"""One build through another engine, from its first event to its last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from explorer.build.engine import Tell
from explorer.build.engines.docker.placing import effective_text
from explorer.build.engines.failure import BuildError
from explorer.build.engines.following import Following
from explorer.build.engines.sandbox.setting import Setting, settle
from explorer.build.events import Done, End, Failed, Stopped
from explorer.build.request import BuildRequest
from explorer.errors import Cancelled, ExplorerError, Unsupported
from explorer.progress import Job

Work = Callable[[Setting, Following, Job], Awaitable[Done]]


async def carried_out(
    request: BuildRequest, tell: Tell, refuse: Callable[[Setting], None], work: Work
) -> End:
    """Settle, refuse, work; whatever goes wrong becomes the event that ends the build.

    As :meth:`explorer.build.engine.Engine.build`.
    """
    job = Job()

    def ended(end: End) -> End:
        tell(end)
        return end

    setting = await asyncio.to_thread(_settled, request, job)
    following = Following(tell, setting.program)
    refuse(setting)
    if (early := _early(setting)) is not None:
        return ended(early)
    try:
        return ended(await work(setting, following, job))
    except BuildError as error:
        return ended(
            Failed(error.line, error.step, error.message, error.hint, error.column, following.at)
        )
    except Unsupported:
        raise
    except (asyncio.CancelledError, Cancelled):
        job.cancel()
        tell(Stopped(following.at))
        raise
    except ExplorerError as error:
        text = f"{error.what}: {error.why}" if error.why else error.what
        return ended(Failed(0, "", text, error.hint, seconds=following.at))


def _settled(request: BuildRequest, job: Job) -> Setting:
    """What is built: for "Run to here" a text that ends behind the step, and its last stage."""
    if request.stop_after is None:
        return settle(request, job)
    whole = settle(replace(request, target=""), job)
    text = effective_text(request, whole.program)
    return settle(replace(request, text=text, target="", stop_after=None), job)


def _early(setting: Setting) -> Failed | None:
    """What is wrong with the Dockerfile itself, unless a frontend of its own is to read it."""
    program = setting.program
    if any(each.name.lower() == "syntax" for each in program.document.directives):
        return None
    if (problem := setting.error) is not None:
        column = program.document.lines.position(problem.span.start).column
        return Failed(problem.line, "", problem.message, problem.description, column)
    if program.target is None:
        return Failed(0, "", "there is no stage to build")
    return None


def wants_store(request: BuildRequest) -> bool:
    """Whether the result is to come into the local store."""
    return not request.outputs or any(each.type != "engine" for each in request.outputs)


def wants_engine(request: BuildRequest) -> bool:
    """Whether the result is to stay with the engine, under its names."""
    return any(each.type == "engine" for each in request.outputs)
