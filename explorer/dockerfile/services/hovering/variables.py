"""A variable: its value at this place, and where it comes from."""

from __future__ import annotations

from explorer.dockerfile.expansion import Expander, ExpansionError
from explorer.dockerfile.services.hovering.card import Hover, card, code
from explorer.dockerfile.services.knowledge.topic import REFERENCE
from explorer.dockerfile.services.knowledge.variables import PLATFORM, PROXIES
from explorer.dockerfile.services.naming.names import Setting, Variable, setting_of, settings_at
from explorer.dockerfile.services.naming.sites import Site, Use
from explorer.dockerfile.services.scope import Place
from explorer.dockerfile.stages.model import Program

_REPLACEMENT = f"{REFERENCE}#environment-replacement"


def variable_card(program: Program, place: Place, variable: Variable) -> Hover:
    """An explanation of a variable, where it is defined or used."""
    site = variable.site
    if site.defines:
        return _definition(program, variable)
    values = place.variables(site.span.start)
    setting = setting_of(program, variable.stage, site.name, site.span.start)
    return card(
        site.span,
        site.name,
        _value(site.name, values.get(site.name), setting),
        _expression(program, site, dict(values)),
        _origin(program, place, site, setting),
        url=_REPLACEMENT,
    )


def _value(name: str, value: str | None, setting: Setting | None) -> str:
    if value is None:
        return "Nothing sets it, as far as is known: it is empty."
    if value:
        return f"Here it is {code(value)}."
    if setting is not None and setting.site.use is Use.BARE_ARG:
        return "It is declared, but has no value: it is empty unless `--build-arg` sets it."
    return "Here it is empty."


def _expression(program: Program, site: Site, values: dict[str, str]) -> str:
    """What the whole of ``${name:-word}`` becomes."""
    text = program.document.text
    if site.use is not Use.WORD or text[site.span.start - 1] != "{":
        return ""
    end = text.find("}", site.span.end)
    line_end = text.find("\n", site.span.end)
    if end < 0 or (0 <= line_end < end) or end == site.span.end:
        return ""
    written = text[site.span.start - 2 : end + 1]
    try:
        expanded = Expander(program.document.escape).expand(written, values).text
    except ExpansionError as error:
        return f"{code(written)} cannot be replaced: {error.why}."
    return f"{code(written)} becomes {code(expanded)}." if expanded else ""


def _origin(program: Program, place: Place, site: Site, setting: Setting | None) -> str:
    if setting is not None:
        return _where(program, place, setting)
    if place.stage is None or place.on_from:
        meaning = PLATFORM.get(site.name)
        return f"The builder sets it: {meaning}." if meaning else ""
    if site.name in place.stage.inherited_environment:
        bottom = place.stage
        while bottom.origin.stage is not None:
            bottom = program.stages[bottom.origin.stage]
        if bottom.base is not None and site.name in bottom.base.environment():
            return f"It comes from the base image, {code(bottom.origin.name)}."
        return "It has this value in every stage whose base does not set it."
    if site.name in program.declared or site.name in PLATFORM:
        return f"In a stage it must be declared first: {code(f'ARG {site.name}')}."
    return "`RUN` has it without declaring it." if site.name in PROXIES else ""


def _where(program: Program, place: Place, setting: Setting) -> str:
    keyword = "ENV" if setting.site.use is Use.ENV else "ARG"
    where = f"{keyword} in line {setting.line} sets it"
    here = place.stage.index if place.stage is not None and not place.on_from else None
    if setting.stage is not None and setting.stage != here:
        where += f", in stage {code(program.stages[setting.stage].title)}"
    if setting.site.name in program.inputs.arguments and keyword == "ARG":
        return f"{where}; its value is that of `--build-arg`."
    if setting.site.use is Use.BARE_ARG:
        origin = setting_of(program, None, setting.site.name, len(program.document.text))
        if origin is not None:
            return f"{where}, from ARG in line {origin.line}."
        if setting.site.name in PLATFORM:
            return f"{where}, from the builder: {PLATFORM[setting.site.name]}."
    return f"{where}."


def _definition(program: Program, variable: Variable) -> Hover:
    """What an ENV or an ARG gives the variable."""
    site, stage = variable.site, variable.stage
    after = site.span.end
    is_env = site.use is Use.ENV
    value: str | None = None
    line = program.document.lines.position(site.span.start).line
    if stage is None:
        value = program.arguments.get(site.name)
    else:
        place = Place.at(program, line)
        bound = [b for b in program.stages[stage].bindings if b.step == place.step]
        value = next((b.value for b in reversed(bound) if b.name == site.name), None)
    lasting = (
        "It holds for what follows, and in containers of the image."
        if is_env
        else "It holds for what follows in this stage, and not in containers."
    )
    if stage is None:
        lasting = "It holds in FROM lines; a stage that wants it declares it again."
    given = site.name in program.inputs.arguments and not is_env
    return card(
        site.span,
        f"{'ENV' if is_env else 'ARG'} {site.name}",
        "It has no value unless `--build-arg` gives one." if value is None else "",
        f"It becomes {code(value)}." if value else "",
        "It becomes empty." if value == "" else "",
        "The value is that of `--build-arg`." if given else "",
        _before(program, stage, site, after) if is_env else "",
        lasting,
        url=f"{REFERENCE}#{'env' if is_env else 'arg'}",
    )


def _before(program: Program, stage: int | None, site: Site, after: int) -> str:
    """What an ENV takes the place of."""
    line = program.document.lines.position(site.span.start).line
    start = program.document.lines.starts[line - 1]
    earlier = settings_at(program, stage, min(start, after)).get(site.name)
    return f"Before, it was set by {earlier}." if earlier is not None else ""
