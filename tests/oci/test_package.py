"""The package shows its names, and imports them when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import explorer.oci


@pytest.mark.parametrize("name", explorer.oci.__all__)
def test_every_name_can_be_imported_and_is_listed(name: str) -> None:
    value = getattr(explorer.oci, name)
    assert value.__module__.startswith("explorer.oci.")
    assert name in dir(explorer.oci)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="frob"):
        _ = explorer.oci.frob


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, explorer.oci; print(*(m for m in sys.modules if m[:12] == 'explorer.oci'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["explorer.oci"]
