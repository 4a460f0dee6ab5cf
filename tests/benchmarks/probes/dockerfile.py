"""Reads Dockerfiles made by rule, and measures from within what an editor asks of the language.

    python -m tests.benchmarks.probes.dockerfile

Prints one JSON object: for each length of a file in lines, the seconds that each question took,
run after run. ``first`` is a file that was never seen; ``again`` the same one after a keystroke.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from explorer.dockerfile.checks.check import check
from explorer.dockerfile.document import Document
from explorer.dockerfile.services.completion import complete
from explorer.dockerfile.services.folding import folds
from explorer.dockerfile.services.hover import hover
from explorer.dockerfile.services.navigation import references
from explorer.dockerfile.services.outline import outline
from explorer.dockerfile.services.surroundings import NoSurroundings
from explorer.dockerfile.stages.program import understand

LENGTHS = {600: 15, 5_000: 7, 100_000: 1}
"""Lines of a file, and how often it is measured."""

_STAGE = 60
_AROUND = NoSurroundings()


def dockerfile(lines: int, seed: int) -> str:
    """A file of many stages in which every kind of instruction stands; no two seeds share one."""
    out = ["# syntax=docker/dockerfile:1", "ARG VERSION=3.20"]
    stages = 0
    while len(out) < lines:
        if len(out) >= stages * _STAGE + 2:
            base = f"stage{stages - 1}" if stages % 4 else "alpine:${VERSION}"
            out += [f"FROM {base} AS stage{stages}", f"ENV PREFIX=/opt/{seed} MODE=release"]
            stages += 1
        out += _some(len(out), seed, stages)
    return "\n".join(out[:lines]) + "\n"


def _some(number: int, seed: int, stages: int) -> list[str]:
    """A few instructions as people write them."""
    name = f"{seed}-{number}"
    return [
        f"# What {name} needs.",
        "RUN apt-get update && \\",
        f"    apt-get install -y --no-install-recommends package-{name} \\",
        "        curl ca-certificates \\",
        "    && rm -rf /var/lib/apt/lists/*",
        f"WORKDIR ${{PREFIX}}/{name}",
        f"COPY --chown=1000:1000 package-{name}.json lock-{name}.json ./",
        f"RUN --mount=type=cache,target=/root/.cache/{name},sharing=locked \\",
        f"    make --jobs=4 MODE=$MODE target-{name}",
        f"ARG LEVEL_{number}={number}",
        f"ENV LEVEL=${{LEVEL_{number}:-1}} NAME={name}",
        f'LABEL org.example.{number}="${{NAME}} at ${{LEVEL}}"',
        "RUN <<EOF",
        f"echo $NAME > /etc/{name}",
        "EOF",
        f"COPY --from=stage{max(stages - 2, 0)} /etc/{name} /etc/" if stages > 1 else "",
        f"USER user-{name}",
        f"EXPOSE {1024 + number % 40_000}/tcp",
        f'ENTRYPOINT ["/usr/bin/{name}", "--serve"]' if number % 5 == 0 else "",
    ]


def measured(work: Callable[[], object]) -> float:
    """The seconds that something took."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def answers(lines: int, runs: int) -> dict[str, list[float]]:
    """Everything that is asked of a file, run after run, each of a file never seen before."""
    times: dict[str, list[float]] = {}
    for run in range(runs):
        for what, seconds in _answers(dockerfile(lines, seed=lines + run)).items():
            times.setdefault(what, []).append(seconds)
    return times


def _answers(text: str) -> dict[str, float]:
    times = {"first": measured(lambda: check(Document.parse(text)))}
    caret = text.index("$MODE", len(text) // 2) + 2
    typed = f"{text[:caret]}x{text[caret:]}"
    times["again"] = measured(lambda: check(Document.parse(typed)))
    times["parsed again"] = measured(lambda: Document.parse(typed.replace("$MxODE", "$MxyODE")))
    document = Document.parse(text)
    program = understand(document)
    asked: dict[str, Callable[[], object]] = {
        "completion": lambda: complete(document, program, caret, _AROUND),
        "hover": lambda: hover(document, program, caret, _AROUND),
        "references": lambda: references(document, program, caret),
        "outline": lambda: outline(document, program),
        "folds": lambda: folds(document),
    }
    return times | {what: measured(work) for what, work in asked.items()}


if __name__ == "__main__":
    json.dump({lines: answers(lines, runs) for lines, runs in LENGTHS.items()}, sys.stdout)
