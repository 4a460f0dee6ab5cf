"""``python -m tests.registry.faulty [PULLS PUSHES SEED]``: the table."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.integration.registries import Software, registry
from tests.registry.faulty.faults import Fault
from tests.registry.faulty.proxy import proxying
from tests.registry.faulty.transfers import Sample, Tally, Transfers


def transfers(
    pulls: int,
    pushes: int,
    seed: int,
    software: Software = "docker-registry",
    say: Callable[[str], object] = lambda _: None,
) -> list[Tally]:
    """Make so many transfers through the proxy; raises ``Wrong`` at the first that ends badly."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        (scratch / "registry").mkdir()
        with registry(scratch / "registry", software=software) as real:

            async def run() -> list[Tally]:
                async with proxying(real.host) as proxy:
                    sample = Sample.made(scratch / "sample", seed)
                    many = Transfers(proxy, real.host, sample, scratch, seed, say)
                    return [await many.pulls(pulls), await many.pushes(pushes)]

            return asyncio.run(run())


def table(tallies: list[Tally], seed: int) -> str:
    """What came of them, for people."""
    width = 46
    lines: list[str] = []

    def row(what: str, values: list[object]) -> None:
        lines.append(f"{what:{width}}" + "".join(f"{value!s:>12}" for value in values))

    row(f"seed {seed}", [t.kind for t in tallies])
    row("transfers", [t.all for t in tallies])
    row("  whole and verified", [t.whole for t in tallies])
    for cause in sorted({cause for t in tallies for cause in t.told}):
        row(f"  failed: “{cause}”", [t.told[cause] for t in tallies])
    row("requests", [t.requests for t in tallies])
    for fault in Fault:
        if fault is not Fault.NONE:
            row(f"  {fault.value}", [t.faults[fault] for t in tallies])
    row("waits that Retry-After asked for", [t.waits for t in tallies])
    row("bytes that had to travel", [f"{t.needed:,}" for t in tallies])
    row("bytes that travelled", [f"{t.moved:,}" for t in tallies])
    row("  again, for they were damaged on the way", [f"{t.damaged:,}" for t in tallies])
    row("  again, for the registry forgot them", [f"{t.lost:,}" for t in tallies])
    row("  again, although they were there", [t.again for t in tallies])
    row("seconds", [f"{t.seconds:.0f}" for t in tallies])
    return "\n".join(lines)


def _told(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}" if sys.stderr.isatty() else "")


if __name__ == "__main__":
    _numbers = [int(word) for word in sys.argv[1:4]]
    _pulls, _pushes, _seed = _numbers + [300, 300, 1][len(_numbers) :]
    print(table(transfers(_pulls, _pushes, _seed, say=_told), _seed))
