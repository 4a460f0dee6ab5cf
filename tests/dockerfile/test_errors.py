"""What the language raises belongs to the family of errors."""

from __future__ import annotations

import importlib
import pkgutil
import re

import explorer.dockerfile
from explorer import errors
from explorer.errors import ExplorerError


def raised() -> set[type[ExplorerError]]:
    """Every error of the family that a module of the language defines."""
    found = set()
    for module in pkgutil.walk_packages(explorer.dockerfile.__path__, "explorer.dockerfile."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, ExplorerError):
                found.add(value)
    return {error for error in found if error.__module__ != errors.__name__}


def test_the_diagram_of_errors_names_each_with_its_exit_code() -> None:
    named = dict(re.findall(r"── (\w+) +exit (\d+)", errors.__doc__ or ""))
    assert raised()
    for error in raised():
        assert named.get(error.__name__) == str(error.exit_code), error
