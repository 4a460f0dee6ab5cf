"""The build console, started as the command starts it, with a step that prints a flood.

    python -m tests.benchmarks.probes.console plain|colours FOLDER

Builds two steps of a Dockerfile in ``FOLDER`` with the embedded engine, the second of which prints
some 16 MB. Prints one JSON object, times in seconds: the event loop's absences meanwhile, and those
of a window where nothing happens for as long: what the machine itself takes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from explorer.ui import app, painted

Answer = dict[str, Any]
_LONGEST: Final = 120  # seconds
_FLOODS: Final = {
    "plain": "seq 1 2200000",
    "colours": "awk 'BEGIN{for(i=0;i<500000;i++)"
    'printf "\\033[32mok\\033[0m step %d of all\\n",i}\'',
}


def main(kind: str, folder: str) -> int:
    usual = painted.first_paint

    async def then_play(window: Any) -> None:
        await usual(window)
        answer = await asyncio.wait_for(_flooded(window, Path(folder), _FLOODS[kind]), _LONGEST)
        print(json.dumps(answer), flush=True)
        for page in list(window.pages()):
            page.file.discard()
        window.close()

    painted.first_paint = then_play
    return app.main([])


async def _flooded(window: Any, folder: Path, command: str) -> Answer:
    from explorer.store.images import ImageStore
    from explorer.ui.build.page import BuildPage
    from explorer.ui.lag import LagMeter
    from tests.build.engines.building import add_base

    add_base(ImageStore.at())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "Dockerfile"
    path.write_text("FROM base\nRUN true\n")
    window.resize(1440, 900)
    window.open_paths([str(path)])
    while not isinstance(window.front(), BuildPage):
        await asyncio.sleep(0.01)
    page = window.front()
    await asyncio.sleep(1)
    # The first build pays for what all others find imported.
    await _built(page)
    page.editor.set_text(f"FROM base\nRUN {command}\n")
    await asyncio.sleep(1)
    began = time.perf_counter()
    with LagMeter() as meter:
        await _built(page)
    took = time.perf_counter() - began
    await asyncio.sleep(0.5)
    with LagMeter() as idle:
        await asyncio.sleep(took)
    log = page.console.build.log
    return {
        "longest": meter.longest,
        "p99": meter.percentile(99),
        "computed": meter.computed,
        "idle": idle.longest,
        "seconds": took,
        "printed": sum(step.output.size for step in log.steps.values()),
        "state": log.state.value,
    }


async def _built(page: Any) -> None:
    page.console.run()
    while not page.console.build.is_over:
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
