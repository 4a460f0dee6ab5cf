"""Every way out of a run is a code of the contract and one line on stderr."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest

from explorer import errors
from explorer.cli.app import run
from explorer.cli.failures import guarded
from tests.cli.conftest import Cli

IMAGE_VERBS = (
    ("inspect", "IMAGE"),
    ("layers", "IMAGE"),
    ("ls", "IMAGE"),
    ("cat", "IMAGE", "/x"),
    ("timeline", "IMAGE", "/x"),
    ("find", "IMAGE", "motd"),
    ("diff", "IMAGE", "--layers", "0..1"),
    ("diff", "IMAGE", "IMAGE"),
    ("waste", "IMAGE"),
    ("shared", "IMAGE", "IMAGE"),
    ("report", "IMAGE"),
)


def _named(words: tuple[str, ...], image: object) -> list[object]:
    return [image if word == "IMAGE" else word for word in words]


@pytest.mark.parametrize("words", IMAGE_VERBS, ids=" ".join)
def test_an_image_that_is_not_there_is_3(words: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    answer = cli(*_named(words, tmp_path / "absent.tar"))
    assert (answer.code, answer.out) == (3, b"")
    assert answer.err.startswith("layerscope: No image ")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("words", IMAGE_VERBS, ids=" ".join)
@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + b"x" * 600, b"\0" * 2048])
def test_what_is_no_image_is_4(
    content: bytes, words: tuple[str, ...], cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(content)
    answer = cli(*_named(words, tmp_path / "file"), "--json" if words[0] != "cat" else "--debug")
    assert (answer.code, answer.out) == (4, b"")
    assert "layerscope: " in answer.err


WITH_JSON = tuple((*words, "--json") for words in IMAGE_VERBS if words[0] != "cat")


@pytest.mark.parametrize("words", IMAGE_VERBS + WITH_JSON, ids=" ".join)
def test_several_images_are_listed_and_3(words: tuple[str, ...], cli: Cli, several: Path) -> None:
    answer = cli(*_named(words, several))
    assert (answer.code, answer.out) == (3, b"")
    assert "  example.test/tour:1.0 (linux/amd64)\n" in answer.err
    assert "  example.test/other:2 (linux/amd64)\n" in answer.err


def test_one_of_several_images_is_named_behind_a_colon(cli: Cli, several: Path) -> None:
    answer = cli("ls", f"{several}:example.test/other:2", "--json")
    assert list(answer.entries) == ["/b"]


@pytest.mark.parametrize(
    "words", [words for words in IMAGE_VERBS if words[0] not in ("cat", "shared", "timeline")]
)
def test_a_digest_that_does_not_match_prints_all_the_same_and_is_4(
    words: tuple[str, ...], cli: Cli, mismatched: Path
) -> None:
    answer = cli(*_named(words, mismatched), "--json")
    assert answer.code == 4
    assert any("does not hash" in warning for warning in answer.document["warnings"])
    assert "does not hash" in answer.err
    for_people = cli(*_named(words, mismatched))
    assert for_people.code == 4
    assert for_people.out


def test_the_layer_with_the_wrong_digest_is_marked(cli: Cli, mismatched: Path) -> None:
    layers = cli("layers", mismatched, "--json").document["layers"]
    assert [layer["verified"] for layer in layers] == [True, False, True, True]
    assert "MISMATCH" in cli("layers", mismatched).text


def test_content_of_a_damaged_image_comes_with_4(cli: Cli, mismatched: Path) -> None:
    answer = cli("cat", mismatched, "/etc/motd")
    assert (answer.code, answer.out) == (4, b"goodBYE\n")


def test_verify_checks_every_digest(cli: Cli, archive: Path, mismatched: Path) -> None:
    assert cli("layers", archive, "--verify").code == 0
    assert cli("inspect", mismatched, "--verify").code == 4


@pytest.mark.parametrize(
    "words",
    [
        ("ls",),
        ("ls", "a", "b", "c"),
        ("ls", "a", "--layer", "x"),
        ("cat", "a"),
        ("inspect", "--nonsense"),
        ("nosuchverb",),
        ("--nonsense",),
        ("completion", "tcsh"),
        ("inspect", ""),
        ("timeline", "IMAGE", ""),
        ("find", "IMAGE", "size>"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_one_line(words: tuple[str, ...], cli: Cli, archive: Path) -> None:
    answer = cli(*_named(words, archive))
    assert (answer.code, answer.out) == (2, b"")
    assert answer.err.startswith("layerscope: ")
    assert answer.err.count("\n") == 1


def test_a_misspelt_verb_is_guessed(cli: Cli) -> None:
    assert "Did you mean inspect?" in cli("inspekt", "app.tar").err


def test_a_registry_that_is_not_there_is_5(cli: Cli) -> None:
    assert cli("inspect", "docker://127.0.0.1:1/alpine").code == 5


@pytest.mark.parametrize("words", [[], ["x.tar"], ["x.tar", "--debug"], ["x.tar", "y.tar"]])
def test_a_window_that_cannot_be_shown_is_6(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def no_display(files: Sequence[str]) -> int:
        raise errors.Unsupported("No window can be shown here", why="there is no display")

    assert run(words, no_display) == 6
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("layerscope: No window can be shown here: there is no display\n")


def test_files_open_the_window() -> None:
    opened: list[list[str]] = []

    def window(files: Sequence[str]) -> int:
        opened.append(list(files))
        return 0

    assert run([], window) == 0
    assert run(["a.tar", "oci:b:c"], window) == 0
    assert run(["--no-color", "./inspect"], window) == 0
    assert opened == [[], ["a.tar", "oci:b:c"], ["./inspect"]]


def test_what_the_window_ends_with_is_the_exit_code() -> None:
    assert run(["a.tar"], lambda files: 3) == 3


def test_without_a_window_a_verb_is_asked_for(cli: Cli) -> None:
    answer = cli("a.tar")
    assert answer.code == 6
    assert "layerscope report" in answer.err


def _raise(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ExplorerError("x"), 1),
        (errors.UsageError("x"), 2),
        (errors.NotFound("x"), 3),
        (errors.AmbiguousImage("x", choices=("a",)), 3),
        (errors.DamagedImage("x"), 4),
        (errors.DigestMismatch("x"), 4),
        (errors.LimitExceeded("x"), 4),
        (errors.Refused("x"), 5),
        (errors.Unsupported("x"), 6),
        (errors.StorageFull("x"), 6),
        (errors.Cancelled(), 130),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (click.UsageError("x"), 2),
        (FileNotFoundError(2, "No such file", "f"), 3),
        (PermissionError(13, "Permission denied", "f"), 5),
        (OSError(28, "No space left on device", "f"), 6),
        (ZeroDivisionError("x"), 1),
        (RecursionError("x"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_each_error_has_its_code_and_at_most_one_line(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(_raise(error), debug=False) == code
    err = capsys.readouterr().err
    choices = error.choices if isinstance(error, errors.AmbiguousImage) else ()
    assert err.count("\n") == (0 if code == 130 else 1 + len(choices))
    assert "Traceback" not in err


def test_an_internal_error_asks_to_be_reported(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(_raise(ZeroDivisionError("division by zero")), debug=False)
    err = capsys.readouterr().err
    assert "internal error: ZeroDivisionError" in err
    assert "--debug" in err


@pytest.mark.parametrize("error", [errors.NotFound("x"), ZeroDivisionError("x")])
def test_debug_adds_the_trace(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    guarded(_raise(error), debug=True)
    assert "Traceback" in capsys.readouterr().err


def test_what_and_why_and_what_to_do_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(_raise(errors.Refused("It failed", why="it is late", hint="Sleep")), debug=False)
    assert capsys.readouterr().err == "layerscope: It failed: it is late. Sleep\n"


def test_nobody_reading_any_more_is_no_error() -> None:
    assert guarded(_raise(BrokenPipeError(32, "Broken pipe")), debug=False) == 0
