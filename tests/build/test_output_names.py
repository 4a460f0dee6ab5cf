"""``--output``, as buildx has it."""

from __future__ import annotations

import pytest

from explorer.build.outputs import parse_output
from explorer.build.request import Output
from explorer.errors import UsageError


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("type=docker,dest=a.tar", Output("docker", "a.tar")),
        ("dest=-,type=tar", Output("tar", "-")),
        ("folder", Output("local", "folder")),
        ("-", Output("tar", "-")),
        ("type=engine", Output("engine")),
    ],
)
def test_an_output_is_read(text: str, output: Output) -> None:
    assert parse_output(text) == output


@pytest.mark.parametrize(
    "text", ["type=zip,dest=x", "type=oci", "type=local,dest=-", "type=oci,dest=x,push=true"]
)
def test_what_is_no_output_is_a_mistake(text: str) -> None:
    with pytest.raises(UsageError):
        parse_output(text)
