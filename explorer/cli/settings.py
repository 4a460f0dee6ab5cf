"""The options every verb takes, before the verb and after it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click


@dataclass(slots=True)
class Settings:
    """How to speak: one JSON document, traces of errors, colour; ``words`` are the command line."""

    json: bool = False
    debug: bool = False
    no_color: bool = False
    words: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls) -> Settings:
        """``NO_COLOR`` counts if it is set to anything (https://no-color.org)."""
        return cls(no_color=bool(os.environ.get("NO_COLOR")))


def of(context: click.Context) -> Settings:
    """The settings of a run, shared by the group and its verb."""
    root = context.find_root()
    if not isinstance(root.obj, Settings):
        root.obj = Settings.from_environment()
    return root.obj


def _remember(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def callback(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            setattr(of(context), name, True)

    return callback


def common_options() -> list[click.Parameter]:
    """Fresh copies of the options; a parameter belongs to one command."""
    rows: list[tuple[str, str, str]] = [
        ("--json", "json", "Print one JSON document, and nothing else, on stdout."),
        ("--debug", "debug", "Add the trace to error messages."),
        ("--no-color", "no_color", "No colours; the variable NO_COLOR does the same."),
    ]
    return [_flag(*row) for row in rows]


def _flag(option: str, name: str, text: str) -> click.Option:
    arguments: dict[str, Any] = {
        "is_flag": True,
        "expose_value": False,
        "callback": _remember(name),
        "help": text,
    }
    return click.Option([option], **arguments)
