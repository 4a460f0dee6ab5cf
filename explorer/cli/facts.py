"""What an image is, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.cli import text
from explorer.cli.screen import Cell, Screen, Styled
from explorer.cli.stacks import stack_table
from explorer.oci.layout import one_line, visible

if TYPE_CHECKING:
    from explorer.analysis.opened import OpenImage

UNLISTED = "files are not listed, for that would fetch them: see --files"
_FEW = 40


def image_page(screen: Screen, image: OpenImage) -> None:
    """Names, digests, configuration, layers, warnings."""
    screen.line(Styled(one_line(image.image.title), "bold"))
    screen.facts(identity(image))
    _configuration(screen, image)
    screen.heading("Layers")
    stack_table(screen, image)
    warnings(screen, image)


def identity(image: OpenImage) -> list[tuple[str, Cell]]:
    """The facts that tell one image from another."""
    source = image.image
    others = [str(platform) for platform in source.platforms if platform != source.platform]
    platform = visible(str(source.platform))
    if others:
        platform += f"  (also {one_line(', '.join(others))})"
    return [
        ("Reference", one_line(source.reference)),
        ("Names", one_line(", ".join(source.names))),
        ("Digest", str(source.digest or "")),
        ("Image ID", str(source.image_id)),
        ("Platform", platform),
        ("Created", text.moment(source.config.created)),
        ("Size", size_line(image)),
    ]


def size_line(image: OpenImage) -> str:
    """The merged filesystem, and what it takes to store it."""
    from explorer.analysis.documents.images import count_files

    effects = image.stack.effects
    layers = text.plural(len(image.layers), "layer")
    if not image.complete:
        return f"{text.size(image.image.stored)} stored in {layers}; {UNLISTED}"
    merged = text.size(effects[-1].cumulative if effects else 0)
    files = text.plural(count_files(image), "file")
    return f"{merged} in {files}; {text.size(image.image.stored)} stored in {layers}"


def _configuration(screen: Screen, image: OpenImage) -> None:
    from explorer.oci.process import effective_process

    config = image.image.config
    process = effective_process(config)
    screen.heading("Configuration")
    screen.facts(
        [
            ("Runs", one_line(process.command_line) or "nothing: a command has to be given"),
            ("As", f"{one_line(process.user)} in {one_line(process.workdir)}"),
            ("Ports", one_line(", ".join(config.exposed_ports))),
            ("Volumes", one_line(", ".join(config.volumes))),
            ("Stops by", process.stop_signal if config.stop_signal else ""),
            ("Health", one_line(" ".join(config.healthcheck.test)) if config.healthcheck else ""),
            *(("Warning", Styled(one_line(line), "yellow")) for line in process.warnings),
        ]
    )
    _pairs(screen, "Environment", list(config.env))
    _pairs(screen, "Labels", sorted(config.labels.items()))


def _pairs(screen: Screen, title: str, pairs: list[tuple[str, str]]) -> None:
    if not pairs:
        return
    screen.heading(title)
    screen.facts((one_line(name), one_line(value) or '""') for name, value in pairs[:_FEW])
    if len(pairs) > _FEW:
        screen.line(Styled(f"and {len(pairs) - _FEW} more: see --json", "dim"))


def warnings(screen: Screen, image: OpenImage) -> None:
    """Everything unusual, if there is anything."""
    if not image.warnings:
        return
    screen.heading("Warnings")
    for warning in image.warnings[:_FEW]:
        screen.line(Styled("! ", "bold yellow"), one_line(warning))
