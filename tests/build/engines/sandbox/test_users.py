"""What is said where users may make no namespaces."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.build.engines.sandbox.users import Subordinates, subordinates, why_no_namespaces


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("user/max_user_namespaces", "0", "user.max_user_namespaces is 0"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor restricts them"),
        ("user/max_user_namespaces", "31000", "No space left"),
    ],
)
def test_the_setting_that_forbids_namespaces_is_named(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(f"{value}\n")
    assert said in why_no_namespaces("No space left on device", tmp_path)


def test_the_largest_range_of_a_user_is_taken(tmp_path: Path) -> None:
    table = tmp_path / "subuid"
    table.write_text("other:1:9\n4711:100000:10\n# no\n4711:200000:65536\n4711:x:1\n")
    assert subordinates(table, 4711) == Subordinates(200000, 65536)
    assert subordinates(table, 4712) is None
    assert subordinates(tmp_path / "none", 4711) is None
