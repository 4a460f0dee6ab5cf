"""BuildKit itself, where it is installed: a daemon in a folder of its own, without any network."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.programs import ProgramFailed, need, run


class BuildKit:
    """A client of the daemon."""

    def __init__(self, address: str) -> None:
        self._address = address

    def build(self, context: Path, dockerfile: Path, target: Path) -> Path:
        """Build the last stage into an archive; raises :class:`ProgramFailed`."""
        run(
            *("buildctl", "--addr", self._address, "build", "--frontend", "dockerfile.v0"),
            *("--local", f"context={context}", "--local", f"dockerfile={dockerfile.parent}"),
            *("--opt", f"filename={dockerfile.name}", "--progress", "plain"),
            *("--output", f"type=oci,dest={target},compression=uncompressed"),
        )
        return target

    def answers(self) -> bool:
        """Whether the daemon is there."""
        try:
            run("buildctl", "--addr", self._address, "debug", "workers")
        except ProgramFailed:
            return False
        return True


@contextmanager
def buildkit(folder: Path) -> Iterator[BuildKit]:
    """A daemon from its first answer on; skips where there is none."""
    need("buildkitd", "buildctl")
    folder.mkdir()
    address = f"unix://{folder}/socket"
    command = [
        *("buildkitd", "--root", f"{folder}/root", "--addr", address),
        *("--oci-worker", "true", "--containerd-worker", "false"),
        *("--oci-worker-snapshotter", "native", "--oci-worker-net", "host"),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            client = BuildKit(address)
            for _ in range(100):
                if client.answers():
                    break
                if process.poll() is not None:
                    pytest.skip(
                        f"buildkitd does not run here: {(folder / 'log').read_text()[-300:]}"
                    )
                time.sleep(0.2)
            yield client
        finally:
            process.terminate()
            process.wait(60)
