"""Users and groups that scripts add."""

from __future__ import annotations

import pytest

from explorer.dockerfile.services.accounts import added_accounts
from tests.dockerfile.services.reading import at


def added(text: str) -> list[tuple[str, str]]:
    """What is added before the mark: the kind and the name."""
    here = at(text)
    line = here.document.lines.position(here.offset).line
    stage = here.program.stages[-1]
    found = added_accounts(here.program, stage, line)
    return [("group" if each.is_group else "user", each.name) for each in found]


@pytest.mark.parametrize(
    ("script", "accounts"),
    [
        ("useradd app", [("user", "app"), ("group", "app")]),
        ("useradd -m -u 1000 -s /bin/sh app", [("user", "app"), ("group", "app")]),
        ("useradd --uid=10 --no-user-group app", [("user", "app")]),
        ("adduser -D -H app", [("user", "app")]),
        ("adduser --system --home /x app", [("user", "app")]),
        ("groupadd -g 10 crew && useradd -N -g crew app", [("group", "crew"), ("user", "app")]),
        ("addgroup -S crew; adduser -S app -G crew", [("group", "crew"), ("user", "app")]),
        ("/usr/sbin/useradd app", [("user", "app"), ("group", "app")]),
        ("x \\\n  && useradd app", [("user", "app"), ("group", "app")]),
        ("<<E\nuseradd app\nE", [("user", "app"), ("group", "app")]),
        ("useradd $NAME", []),
        ("useradd", []),
        ("echo notuseradd app", []),
        ("apt-get install adduser", []),
    ],
)
def test_what_scripts_add(script: str, accounts: list[tuple[str, str]]) -> None:
    assert added(f"FROM a\nRUN {script}\nUSER |") == accounts


def test_only_steps_above_and_below_the_stage_count() -> None:
    text = (
        "FROM a AS b\nRUN adduser one\nFROM c\nRUN adduser two\nFROM b\nUSER |\nRUN adduser six\n"
    )
    assert added(text) == [("user", "one")]
