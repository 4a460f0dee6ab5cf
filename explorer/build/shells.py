"""A shell in what a failed step left: the same sandbox, user, folder and mounts as the step had.

What is changed in it is gone with it; the store keeps what the command left, as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.build.request import BuildRequest

if TYPE_CHECKING:
    from explorer.build.pty import Pty  # not everywhere


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A RUN that failed in a build.

    ``request`` is what was built, ``step`` the id of the step in the build's events, ``text`` its
    words there, and ``left`` the digest of the image it left.
    """

    request: BuildRequest
    step: str
    text: str
    left: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A shell that runs: its terminal, which whoever takes this closes, and what to know of it."""

    pty: Pty
    argv: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: the exit code, or 128 and a signal; ``why`` if something else ended it."""

    code: int
    why: str = ""


async def open_shell(
    failed: FailedStep, opened: Callable[[Opened], None], argv: tuple[str, ...] = ()
) -> Ended:
    """Run a shell, or another command, in what a step left; returns when it has ended.

    ``opened`` is called once, in the event loop, when it runs. Cancelling ends it with everything
    that it started; no process, mount or file of it is left in any case.

    Raises:
        NotFound: what the step left is not kept any more.
        Refused: the Dockerfile is another one by now, or the command cannot be started.
        Unsupported: nothing can run here, or there is no shell: name a command then.
    """
    from explorer.build.engines.sandbox.shell import run_shell

    return await run_shell(failed, opened, argv)
