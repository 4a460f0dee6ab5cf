"""Flags, their values, and the fields of mounts."""

from __future__ import annotations

from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.nodes import Instruction
from explorer.dockerfile.services.hovering.card import Hover, card, code
from explorer.dockerfile.services.hovering.files import user_card
from explorer.dockerfile.services.knowledge.flags import FLAG_VALUES, FLAGS
from explorer.dockerfile.services.knowledge.mounts import TYPES, option
from explorer.dockerfile.services.scope import Place
from explorer.dockerfile.services.surroundings import Surroundings
from explorer.dockerfile.source import Span
from explorer.dockerfile.statement import Statement
from explorer.dockerfile.words import Flag


def flag_card(
    place: Place,
    instruction: Instruction,
    statement: Statement,
    flag: Flag,
    offset: int,
    outside: Surroundings,
) -> Hover | None:
    """A flag of an instruction at an offset that lies in it."""
    topic = FLAGS.get((statement.name, flag.name))
    if topic is None:
        return None
    whole = instruction.span_of(flag)
    value_start = instruction.place(flag.value_start, flag.end).start
    if flag.value is None or offset < value_start:
        name = Span(whole.start, value_start if flag.value is not None else whole.end)
        return card(name, topic.title, topic.body, url=topic.url)
    value = Span(value_start, whole.end)
    if flag.name == "mount":
        return _mount(place, value, offset) or card(value, topic.title, topic.body, url=topic.url)
    if flag.name == "chown":
        return user_card(place, _expanded(place, flag.value), value, outside, topic.url)
    return card(
        value,
        flag.text,
        FLAG_VALUES.get((statement.name, flag.name, flag.value), ""),
        _becomes(place, flag.value),
        topic.summary,
        url=topic.url,
    )


def _mount(place: Place, value: Span, offset: int) -> Hover | None:
    text = place.program.document.text
    start = max(text.rfind(",", value.start, offset) + 1, value.start)
    end = text.find(",", offset, value.end)
    field = Span(start, end if end >= 0 else value.end)
    key, equals, argument = field.of(text).partition("=")
    kind = "bind"
    for other in value.of(text).split(","):
        if other.lower().startswith("type="):
            kind = other[len("type=") :].lower()
    if key.lower() == "type":
        topic = TYPES.get(argument.lower())
        return card(field, topic.title, topic.body, url=topic.url) if topic else None
    known = option(key)
    if known is None:
        return None
    topic = TYPES.get(kind)
    unfit = "" if kind in known.types else f"**Mounts of type {code(kind)} do not have it.**"
    return card(
        field,
        f"{known.name}{equals}{argument}",
        known.summary,
        _becomes(place, argument),
        unfit,
        url=topic.url if topic else "",
    )


def _becomes(place: Place, value: str) -> str:
    expanded = _expanded(place, value)
    return "" if expanded == value else f"Here {code(value)} becomes {code(expanded)}."


def _expanded(place: Place, value: str) -> str:
    try:
        expander = Expander(place.program.document.escape)
        return expander.expand(value, place.variables()).text
    except ExpansionError:
        return value
