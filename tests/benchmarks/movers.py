"""Programs that move images, ours and its peers, and the registry they move them to and from."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.images.travelling import NAME as TAG
from tests.benchmarks.processes import Failed, layerscope

_START = 20.0  # seconds for the registry
_CONFIGURATION = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "{host}"}}
"""


@dataclass(frozen=True, slots=True)
class Mover:
    """One program: its commands, with LAYOUT, NAME and PLACE in them, and where it keeps images.

    What it pushes it has in ``source``, after ``load``; what it pulls goes to ``place``.
    """

    name: str
    push: Sequence[str]
    pull: Sequence[str]
    place: Path
    load: Sequence[str] = ()
    source: Path = Path()
    variable: str = ""

    def environment(self, *, pulls: bool) -> dict[str, str]:
        """Which of its two folders is meant, told by a variable."""
        return {self.variable: str(self.place if pulls else self.source)} if self.variable else {}

    def loading(self, layout: Path) -> list[str]:
        """Have the image where it is pushed from; empty where that is the layout."""
        return self._filled(self.load, layout, "")

    def pushing(self, layout: Path, name: str) -> list[str]:
        """Send the image of an OCI layout."""
        return self._filled(self.push, layout, name)

    def pulling(self, name: str) -> list[str]:
        """Bring an image to where this program keeps its own."""
        return self._filled(self.pull, Path(), name)

    def forget(self) -> None:
        """Let the next pull be the first."""
        shutil.rmtree(self.place, ignore_errors=True)

    def unload(self) -> None:
        """Take away what was loaded."""
        if self.load:
            shutil.rmtree(self.source, ignore_errors=True)

    def _filled(self, words: Sequence[str], layout: Path, name: str) -> list[str]:
        known = {"LAYOUT": str(layout), "NAME": name, "PLACE": str(self.place)}
        filled = []
        for word in words:
            for key, value in known.items():
                word = word.replace(key, value)
            filled.append(word)
        return filled


def movers(folder: Path) -> tuple[list[Mover], list[str]]:
    """Those that this machine has, ours first, and what is said of the others."""
    found = [
        Mover(
            "layerscope",
            layerscope("push", TAG, "NAME"),
            layerscope("pull", "NAME"),
            folder / "layerscope-pulled",
            layerscope("load", "LAYOUT"),
            folder / "layerscope",
            "LAYERSCOPE_DATA_DIR",
        )
    ]
    notes = []
    if shutil.which("skopeo"):
        copy = ["skopeo", "copy", "--quiet", "--preserve-digests"]
        push = [*copy, "--dest-tls-verify=false", "oci:LAYOUT", "docker://NAME"]
        pull = [*copy, "--src-tls-verify=false", "docker://NAME", "oci:PLACE:bench"]
        found.append(Mover("skopeo", push, pull, folder / "skopeo"))
    else:
        notes.append("skopeo: not installed")
    crane = shutil.which("crane")
    if crane:
        push = [crane, "push", "--insecure", "LAYOUT", "NAME"]
        pull = [crane, "pull", "--insecure", "--format=oci", "NAME", "PLACE"]
        found.append(Mover("crane", push, pull, folder / "crane"))
    else:
        notes.append("crane: not on the PATH (go install …/go-containerregistry/cmd/crane@latest)")
    return found, notes


@dataclass(frozen=True, slots=True)
class LoopbackRegistry:
    """Debian's docker-registry, which keeps nothing in memory: it can be emptied as it runs."""

    host: str
    folder: Path

    def forget(self) -> None:
        """Let the next push be the first."""
        shutil.rmtree(self.folder / "docker", ignore_errors=True)


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[LoopbackRegistry]:
    """A registry that runs as long as the block; raises :class:`Failed` where it cannot."""
    if not shutil.which("docker-registry"):
        raise Failed("docker-registry is not installed")
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    configuration = folder / "config.yml"
    configuration.write_text(_CONFIGURATION.format(folder=folder, host=host))
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            ["docker-registry", "serve", str(configuration)],
            stdout=log,
            stderr=log,
            env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
        )
    try:
        _await(f"http://{host}/v2/", daemon)
        yield LoopbackRegistry(host, folder)
    finally:
        daemon.terminate()
        daemon.wait()


def _await(address: str, daemon: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until and daemon.poll() is None:
        try:
            with opener.open(address, timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise Failed("docker-registry does not answer")
