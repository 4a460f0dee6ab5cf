"""Verbs that are imported when they are called, and files in the place of a verb."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from explorer.cli.settings import common_options

Open = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a verb is (a module with a command of its name), what it does in a line, and its group
    in the help.
    """

    module: str
    summary: str
    group: str


class Verb(click.Command):
    """A verb: it takes the common options, too, and shows examples in its help."""

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        kwargs.setdefault("no_args_is_help", False)
        super().__init__(*args, **kwargs)
        self.params += common_options()
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, command over comment."""
        if self.examples:
            with formatter.section("Examples"):
                for command, meaning in self.examples:
                    formatter.write(f"  {command}\n      {meaning}\n")
        super().format_epilog(ctx, formatter)


class Verbs(click.Group):
    """The verbs by name. What is no verb but a file or an image opens in the window."""

    def __init__(self, *args: Any, verbs: Mapping[str, Lazy], window: Open, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()
        self._verbs = verbs
        self._window = window

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all verbs, in the order of the help."""
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        lazy = self._verbs.get(cmd_name)
        if lazy is None:
            return None
        command = getattr(import_module(lazy.module), lazy.module.rpartition(".")[2])
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A verb; or the window, for files."""
        name = args[0]
        if name in self._verbs:
            return super().resolve_command(ctx, args)
        if not names_an_image(name):
            raise click.UsageError(self._no_verb(name), ctx=ctx)
        return name, self._window_command(), args

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with their summaries, group by group, none of them imported."""
        width = max(map(len, self._verbs))
        for group, verbs in groupby(self._verbs.items(), lambda item: item[1].group):
            with formatter.section(group):
                formatter.write_dl([(f"{name:{width}}", lazy.summary) for name, lazy in verbs])

    def _window_command(self) -> click.Command:
        return click.Command(
            "window",
            params=[click.Argument(["files"], nargs=-1), *common_options()],
            callback=lambda files: self._window(files),
        )

    def _no_verb(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._verbs, 1, 0.6)
        hint = f"Did you mean {near[0]}?" if near else "See: layerscope --help"
        return f"{name!r} is neither a verb nor a file. {hint}"


def names_an_image(text: str) -> bool:
    """Whether a word in the place of a verb is a file, a path or ``TRANSPORT:LOCATION``."""
    if any(mark in text for mark in "/\\:."):
        return True
    try:
        return bool(text) and Path(text).exists()
    except (OSError, ValueError):
        return False
