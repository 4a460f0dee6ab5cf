"""Names of users and groups come from the image's own tables."""

from __future__ import annotations

import pytest

from explorer.analysis.accounts import Accounts, read_accounts
from tests.factory import Entry, fifo, file, symlink
from tests.stacks import open_stack


def accounts(*layers: tuple[Entry, ...]) -> Accounts:
    """The accounts of the final filesystem."""
    image = open_stack(layers)
    return read_accounts(image, image.final)


def test_names_and_numbers_are_told_from_each_other() -> None:
    found = accounts(
        (
            file("etc/passwd", "root:x:0:0::/:\nweb:x:101:102::/:\ntwin:x:101:9::/:\n"),
            file("etc/group", "staff:x:50:web\n"),
        )
    )
    assert (found.users["web"], found.groups["staff"]) == (101, 50)
    assert (found.user(101), found.user(7), found.group(50)) == ("web", "7", "staff")


def test_the_tables_of_the_state_count_and_links_to_them_are_followed() -> None:
    lower = (file("etc/passwd", "old:x:5:5::/:\n"),)
    upper = (symlink("etc/passwd", "../usr/passwd"), file("usr/passwd", "new:x:6:6::/:\n"))
    assert accounts(lower).users == {"old": 5, "root": 0}
    assert accounts(lower, upper).users == {"new": 6, "root": 0}


@pytest.mark.parametrize(
    "entry",
    [
        file("etc/passwd", "no colons\n:x:1:\nname:x:-1:\nname:x:٣:\nname:x:99999999999:\nname\n"),
        file("etc/passwd", b"\xff\x00:\n"),
        fifo("etc/passwd"),
        symlink("etc/passwd", "passwd"),
    ],
)
def test_what_is_no_table_names_nobody_but_root(entry: Entry) -> None:
    assert accounts((entry,)).users == {"root": 0}
