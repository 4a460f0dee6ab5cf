"""``layerscope plan``: the document of the contract, the page, and every way out."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.build.plan.document import plan_document
from explorer.build.plan.recording import record_stage
from explorer.build.plan.records import BuildRecords, LayerRecord
from explorer.build.plan.request import Request, plan_request
from explorer.cli.planpage import show_plan
from explorer.cli.screen import Screen
from explorer.oci import Digest, media
from explorer.store.images import ImageStore
from tests.cli.conftest import Cli
from tests.cli.schemas import check

NAMED = {"how": str, "kind": str, "name": str, "stage": (int, None), "line": int}
PLAN = {
    "target": (int, None),
    "platform": str,
    "stages": [
        {"name": str, "index": int, "line": int, "base": str, "base_kind": str,
         "digest": (str, None), "needs": [NAMED], "used": bool, "wave": int, "cache": str,
         "problem": str}
    ],
    "steps": [
        {"stage": int, "index": int, "line": int, "instruction": str, "text": str, "layer": bool,
         "cache": str, "because": [str],
         "adds": ({"files": int, "bytes": int, "exact": bool}, None), "key": (str, None),
         "parts": [{"kind": str, "name": str, "value": str}]}
    ],
    "first_break": ({"stage": int, "index": int, "line": int}, None),
    "waves": [[int]],
    "critical": [int],
    "context": {
        "folder": str, "files": int, "bytes": int, "ignore_file": (str, None), "ignored": int,
        "ignored_bytes": int, "ignored_folders": [str],
        "largest": [{"path": str, "bytes": int}], "notes": [{"path": str, "what": str}],
    },
    "problems": [{"severity": str, "message": str, "why": str, "line": int, "column": int}],
}  # fmt: skip

TEXT = """\
FROM scratch AS build
COPY src /src
WORKDIR /app
ENV A=1

