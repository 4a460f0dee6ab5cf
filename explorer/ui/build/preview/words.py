"""What the preview says of the place it shows. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from explorer.build.bases import Unresolved
from explorer.build.plan.aligning import text_of
from explorer.build.plan.model import Cache, Plan, StepPlan
from explorer.build.preview import LayerKind, Preview
from explorer.build.preview.model import PreviewLayer
from explorer.dockerfile.commands import model
from explorer.dockerfile.problem import Severity
from explorer.ui import text
from explorer.ui.build.foresight import Here, View
from explorer.ui.build.preview.strip import Block
from explorer.ui.widgets.badge import Tone


class Kind(Enum):
    """How what is shown is known."""

    PREDICTED = ("predicted", Tone.ACCENT, "Computed from the files themselves; nothing ran")
    CACHED = ("real", Tone.GOOD, "A build made this layer; the next one takes it again")
    RUNS = ("will run", Tone.WARN, "What it changes is known only once it ran")
    SETTINGS = ("settings only", Tone.NEUTRAL, "It changes how the image runs, and no files")
    BASE = ("base", Tone.NEUTRAL, "What the stage begins with")
    UNKNOWN = ("unknown", Tone.NEUTRAL, "It cannot be understood")

    @property
    def word(self) -> str:
        """The word on the badge."""
        return self.value[0]

    @property
    def tone(self) -> Tone:
        """The colours of the badge."""
        return self.value[1]

    @property
    def help(self) -> str:
        """What the word means."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence below the title; ``base`` names the image that a file may be chosen for."""

    text: str
    warns: bool = False
    base: str = ""
    help: str = ""


def kind_of(here: Here, preview: Preview, step: StepPlan | None = None) -> Kind:
    """How the step at the caret is known; ``step`` is its plan, where there is one."""
    if here.step is None:
        return Kind.BASE
    command = here.step.command
    number = preview.layer_of(here.index)
    if number is not None:
        is_made = preview.layers[number].kind is LayerKind.CACHED or _is_made(step)
        return Kind.CACHED if is_made else Kind.PREDICTED
    if command is None:
        return Kind.UNKNOWN
    if isinstance(command, model.Run):
        return Kind.CACHED if step is not None and step.cache is Cache.HIT else Kind.RUNS
    return Kind.SETTINGS


def since_last_build(step: StepPlan | None) -> str:
    """What became of a step since the last build here; empty where it was never built."""
    if step is None or step.last is None or not step.layer:
        return ""
    when = text.moment(step.last.when)
    if step.cache is Cache.HIT:
        return f"Nothing changed since the last build, {when}."
    words = "; ".join(step.because) or "something changed"
    return f"Since the last build, {when}: {words}.{_grown(step)}"


def _grown(step: StepPlan) -> str:
    """How the layer differs in size from the one of the last build."""
    layer = step.last.layer if step.last is not None else None
    if layer is None or step.adds is None or layer.size == step.adds.size:
        return ""
    change = text.signed_size(step.adds.size - layer.size)
    return f" {change} beside {text.size(layer.size)} then."


def title_of(here: Here) -> str:
    """``As of line 9, in build``."""
    if here.is_end:
        return f"In the end, in {here.stage.title}"
    return f"As of line {here.line}, in {here.stage.title}"


def notes_of(view: View, plan: Plan | None = None) -> list[Note]:
    """What is to be known about what is shown, the most important first.

    While a step has to run first, only the plan can tell what is missing for certain.
    """
    here, preview = view.here, view.preview
    if here is None or preview is None:
        return []
    errors = _errors(preview) if not preview.unknown else _mishaps(here, plan)
    notes = [Note(message, warns=True) for message in errors[:3]]
    if isinstance(preview.base, Unresolved):
        base = preview.base
        words = f"{base.name} is not on this machine: what is put on it is shown without it."
        notes.append(Note(words, base=base.name, help=f"{base}. {base.hint}".strip()))
    own = [u for u in preview.unknown if (u.stage, u.step) == (here.stage.index, here.index)]
    notes += [Note(f"{text.capitalised(each.reason)}.") for each in own[:2]]
    others = len(preview.unknown) - len(own)
    if others:
        steps = "A step before this has" if others == 1 else f"{others} steps before this have"
        notes.append(Note(f"{steps} to run first: what they make is not shown."))
    return notes


def blocks_of(here: Here, preview: Preview, plan: Plan | None = None) -> list[Block]:
    """The layers as blocks, with words for each; the plan tells which of them were made."""
    blocks = []
    for layer in preview.layers:
        real = layer.kind is LayerKind.CACHED or _is_made(_planned(here, layer, plan))
        if layer.kind is LayerKind.BASE:
            words = f"Layer {layer.index}: of the base"
        else:
            how = "real, a build made it" if real else "predicted"
            made = preview.image.created_by(layer.index)
            words = f"Layer {layer.index}, {how}: {made}"
        predicted = layer.predicted and not real
        blocks.append(Block(layer.index, words, predicted, predicted and layer.uncertain, real))
    return blocks


def _planned(here: Here, layer: PreviewLayer, plan: Plan | None) -> StepPlan | None:
    """The plan of the step that a layer comes from, unless it is of an earlier text."""
    if plan is None or layer.stage is None or layer.step is None:
        return None
    found = plan.step(layer.stage, layer.step)
    if found is not None and layer.stage == here.stage.index:
        steps = here.stage.steps
        is_same = layer.step < len(steps) and text_of(steps[layer.step]) == found.text
        return found if is_same else None
    return found


def _is_made(step: StepPlan | None) -> bool:
    """Whether a build has left the layer of a step."""
    is_hit = step is not None and step.cache is Cache.HIT
    return is_hit and step is not None and step.record is not None


def layer_at(here: Here, preview: Preview) -> int:
    """The layer to select: the step's own, else the highest there is; -1 for none."""
    own = preview.layer_of(here.index)
    return own if own is not None else len(preview.layers) - 1


def _errors(preview: Preview) -> list[str]:
    return [p.message for p in preview.problems if p.severity is Severity.ERROR]


def _mishaps(here: Here, plan: Plan | None) -> list[str]:
    """What the steps of the stage up to here would stop with."""
    if plan is None or here.stage.index >= len(plan.stages):
        return []
    steps = (s for s in plan.stages[here.stage.index].steps if s.index <= here.index)
    return [m.message for step in steps for m in step.mishaps if m.is_error]
