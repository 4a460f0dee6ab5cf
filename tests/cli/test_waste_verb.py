"""`layerscope waste`: the figures, and the gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

DIVE = "wagoodman__dive/.data/test-docker-image.tar"
KANIKO = "wagoodman__dive/.data/test-kaniko-image.tar"


def test_hidden_and_deleted_bytes_are_waste(cli: Cli, archive: Path) -> None:
    document = cli("waste", archive, "--json").document
    paths = {row["path"]: (row["bytes"], row["layers"]) for row in document["paths"]}
    assert paths == {
        "/opt/old/data": (1000, [0]),
        "/etc/passwd": (22, [0]),
        "/.env": (9, [0]),
        "/etc/motd": (6, [0]),
        "/conf/a": (1, [0]),
        "/conf/b": (1, [0]),
    }
    assert document["wasted_bytes"] == 1039
    assert sum(row["bytes"] for row in document["layers"]) == 1039
    assert document["rules"] == []


@pytest.mark.parametrize(
    ("name", "efficiency", "wasted"),
    [(DIVE, 0.9844212134184309, 32025), (KANIKO, 0.9793688490216431, 46245)],
)
def test_dives_figures_to_the_digit(
    name: str, efficiency: float, wasted: int, cli: Cli, fixtures: Path
) -> None:
    document = cli("waste", fixtures / name, "--dive-compatible", "--json").document
    assert (document["efficiency"], document["wasted_bytes"]) == (efficiency, wasted)
    assert document["method"] == "dive"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--max-wasted-bytes", "1039"), 0),
        (("--max-wasted-bytes", "1038"), 1),
        (("--max-wasted-bytes", "1k"), 1),
        (("--max-wasted-bytes", "1.1KiB"), 0),
        (("--max-wasted-percent", "100"), 0),
        (("--max-wasted-percent", "2.5%"), 1),
        (("--min-efficiency", "0.01"), 0),
        (("--min-efficiency", "1"), 1),
        (("--min-efficiency", "99%"), 1),
        (("--max-wasted-bytes", "1M", "--min-efficiency", "0.99"), 1),
    ],
)
def test_a_broken_limit_ends_with_1(
    options: tuple[str, ...], code: int, cli: Cli, archive: Path
) -> None:
    answer = cli("waste", archive, *options)
    assert answer.code == code
    assert answer.err.count("\n") == (1 if code else 0)
    with_json = cli("waste", archive, *options, "--json")
    assert with_json.code == code
    assert all(rule["passed"] for rule in with_json.document["rules"]) == (code == 0)


def test_a_rule_tells_its_limit_and_what_was_found(cli: Cli, archive: Path) -> None:
    document = cli("waste", archive, "--max-wasted-bytes", "1k", "--json").document
    assert document["rules"] == [
        {"rule": "max-wasted-bytes", "limit": 1000, "value": 1039, "passed": False}
    ]


@pytest.mark.parametrize(
    "options",
    [
        ("--max-wasted-bytes", "many"),
        ("--max-wasted-bytes", "-1"),
        ("--max-wasted-percent", "101"),
        ("--min-efficiency", "95"),
        ("--min-efficiency", "nan"),
    ],
)
def test_limits_that_make_no_sense_are_wrong_usage(
    options: tuple[str, ...], cli: Cli, archive: Path
) -> None:
    answer = cli("waste", archive, *options)
    assert (answer.code, answer.out) == (2, b"")
    assert answer.err.count("\n") == 1
