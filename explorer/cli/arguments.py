"""Arguments and options that verbs share."""

from __future__ import annotations

from typing import Any

import click

from explorer.cli.completing import complete_image, complete_path
from explorer.cli.settings import of

IMAGE_HELP = "a saved archive, an OCI layout, or TRANSPORT:PATH[:REF]"


def image_argument(name: str = "image", **more: Any) -> click.Argument:
    """The image to look at; with ``nargs=-1`` several."""
    shown = "IMAGE..." if more.get("nargs") == -1 else name.upper()
    shown = shown if more.get("required", "nargs" not in more) else f"[{shown}]"
    return click.Argument([name], metavar=shown, shell_complete=complete_image, **more)


def path_argument(**more: Any) -> click.Argument:
    """A path inside the image; completed in the shell."""
    return click.Argument(["path"], metavar="PATH", shell_complete=complete_path, **more)


def platform_option() -> click.Option:
    """Which platform of an image with several."""
    return click.Option(
        ["--platform"],
        metavar="OS/ARCH[/VARIANT]",
        help="The platform to look at, if there are several; this machine's by default.",
    )


def layer_option(text: str, *names: str) -> click.Option:
    """A layer's number."""
    return click.Option([*(names or ("--layer",))], type=int, metavar="N", help=text)


def verify_option() -> click.Option:
    """Check everything."""
    return click.Option(
        ["--verify"],
        is_flag=True,
        help="Read every byte and check every digest, whatever it takes.",
    )


__all__ = [
    "IMAGE_HELP",
    "image_argument",
    "layer_option",
    "of",
    "path_argument",
    "platform_option",
    "verify_option",
]
