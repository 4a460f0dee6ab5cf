"""An image in labelled facts and rows of layers. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from explorer.transfer.browsing import Part
from explorer.ui import text
from explorer.ui.inspect.facts import Fact
from explorer.ui.registries.facts import artifact_words

_MOST_FACTS: Final = 12
_LONGEST: Final = 200


def layer_words(part: Part) -> str:
    """How many layers, and how much they are to pull."""
    count = len(part.manifest.layers)
    return f"{text.plural(count, 'layer')}, {text.size(part.size)}"


def layer_rows(part: Part) -> list[tuple[str, str, str, str]]:
    """Number, size, instruction and digest of each layer, the lowest first."""
    made = _instructions(part)
    rows = []
    for number, layer in enumerate(part.manifest.layers):
        by = made[number] if number < len(made) else artifact_words(layer.media_type)
        rows.append((str(number), text.size(layer.size), by[:_LONGEST], str(layer.digest)))
    return rows


def _instructions(part: Part) -> list[str]:
    """What made each layer, where the history tells it for all of them."""
    if part.config is None:
        return []
    made = [" ".join(one.created_by.split()) for one in part.config.history if not one.empty_layer]
    return made if len(made) == len(part.manifest.layers) else []


def config_facts(part: Part) -> tuple[Fact, ...]:
    """How the image runs, in a few lines."""
    config = part.config
    if config is None:
        kind = artifact_words(part.kind) if part.kind else ""
        return (Fact("Kind", kind, help=part.kind),) if kind else ()
    pairs = [
        Fact("Platform", config.platform.full),
        Fact(
            "Made",
            text.moment(config.created) if config.created is not None else "",
            help=text.exact_moment(config.created) if config.created is not None else "",
        ),
        Fact("Entrypoint", " ".join(config.entrypoint or ()), mono=True),
        Fact("Command", " ".join(config.cmd or ()), mono=True),
        Fact("User", config.user, mono=True),
        Fact("Works in", config.workdir, mono=True),
        Fact("Ports", ", ".join(config.exposed_ports), mono=True),
        Fact("Volumes", ", ".join(config.volumes), mono=True),
        Fact("Variables", _few([f"{name}={value}" for name, value in config.env]), mono=True),
        Fact(
            "Labels", _few([f"{key} = {value}" for key, value in config.labels.items()]), mono=True
        ),
        Fact(
            "Digest",
            f"{str(part.descriptor.digest)[:19]}…",
            mono=True,
            help=str(part.descriptor.digest),
        ),
    ]
    return tuple(fact for fact in pairs if fact.value)


def _few(lines: Sequence[str]) -> str:
    shown = [line[:_LONGEST] for line in lines[:_MOST_FACTS]]
    more = len(lines) - len(shown)
    return "\n".join([*shown, *([f"… {more} more"] if more > 0 else [])])
