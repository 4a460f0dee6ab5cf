"""What stands after the flags."""

from __future__ import annotations

from explorer.dockerfile.commands import model
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.hovering import files
from explorer.dockerfile.services.hovering.card import Hover, card, code
from explorer.dockerfile.services.hovering.stages import base_card, process_paragraphs
from explorer.dockerfile.services.knowledge.instructions import INSTRUCTIONS
from explorer.dockerfile.services.scope import Place
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.source import Span
from explorer.dockerfile.stages.model import Program
from explorer.dockerfile.stages.ports import PortError, split_port
from explorer.dockerfile.words import Word


def argument_card(
    program: Program,
    place: Place,
    instruction: Instruction,
    offset: int,
    outside: Surroundings,
) -> Hover | None:
    """The argument of an instruction that an offset touches."""
    if place.stage is not None and place.on_from:
        base = place.stage.command.base if place.stage.command else None
        if base is None or not _touches(instruction, base, offset):
            return None
        span = instruction.span_of(base)
        return base_card(program, place.stage, outside, span)
    step = place.here
    if step is None or place.stage is None:
        return None
    url = INSTRUCTIONS[instruction.name].url if instruction.name in INSTRUCTIONS else ""
    match command := step.command:
        case model.Copy() | model.Add():
            return _transfer(place, instruction, command, offset)
        case model.Workdir(path):
            return files.workdir_card(place, path, instruction.span_of(path))
        case model.User(user):
            return files.user_card(place, user.value, instruction.span_of(user), outside, url)
        case model.Cmd() | model.Entrypoint():
            span = _rest(instruction)
            title = instruction.name
            return card(span, title, *process_paragraphs(place.stage, step.settings_after), url=url)
        case model.Expose(ports):
            for port in ports:
                if _touches(instruction, port, offset):
                    return _port(instruction.span_of(port), port.value, url)
    return None


def _transfer(
    place: Place, instruction: Instruction, command: model.Copy | model.Add, offset: int
) -> Hover | None:
    transfer = command.transfer
    for source in transfer.sources:
        if _touches(instruction, source, offset):
            span = instruction.span_of(source)
            return files.source_card(place, source, span, command)
    if _touches(instruction, transfer.destination, offset):
        span = instruction.span_of(transfer.destination)
        return files.destination_card(place, transfer.destination, span, command)
    return None


def _port(span: Span, port: str, url: str) -> Hover:
    try:
        _, _, container, protocol = split_port(port)
    except PortError as error:
        return card(span, port, str(error), url=url)
    shown = code(f"{container}/{protocol or 'tcp'}")
    return card(span, port, f"Notes {shown}; `docker run --publish` opens it.", url=url)


def _rest(instruction: Instruction) -> Span:
    rest = instruction.statement.rest
    return instruction.place(rest.start, rest.end)


def _touches(instruction: Instruction, word: Word, offset: int) -> bool:
    span = instruction.span_of(word)
    return span.start <= offset <= span.end