FROM scratch
COPY --from=build /src/app.ts /
COPY run.sh /
"""
LAYER = LayerRecord(str(Digest.of(b"a layer")), "sha256:" + "1" * 64, 1234, 1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.ts").write_text("app")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "big").write_text("x" * 1000)
    (folder / ".dockerignore").write_text("node_modules\n")
    (folder / "Dockerfile").write_text(TEXT)
    return folder


def build(project: Path) -> None:
    """Have records say that everything was built."""
    path = project / "Dockerfile"
    request = Request(path.read_text(), project, path)
    with ImageStore.at().ingest() as ingest:
        ingest.put(b"a layer", media.OCI_LAYER)
    records = BuildRecords.at()
    planned = plan_request(request, records)
    for stage in planned.plan.stages:
        record_stage(records, stage, str(path.resolve()), "1", lambda _step: LAYER)


def test_the_document_is_that_of_the_contract(cli: Cli, project: Path) -> None:
    answer = cli("plan", project, "--json")
    assert answer.code == 0, answer.err
    check(answer.document, PLAN)
    document = answer.document
    assert [stage["name"] for stage in document["stages"]] == ["build", "stage-1"]
    assert [step["cache"] for step in document["steps"]] == ["miss", "miss", "hit", "miss", "miss"]
    assert document["steps"][0]["adds"] == {"files": 1, "bytes": 3, "exact": True}
    assert document["first_break"] == {"stage": 0, "index": 0, "line": 2}
    assert document["waves"] == [[0], [1]]
    context = document["context"]
    assert (context["files"], context["ignored"], context["ignored_bytes"]) == (4, 2, 1000)
    assert context["ignored_folders"] == ["/node_modules"]
    assert context["ignore_file"] == ".dockerignore"
    assert not answer.err


def test_after_a_build_the_reasons_are_told(cli: Cli, project: Path) -> None:
    build(project)
    assert {step["cache"] for step in cli("plan", project, "--json").document["steps"]} == {"hit"}
    (project / "src" / "app.ts").write_text("other")
    steps = cli("plan", project, "--json").document["steps"]
    assert [step["cache"] for step in steps] == ["miss", "miss", "hit", "miss", "miss"]
    assert steps[0]["because"] == ["src/app.ts changed"]
    assert steps[1]["because"] == ["the step above, line 2, runs again"]
    assert steps[3]["because"] == ["stage build runs again", "/src/app.ts changed"]
    assert steps[4]["because"] == ["the step above, line 7, runs again"]


def test_the_page_tells_the_same(cli: Cli, project: Path) -> None:
    build(project)
    (project / "run.sh").write_text("#!/bin/sh\nexit\n")
    text = cli("plan", project).text
    assert "✓ cached    2  COPY src /src" in text
    assert "· metadata  4  ENV A=1" in text
    assert "● runs" in text
    assert "run.sh changed" in text
    assert "Breaks at  line 8: run.sh changed" in text
    assert "node_modules/" in text
    assert "3 cached, 1 to run" in text


def test_a_step_that_cannot_be_carried_out_is_marked(cli: Cli, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM scratch\nCOPY missing /\nCOPY run.sh /\n")
    lines = cli("plan", project).text.splitlines()
    assert any(line.startswith("✗ fails") and "COPY missing" in line for line in lines)
    assert any(line.startswith("? unknown") and "COPY run.sh" in line for line in lines)


def test_on_a_terminal_lines_keep_to_its_width(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm-256color")
    path = project / "Dockerfile"
    path.write_text("FROM scratch\nCOPY " + "run.sh " * 20 + "/a/\n")
    stream = Terminal()
    show_plan(Screen(stream), plan_request(Request(path.read_text(), project, path)), "Dockerfile")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    rows = [line for line in plain.splitlines() if "COPY" in line]
    assert rows
    assert all(len(row) <= 60 for row in rows)


def test_arguments_platform_target_and_contexts_are_taken(
    cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "Dockerfile").write_text(
        "FROM scratch AS one\nARG A\nARG B\nCOPY src$A /$B\nFROM scratch AS two\n"
        "COPY --from=more app.ts /\n"
    )
    monkeypatch.setenv("B", "from-environment")
    document = cli(
        "plan", project, "--json", "--target", "one", "--build-arg", "A=", "--build-arg", "B",
        "--platform", "linux/arm64", "--build-context", f"more={project / 'src'}",
    ).document  # fmt: skip
    assert document["platform"] == "linux/arm64"
    assert [stage["used"] for stage in document["stages"]] == [True, False]
    copied = document["steps"][2]
    assert {"kind": "destination", "name": "", "value": "/from-environment"} in copied["parts"]
    assert document["steps"][3]["adds"]["files"] == 1


def test_a_dockerfile_from_standard_input(project: Path) -> None:
    command = [sys.executable, "-m", "explorer", "plan", "-", "--json", "--context", str(project)]
    found = subprocess.run(
        command, input=TEXT, capture_output=True, text=True, check=True, timeout=300
    )
    assert len(json.loads(found.stdout)["steps"]) == 5


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("FROM scratch\nCOPY missing /\n", 4, '"/missing": not found'),
        ("FROM scratch\nCOPY node_modules /\n", 4, ".dockerignore, line 1, leaves it out"),
        ("FROM scratch\nNONSENSE\n", 4, "unknown instruction: NONSENSE"),
        ("", 4, "file with no instructions"),
        ("FROM nowhere.test/x\nRUN y\n", 0, ""),
        ("FROM scratch\nADD https://example.test/x /\n", 0, ""),
    ],
)
def test_what_would_fail_is_told_and_the_rest_is_shown(
    cli: Cli, project: Path, text: str, code: int, told: str
) -> None:
    (project / "Dockerfile").write_text(text)
    for arguments in (("plan", project), ("plan", project, "--json")):
        answer = cli(*arguments)
        assert answer.code == code, answer.err
        assert told in answer.err
        assert answer.out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["missing"], 3, "No Dockerfile missing"),
        ([".", "--context", "missing"], 3, "There is no build context"),
        ([".", "--context", "https://example.test/x.git"], 6, "not supported yet"),
        ([".", "--build-arg", "=x"], 2, "is no build argument"),
        ([".", "--build-context", "x"], 2, "NAME=LOCATION"),
        ([".", "--platform", "a/b/c/d"], 2, "platform"),
        ([], 2, "DOCKERFILE"),
    ],
)
def test_what_cannot_be_asked_is_told_by_its_code(
    cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int,
    told: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(project)
    answer = cli("plan", *arguments)
    assert answer.code == code
    assert told in answer.err
    assert not answer.out


def test_a_plan_needs_no_qt(project: Path) -> None:
    script = (
        "import sys; from explorer.cli.app import run; "
        f"code = run(['plan', {str(project)!r}, '--json']); "
        "sys.exit(code or any(name.startswith('PySide6') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=300)


def test_names_that_would_rewrite_a_terminal_are_spelled_out(cli: Cli, project: Path) -> None:
    (project / "src" / "\x1b[2Jx").write_text("y" * 5000)
    (project / "Dockerfile").write_text("FROM scratch\nCOPY src /\x1b[2J\n")
    answer = cli("plan", project)
    assert "\x1b" not in answer.text + answer.err


def test_the_document_is_the_same_twice(project: Path) -> None:
    path = project / "Dockerfile"
    made: list[dict[str, Any]] = [
        plan_document(plan_request(Request(path.read_text(), project, path))) for _ in range(2)
    ]
    assert json.dumps(made[0]) == json.dumps(made[1])


def test_what_a_stage_ends_with_is_foretold_where_nothing_has_to_run(
    cli: Cli, project: Path
) -> None:
    (project / "src" / "other.ts").write_text("other")
    build(project)
    (project / "src" / "other.ts").write_text("changed")
    for _ in range(2):
        steps = cli("plan", project, "--json").document["steps"]
        assert [step["cache"] for step in steps] == ["miss", "miss", "hit", "hit", "hit"]
        build(project)
        (project / "src" / "other.ts").write_text("changed again")


def test_bytes_that_are_no_text_are_escaped(cli: Cli, project: Path) -> None:
    (project / "Dockerfile").write_bytes(b"FROM scratch\nARG A=\xff\nRUN \xe9 $A\nCOPY \xe8 /\n")
    answer = cli("plan", project, "--json")
    assert b"\\ud" not in answer.out
    ran = answer.document["steps"][1]
    assert ran["text"] == "RUN %E9 $A"
    assert {"kind": "command", "name": "", "value": "%E9 $A"} in ran["parts"]
    assert answer.code == 4
    assert cli("plan", project).code == 4
