"""What hostile commands try, one row each: ``python -m tests.build.engines.hostile`` runs them all
and prints what came of it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from explorer.build.engines.sandbox import running
from explorer.build.engines.sandbox.engine import SandboxEngine
from explorer.build.plan.records import BuildRecords
from explorer.store.images import ImageStore
from explorer.store.images.fsck import check
from tests.build.engines.building import Project, Told, add_base
from tests.build.engines.programs import call, call_of_32_bits


@dataclass(frozen=True)
class Row:
    """One attempt: a script that prints DONE where it succeeds, or a step that must be stopped.

    ``says`` is in the message of the failure, or, where there is none, in the output. ``program``
    is a file ``/program`` of the image; ``limits`` are smaller ones of the engine.
    """

    name: str
    script: str
    says: str = ""
    program: bytes = b""
    needs_root: bool = False
    seconds: float | None = None
    limits: dict[str, int] = field(default_factory=dict)

    def run(self, project: Project) -> Told:
        """Build it."""
        copy = "COPY --chmod=755 program /program\n" if self.program else ""
        if self.program:
            project.write("program", self.program)
        attempt = self.script if self.stopped else f"({self.script}) 2>&1 && echo DONE || echo no"
        dockerfile = f"FROM base\n{copy}RUN <<END\n{attempt}\nEND\n"
        with _limited(self.limits):
            return project.build(dockerfile, run_seconds=self.seconds)

    @property
    def stopped(self) -> bool:
        """Whether the step has to fail, and the script stands for itself."""
        return bool(self.limits or self.seconds)

    def verdict(self, told: Told) -> str:
        """What came of it; begins with "NOT" where it went wrong."""
        if self.stopped:
            found = getattr(told.end, "message", "it was not stopped")
            return found if self.says in found else f"NOT as it should be: {found}"
        if "DONE" in told.output or self.says not in told.output:
            return f"NOT refused: {told.output.strip()[-200:]}"
        return "refused"


@contextmanager
def _limited(limits: dict[str, int]) -> Iterator[None]:
    before = {name: getattr(running, name) for name in limits}
    try:
        for name, value in limits.items():
            setattr(running, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(running, name, value)


MOUNTS = (
    Row("mount a file system", "mount -t tmpfs none /tmp"),
    Row("bind a folder on another", "mount --bind /etc /tmp"),
    Row("uncover what a mount hides", "umount /proc"),
    Row("make a user namespace", "unshare -U true"),
    Row("mount by a 32-bit program", "/program", program=call_of_32_bits(21)),
)
DEVICES = (
    Row("open a disk", "mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk"),
    Row("open the memory", "mknod /tmp/mem c 1 1 && head -c 1 /tmp/mem"),
    Row("change the mode of the machine's null", "chmod 600 /dev/null"),
    Row("change the owner of the machine's null", "chown 1000 /dev/null"),
    Row("change the mode of the null in place of a file", "chmod 600 /proc/keys"),
    Row("type into a terminal", "/program", program=call(16, 0, 0x5412)),
    Row("reach the virtual machine's host", "/program", program=call(41, 40, 1)),
)
KERNEL = (
    Row("set a kernel parameter", "echo 1 > /proc/sys/kernel/panic"),
    Row("ask for a reboot", "echo b > /proc/sysrq-trigger"),
    Row("write to /sys", "touch /sys/kernel/x"),
    Row("leave a control group", "ls /sys/fs/cgroup/* && echo 0 > /sys/fs/cgroup/*/cgroup.procs"),
    Row("name the machine", "hostname other"),
    Row("keep a key in the kernel", "/program", program=call(248)),
    Row("keep a key by a 32-bit program", "/program", program=call_of_32_bits(286)),
    Row("make an io_uring", "/program", program=call(425, 1)),
)
PROCESSES = (
    Row("read the machine's files by process 1", "cat /proc/1/root/etc/shadow"),
    Row("end other processes", "kill -9 -1; kill -0 $(( $$ + 100000 ))"),
    Row("find open files of the engine", "test $(ls /proc/self/fd | wc -l) -gt 4"),
    Row(
        "start processes without end",
        "for n in $(seq 100); do sleep 30 & done\nexit 1",
        says="it had more than 40 processes",
        needs_root=True,
        limits={"PROCESSES": 40},
    ),
    Row(
        "never end",
        "trap '' TERM INT HUP; while true; do sleep 30; done",
        says="it took longer than 1 s",
        seconds=1.0,
    ),
)
ROOM = (
    Row("fill the disk", "sleep 60", says="it was stopped", limits={"RESERVE": 1 << 60}),
)  # fmt: skip
ROWS = (*MOUNTS, *DEVICES, *KERNEL, *PROCESSES, *ROOM)


def main() -> int:
    """Run every row; 1 if one went wrong."""
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="layerscope-hostile-") as folder:
        os.environ["LAYERSCOPE_DATA_DIR"] = f"{folder}/data"
        os.environ["LAYERSCOPE_CACHE_DIR"] = f"{folder}/cache"
        store = ImageStore.at()
        add_base(store)
        project = Project(Path(folder) / "project", SandboxEngine(store, BuildRecords.at()))
        for row in ROWS:
            if row.needs_root and os.geteuid():
                verdict, seconds = "left out: it needs root", 0.0
            else:
                began = time.monotonic()
                verdict = row.verdict(row.run(project))
                seconds = time.monotonic() - began
            wrong += verdict.startswith("NOT")
            sys.stdout.write(f"{row.name:50} {seconds:5.1f} s  {verdict}\n")
            sys.stdout.flush()
        whole = check(store.layout).whole
    sys.stdout.write(
        f"{len(ROWS)} rows, {wrong} wrong; the store is {'' if whole else 'NOT '}whole\n"
    )
    return int(bool(wrong) or not whole)


if __name__ == "__main__":
    sys.exit(main())
