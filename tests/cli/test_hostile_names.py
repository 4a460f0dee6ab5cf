"""Names from an image never rewrite a terminal, and never break a document."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.factory import ImageBuilder, docker_archive_v25, file, symlink

NAMES = {
    "escape": b"\x1b[31mred\x1b[0m",
    "newline": b"two\nlines",
    "not UTF-8": b"caf\xe9",
    "right to left": "exe\u202etxt.cod".encode(),
    "C1 control": "x\u009b31m".encode(),
    "percent": b"100%",
    "escaped look-alike": b"caf%E9",
    "markup": b"[bold red]x",
    "quote": b'a"b\\c',
    "wide": "日本".encode(),
}
UNSAFE = set(range(32)) - {10} | set(range(0x7F, 0xA0)) | {0x202E}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    image = (
        ImageBuilder()
        .add(
            *(file(name, "x") for name in NAMES.values()),
            symlink("link", NAMES["escape"]),
            file("attributes", xattrs={"user.bin": b"\0\xff", "user.text": "base64:x"}),
            created_by="RUN \x1b]0;title\x07 # buildkit",
        )
        .configure(Labels={"\x1b[2J": "\x1b[1m"}, Env=["A=\x1b[5m"], Cmd=["\x1b[7m"])
        .tag("example.test/hostile:1")
        .build()
    )
    folder = tmp_path_factory.mktemp("hostile")
    return docker_archive_v25(image).write(folder / "hostile.tar")


@pytest.mark.parametrize(
    "words",
    [
        ("ls",), ("ls", "-r", "--layer", "0"), ("inspect",), ("layers",), ("report",), ("waste",),
        ("find", "x"), ("diff", "--layers", "..0", "--content"), ("shared",),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("flag", [(), ("--json",)])
def test_nothing_that_steers_a_terminal_is_printed(
    flag: tuple[str, ...], words: tuple[str, ...], cli: Cli, hostile: Path
) -> None:
    verb, *rest = words
    answer = cli(verb, hostile, *rest, *flag)
    assert answer.code == 0, answer.err
    assert not {ord(char) for char in answer.text + answer.err} & UNSAFE


def test_each_name_is_one_line_for_people(cli: Cli, hostile: Path) -> None:
    lines = cli("ls", hostile).text.splitlines()
    assert len(lines) == 1 + len(NAMES) + 2
    assert any(line.endswith("/two%0Alines") for line in lines)
    assert any(line.endswith("/[bold red]x") for line in lines)


def test_documents_give_paths_as_text_and_raw_bytes_where_they_are_none(
    cli: Cli, hostile: Path
) -> None:
    entries = cli("ls", hostile, "--json").document["entries"]
    raw = [row for row in entries if "raw_path_b64" in row]
    assert [row["path"] for row in raw] == ["/caf%E9"]
    assert base64.b64decode(raw[0]["raw_path_b64"]) == b"/caf\xe9"
    assert {row["path"] for row in entries} >= {"/two\nlines", "/100%", "/caf%E9", "/日本"}


def test_attributes_that_are_no_text_are_base64(cli: Cli, hostile: Path) -> None:
    [row] = cli("ls", hostile, "/attributes", "--json").document["entries"]
    assert row["xattrs"] == {
        "user.bin": "base64:AP8=",
        "user.text": "base64:" + base64.b64encode(b"base64:x").decode(),
    }


def test_a_name_that_is_not_utf8_can_be_asked_for(cli: Cli, hostile: Path) -> None:
    # As the shell passes such a name on.
    assert cli("cat", hostile, b"/caf\xe9".decode("utf-8", "surrogateescape")).out == b"x"
    assert cli("cat", hostile, "/caf%E9").out == b"x"


def test_messages_are_one_line_whatever_was_asked_for(cli: Cli, hostile: Path) -> None:
    answer = cli("cat", hostile, "/no\nsuch\x1b[31m")
    assert answer.code == 3
    assert answer.err.count("\n") == 1
    assert "\x1b" not in answer.err
