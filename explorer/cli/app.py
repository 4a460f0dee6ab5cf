"""The command ``layerscope``: its verbs, its exit codes, and the window."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn

import click

from explorer import __version__
from explorer.cli import settings
from explorer.cli.commands import Verbs
from explorer.cli.failures import guarded
from explorer.cli.verblist import VERBS
from explorer.errors import Unsupported

Window = Callable[[Sequence[str]], int]

_NAME = "layerscope"
_COMPLETE = "_LAYERSCOPE_COMPLETE"


class _Layerscope(Verbs):
    window: ClassVar[Window | None] = None

    def main(self, args: Sequence[str] | None = None, **_extra: Any) -> NoReturn:  # type: ignore[override]
        """As click calls it; every way out is an exit code of the contract."""
        sys.exit(run(sys.argv[1:] if args is None else list(args)))

    def carry_out(self, arguments: list[str]) -> int:
        """Carry out a command line; raises what goes wrong."""
        if _COMPLETE in os.environ:
            super().main(args=arguments, prog_name=_NAME, complete_var=_COMPLETE)
        try:
            with self.make_context(_NAME, list(arguments)) as context:
                settings.of(context).words = tuple(arguments)
                code = self.invoke(context)
        except click.exceptions.Exit as end:
            return end.exit_code
        return code if isinstance(code, int) else 0


def open_window(files: Sequence[str]) -> int:
    """Open the window on some files.

    Raises :class:`Unsupported` where no window can be shown.
    """
    if _Layerscope.window is None:
        raise Unsupported("There is no window here", hint="Name a verb: layerscope report IMAGE")
    return _Layerscope.window(files)


@click.group(
    cls=_Layerscope,
    verbs=VERBS,
    window=open_window,
    invoke_without_command=True,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[OPTIONS]",
    subcommand_metavar="VERB ... | [FILE...]",
)
@click.version_option(__version__, prog_name=_NAME, message="%(prog)s %(version)s")
@click.pass_context
def layerscope(context: click.Context) -> int:
    """See inside container images, layer by layer.

    Without a verb the window opens, on FILE or where you left off. IMAGE is a saved archive, a
    folder with an OCI layout, a root filesystem, or TRANSPORT:PATH[:REF] with the transport
    docker-archive, oci-archive or oci. What it is, is found out from its content. docker://REF is
    an image in a registry, looked into without being pulled.

    \b
    layerscope app.tar                           open the window
    layerscope layers app.tar                    the stack in the terminal
    layerscope inspect docker://alpine           an image in a registry
    layerscope timeline app.tar /etc/passwd      who touched this file?
    layerscope waste app.tar --max-wasted-percent 5
    layerscope VERB --help                       every verb, with examples

    Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 not found, 4 damaged input, 5 refused,
    6 something is missing here, 130 interrupted.
    """
    settings.of(context)
    return open_window(()) if context.invoked_subcommand is None else 0


def run(arguments: list[str], window: Window | None = None) -> int:
    """Carry out a command line; returns the exit code, raises nothing.

    ``window`` opens the window on some files: the command line itself knows no Qt.
    """
    assert isinstance(layerscope, _Layerscope)
    _Layerscope.window = staticmethod(window) if window is not None else None
    # numpy's linear algebra, which nothing here uses, else starts a thread for every core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return guarded(lambda: layerscope.carry_out(arguments), debug="--debug" in arguments)
