"""Arguments and options that verbs share."""

from __future__ import annotations

from typing import Any

import click

from explorer.cli.completing import complete_image, complete_path
from explorer.cli.settings import of

IMAGE_HELP = "a saved archive, an OCI layout, TRANSPORT:PATH[:REF], or docker://REF"


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


def files_option() -> click.Option:
    """What an image in a registry does not show for free."""
    return click.Option(
        ["--files"],
        is_flag=True,
        help="Of an image in a registry, fetch what lists the files of its layers, too.",
    )


def remote_options() -> list[click.Option]:
    """How to look into an image of a registry, and what it costs; kept for the session."""
    return [
        _remote_flag(
            "--traffic",
            "After looking into a registry, say on stderr what was fetched and what was spared. "
            "On a terminal that is always said.",
        ),
        _remote_flag(
            "--insecure",
            "Allow the registry plain HTTP, and a certificate that nobody vouches for.",
        ),
    ]


def remote_flag(context: click.Context, name: str) -> bool:
    """Whether one of :func:`remote_options` was given."""
    return bool(context.meta.get(f"{__name__}.{name}"))


def _remote_flag(option: str, text: str) -> click.Option:
    def remember(context: click.Context, parameter: click.Parameter, value: bool) -> None:
        context.meta[f"{__name__}.{parameter.name}"] = value

    return click.Option([option], is_flag=True, expose_value=False, callback=remember, help=text)


def verify_option() -> click.Option:
    """Check everything."""
    return click.Option(
        ["--verify"],
        is_flag=True,
        help="Read every byte and check every digest, whatever it takes.",
    )


__all__ = [
    "IMAGE_HELP",
    "files_option",
    "image_argument",
    "layer_option",
    "of",
    "path_argument",
    "platform_option",
    "remote_flag",
    "remote_options",
    "verify_option",
]
