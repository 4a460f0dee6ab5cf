"""What engines tell, made to order."""

from __future__ import annotations

from explorer.build.events import (
    Cached,
    Done,
    Failed,
    Finished,
    LayerMade,
    Log,
    Planned,
    Started,
    StepFailed,
    StepInfo,
)
from explorer.build.runs import BuildLog

DIGEST = "sha256:" + "a" * 64


def info(id: str, stage: str, text: str, line: int = 1, *needs: str) -> StepInfo:
    return StepInfo(id, stage, text, line, text.split()[0], needs=needs)


def layer(figure: str, size: int = 1000) -> LayerMade:
    return LayerMade(f"sha256:{figure * 64}", f"sha256:{figure * 64}", size, added=2)


PLAN = Planned(
    (
        info("0.0", "deps", "COPY package.json .", 3),
        info("0.1", "deps", "RUN npm ci", 4, "0.0"),
        info("1.0", "assets", "RUN make assets", 7),
        info("2.0", "final", "COPY --from=deps /app /app", 10, "0.1"),
    )
)


def built() -> BuildLog:
    """Two stages side by side, one step kept."""
    log = BuildLog("/work/Dockerfile")
    for event in (
        PLAN,
        Cached("0.0", 0.1, layer("1")),
        Started("0.1", 0.2, ("package.json changed",)),
        Started("1.0", 0.2),
        Log("0.1", 0.5, 1, b"added \x1b[32m214\x1b[0m packages\n"),
        Finished("1.0", 1.2, 1.0, layer("3", 500)),
        Finished("0.1", 2.2, 2.0, layer("2", 4000)),
        Started("2.0", 2.3),
        Finished("2.0", 2.5, 0.2, layer("4")),
        Done(DIGEST, DIGEST, "", 2.6, 1, 4),
    ):
        log.take(event)
    return log


def failed() -> BuildLog:
    """The second step of the first stage goes wrong."""
    log = BuildLog("/work/Dockerfile")
    for event in (
        PLAN,
        Cached("0.0", 0.1, layer("1")),
        Started("0.1", 0.2, ("never built here",)),
        Started("1.0", 0.2),
        Log("0.1", 0.5, 2, b"npm: not \xff found\n"),
        StepFailed("0.1", 1.0, "exit code 127", 4, 1, 127),
        Failed(4, "0.1", "exit code 127", "", 1, 1.0),
    ):
        log.take(event)
    return log
