"""``layerscope build``: what it prints, where its result goes, and every way out."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from explorer.analysis.opened import load_image
from explorer.build.events import (
    Cached,
    Done,
    Finished,
    LayerMade,
    Log,
    Planned,
    Started,
    StepFailed,
    StepInfo,
    Warned,
)
from explorer.cli.buildlive import LiveBuild
from explorer.oci import Platform
from explorer.store.images import ImageStore
from explorer.store.images.fsck import check
from tests.build.engines.building import add_base, need_a_sandbox
from tests.cli.conftest import Answer, Cli

TEXT = """\
FROM scratch AS files
COPY --chmod=755 run.sh /bin/
COPY --chown=7:8 note /etc/note
FROM files
LABEL a=b
CMD ["/bin/run.sh"]
"""


@pytest.fixture
def project(tmp_path: Path, store: ImageStore) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "note").write_text("note\n")
    (folder / "Dockerfile").write_text(TEXT)
    return folder


def lines(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def test_the_image_is_in_the_store_by_its_names(cli: Cli, project: Path) -> None:
    answer = cli("build", project, "-t", "app:1", "-t", "app:2", "--label", "x=y")
    assert answer.code == 0, answer.err
    assert not answer.out
    assert "[files 1/2] COPY --chmod=755 run.sh /bin/" in answer.err
    assert "because never built here" in answer.err
    assert "built sha256:" in answer.err
    one, two = load_image("app:1"), load_image("app:2")
    assert one.digest == two.digest
    assert one.config.labels == {"a": "b", "x": "y"}


def test_a_second_build_says_what_was_kept(cli: Cli, project: Path) -> None:
    cli("build", project)
    (project / "note").write_text("changed\n")
    answer = cli("build", project)
    assert "COPY --chmod=755 run.sh /bin/ CACHED" in answer.err
    assert "note changed" in answer.err
    assert "1 of 2 steps cached" in answer.err


def test_a_plan_reads_what_a_build_has_written(cli: Cli, project: Path) -> None:
    cli("build", project)
    steps = cli("plan", project, "--json").document["steps"]
    assert {step["cache"] for step in steps} == {"hit"}
    (project / "note").write_text("changed\n")
    steps = cli("plan", project, "--json").document["steps"]
    assert [step["cache"] for step in steps if step["layer"]] == ["hit", "miss"]
    (because,) = steps[1]["because"]
    assert "note changed" in because


def test_a_plan_promises_nothing_that_is_gone(cli: Cli, project: Path) -> None:
    cli("build", project)
    assert cli("prune").code == 0
    steps = cli("plan", project, "--json").document["steps"]
    assert [step["cache"] for step in steps if step["layer"]] == ["miss", "miss"]
    assert cli("build", project).code == 0


def test_events_come_as_lines_of_json(cli: Cli, project: Path) -> None:
    answer = cli("build", project, "--progress", "json", "-t", "app:1")
    first, *_, last = found = lines(answer)
    assert first["event"] == "planned"
    assert [step["text"] for step in first["steps"]] == [
        "COPY --chmod=755 run.sh /bin/",
        "COPY --chown=7:8 note /etc/note",
    ]
    assert {"started", "finished"} <= {event["event"] for event in found}
    assert last.keys() >= {"digest", "image_id", "reference", "seconds", "cached", "steps"}
    assert (last["event"], last["cached"], last["steps"]) == ("done", 0, 2)
    assert last["digest"] == str(load_image("app:1").digest)
    assert not answer.err


def test_with_json_every_event_is_a_line(cli: Cli, project: Path) -> None:
    assert lines(cli("build", project, "--json"))[-1]["event"] == "done"


def test_a_failure_is_the_last_line_and_exit_code_1(cli: Cli, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM scratch\nCOPY absent /\n")
    answer = cli("build", project, "--progress", "json")
    last = lines(answer)[-1]
    assert answer.code == 1
    assert (last["event"], last["line"], last["step"]) == ("failed", 2, "0.0")
    assert '"/absent": not found' in last["message"]
    assert "Dockerfile:2: " in answer.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere"], 3, "nowhere"),
        ([".", "-f", "absent"], 3, "absent"),
        ([".", "--build-arg", "=x"], 2, "build argument"),
        ([".", "-o", "type=odd,dest=x"], 2, "docker, oci, tar, local"),
        ([".", "-o", "type=oci"], 2, "dest=PATH"),
        ([".", "--target", "ghost"], 1, "ghost"),
        ([".", "--platform", "windows/amd64"], 6, "windows"),
        ([".", "--secret", "src=x"], 2, "secret"),
    ],
)
def test_ways_out(
    cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], code: int, said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(project)
    answer = cli("build", *arguments)
    assert answer.code == code, answer.err
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_files_tell_what_was_built(cli: Cli, project: Path, tmp_path: Path) -> None:
    iid, metadata = tmp_path / "iid", tmp_path / "metadata.json"
    cli("build", project, "-t", "app:1", "--iidfile", iid, "--metadata-file", metadata)
    image = load_image("app:1")
    assert iid.read_text() == str(image.image_id)
    assert json.loads(metadata.read_text()) == {
        "containerimage.config.digest": str(image.image_id),
        "containerimage.digest": str(image.digest),
        "image.name": "docker.io/library/app:1",
    }


# -- outputs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["docker", "oci"])
def test_an_archive_holds_the_image(cli: Cli, project: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"{kind}.tar"
    answer = cli("build", project, "-t", "app:1", "-o", f"type={kind},dest={path}")
    assert answer.code == 0, answer.err
    image = load_image(f"{kind}-archive:{path}")
    assert image.config.cmd == ("/bin/run.sh",)
    assert image.image_id == load_image("app:1").image_id
    assert [layer.diff_id for layer in image.layers] == [
        layer.diff_id for layer in load_image("app:1").layers
    ]


def test_a_tar_is_the_filesystem(cli: Cli, project: Path, tmp_path: Path) -> None:
    path = tmp_path / "root.tar"
    assert cli("build", project, "-o", f"type=tar,dest={path}").code == 0
    with tarfile.open(path) as tar:
        found = {m.name.strip("/"): (m.mode, m.uid, m.gid) for m in tar if m.isfile()}
    assert found == {"bin/run.sh": (0o755, 0, 0), "etc/note": (0o644, 7, 8)}


def test_a_tar_can_go_to_standard_output(cli: Cli, project: Path) -> None:
    answer = cli("build", project, "-o", "-")
    with tarfile.open(fileobj=io.BytesIO(answer.out)) as tar:
        assert {"bin/run.sh", "etc/note"} <= {name.strip("/") for name in tar.getnames()}


@pytest.mark.parametrize("form", ["type=local,dest={}", "{}"])
def test_a_folder_holds_the_files(cli: Cli, project: Path, tmp_path: Path, form: str) -> None:
    folder = tmp_path / "out"
    assert cli("build", project, "-o", form.format(folder)).code == 0
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*")) == [
        "bin", "bin/run.sh", "etc", "etc/note",
    ]  # fmt: skip
    assert os.access(folder / "bin/run.sh", os.X_OK)
    assert not os.access(folder / "etc/note", os.X_OK)
    assert (folder / "etc/note").stat().st_uid == os.geteuid()


def test_several_outputs_of_one_build(cli: Cli, project: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "a.tar", tmp_path / "b.tar"
    cli("build", project, "-o", f"type=oci,dest={one}", "-o", f"type=docker,dest={two}")
    assert load_image(f"oci-archive:{one}").image_id == load_image(f"docker-archive:{two}").image_id


def test_each_of_several_platforms_has_a_folder(cli: Cli, project: Path, tmp_path: Path) -> None:
    both = ("--platform", "linux/arm64,linux/riscv64")
    assert cli("build", project, *both, "-o", tmp_path / "out").code == 0
    found = sorted(path.parent.parent.name for path in (tmp_path / "out").rglob("run.sh"))
    assert found == ["linux_arm64", "linux_riscv64"]


def test_an_oci_archive_holds_all_platforms(cli: Cli, project: Path, tmp_path: Path) -> None:
    both = ("--platform", "linux/arm64,linux/riscv64", "-t", "many:1")
    archive = tmp_path / "x.tar"
    assert cli("build", project, *both, "-o", f"type=oci,dest={archive}").code == 0
    for platform in ("linux/arm64", "linux/riscv64"):
        named = f"oci-archive:{archive}:many:1"
        assert str(load_image(named, Platform.parse(platform)).platform) == platform
    answer = cli("build", project, *both, "-o", f"type=docker,dest={tmp_path / 'y.tar'}")
    assert answer.code == 2
    assert "one platform" in answer.err


# -- with commands ---------------------------------------------------------------------------------


@pytest.fixture
def running(project: Path, store: ImageStore) -> Path:
    need_a_sandbox()
    add_base(store)
    return project


def test_what_a_failed_command_left_can_be_listed(cli: Cli, running: Path) -> None:
    text = "FROM base\nCOPY note /\nRUN echo half > /half; echo last words; exit 3\n"
    (running / "Dockerfile").write_text(text)
    answer = cli("build", running)
    assert answer.code == 1
    assert "Dockerfile:3: " in answer.err
    assert "exit code: 3" in answer.err
    (line,) = [line for line in answer.err.splitlines() if "layerscope ls" in line]
    listed = cli("ls", line.rpartition(" ")[2])
    assert listed.code == 0, listed.err
    assert "half" in listed.text
    assert "note" in listed.text


def test_an_interrupted_build_ends_clean_with_130(running: Path, store: ImageStore) -> None:
    (running / "Dockerfile").write_text("FROM base\nRUN echo up; sleep 1000\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer", "build", running, "--progress", "plain"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.rstrip().endswith(" up"):
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130, rest
    assert "Traceback" not in rest
    assert check(store.layout).whole
    assert not list((store.layout.root.parent / "snapshots").glob("tmp-*"))


# -- the live view ---------------------------------------------------------------------------------


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_is_done_and_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    stream = _Terminal()
    made = LayerMade("sha256:1", "sha256:2", 1200, added=3)
    with LiveBuild(stream, colour=False) as live:
        steps = ("COPY a /", "RUN [make]", "RUN no")
        infos = (
            StepInfo(f"0.{n}", "app", text, n + 2, "RUN", n + 1, 3) for n, text in enumerate(steps)
        )
        live.tell(Planned(tuple(infos)))
        live.tell(Cached("0.0", 0.0, made))
        live.tell(Started("0.1", 0.1, ("a changed",)))
        live.tell(Finished("0.1", 1.5, 1.4, made))
        live.tell(Warned(1.5, "careful", 3))
        live.tell(Started("0.2", 1.5))
        for number in range(30):
            live.tell(Log("0.2", 1.6, 1, f"line {number}\n".encode()))
        live.tell(Log("0.2", 1.7, 2, b"\x1b[2Jend"))
        live.tell(StepFailed("0.2", 1.8, "exit code: 1", 4, 1, 1, "sha256:9"))
        live.tell(Done("sha256:7", "sha256:8", "app:1", 62.0, 1, 3))
    shown = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", stream.getvalue())
    assert "= [app 1/3] COPY a /  CACHED" in shown
    assert "✓ [app 2/3] RUN [make]  1.4s, 3 files, 1.2 kB" in shown
    assert "warning: line 3: careful" in shown
    assert "✗ [app 3/3] RUN no  failed: exit code: 1" in shown
    assert "│ line 29" in shown
    assert "│ line 2\n" not in shown
    assert "\\x1b[2Jend" in shown
    assert "layerscope ls store:sha256:9" in shown
    assert "built sha256:7 as app:1 in 1m02s, 1 of 3 steps cached" in shown
