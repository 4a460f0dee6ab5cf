"""``layerscope completion``: completion for a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from explorer.cli.commands import Verb
from explorer.errors import UsageError

_SHELLS = ("bash", "zsh", "fish")
_VARIABLE = "_LAYERSCOPE_COMPLETE"


def _completion(shell: str) -> int:
    writer = get_completion_class(shell)
    if writer is None:
        raise UsageError(f"There is no completion for {shell}")
    root = click.get_current_context().find_root().command
    click.echo(writer(root, {}, "layerscope", _VARIABLE).source())
    return 0


completion = Verb(
    "completion",
    params=[click.Argument(["shell"], type=click.Choice(_SHELLS))],
    callback=_completion,
    help="""Print a script that makes your shell complete verbs, options, images, and paths inside
    images (where the image is small or was opened before).""",
    examples=[
        ('eval "$(layerscope completion bash)"', "in ~/.bashrc"),
        ('eval "$(layerscope completion zsh)"', "in ~/.zshrc"),
        (
            "layerscope completion fish > ~/.config/fish/completions/layerscope.fish",
            "once, for fish",
        ),
    ],
)
