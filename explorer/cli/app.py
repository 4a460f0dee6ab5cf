"""The command ``layerscope``: its verbs, its exit codes, and the window."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from keyword import iskeyword
from typing import Any, ClassVar, NoReturn

import click

from explorer import __version__
from explorer.cli import settings
from explorer.cli.commands import Lazy, Verbs
from explorer.cli.failures import guarded
from explorer.errors import Unsupported

Window = Callable[[Sequence[str]], int]

_NAME = "layerscope"
_COMPLETE = "_LAYERSCOPE_COMPLETE"
_VERBS = {
    name: Lazy(f"explorer.cli.verbs.{name}" + ("_" if iskeyword(name) else ""), summary)
    for name, summary in {
        "report": "The whole picture on one page; without IMAGE, of the bundled sample.",
        "inspect": "What an image is: names, digests, configuration, history, layers.",
        "layers": "The stack of layers, with what each one stores, adds and changes.",
        "ls": "The merged filesystem, as of any layer, or a layer's own entries.",
        "cat": "The content of a file, as of any layer, deleted ones included.",
        "timeline": "Every layer that touched a path, and how.",
        "find": "Search all layers by path, size, change, mode, owner, content.",
        "diff": "What differs between two images, or two states of one.",
        "waste": "Bytes stored but not visible; a gate for continuous integration.",
        "shared": "Which layers several images share, and what that saves.",
        "extract": "Copy files out of an image, safely.",
        "plan": "What building a Dockerfile would do, and why, without running it.",
        "build": "Build an image; each step that runs again says why.",
        "images": "The images of the local store.",
        "load": "Images from an archive or a layout into the local store.",
        "save": "An image as an archive or a layout that every engine reads.",
        "pull": "An image out of a registry into the local store.",
        "push": "An image into a registry; only what it lacks is sent.",
        "copy": "An image from anywhere to anywhere.",
        "index": "One image for several platforms, made of several images.",
        "login": "Who you are, for a registry; says where the password is kept.",
        "logout": "Forget who you are, for a registry.",
        "tags": "The tags of a repository.",
        "catalog": "The repositories of a registry.",
        "referrers": "Signatures, provenance and all else that refers to an image.",
        "delete": "A tag or a manifest in a registry; asks first.",
        "attestations": "How an image was made, what is in it, who signed it, as attached to it.",
        "import": "A root filesystem tar as a new image.",
        "tag": "One more name for an image of the local store.",
        "config": "A new image with another configuration and the same layers.",
        "squash": "A new image whose upper layers are one.",
        "rmi": "Take names and images out of the local store.",
        "prune": "Clear the local store of what nothing needs.",
        "fsck": "Whether the local store is whole; mend it.",
        "check": "What is wrong with a Dockerfile, and what could be better.",
        "fmt": "Lay out a Dockerfile, and change nothing else.",
        "completion": "A script that completes verbs, options and paths in your shell.",
    }.items()
}


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
    verbs=_VERBS,
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
