"""What the documents of an image say, in cards of labelled facts. No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from explorer.oci import Digest, Healthcheck, ImageConfig, Process, base_boundary, effective_process
from explorer.oci.steps import Step, steps
from explorer.sources.image import Image
from explorer.ui import text
from explorer.ui.inspect.facts import Fact

_LONGEST: Final = 4000
"""Characters of one value that are shown; a configuration may hold megabytes."""
_FORMS: Final = {"exec": "exec form", "shell": "shell form", "none": "nothing to run"}
_SECOND: Final = 10**9


@dataclass(frozen=True, slots=True)
class Card:
    """Facts under one heading; ``text`` is all of them to be copied, empty where that is idle."""

    title: str
    facts: tuple[Fact, ...]
    text: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """What a container starts with: the process, and how its command is written."""

    process: Process
    form: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One step of the build; ``layer`` is -1 for one that changed no files."""

    layer: int
    instruction: str
    created: str
    note: str


def running_of(config: ImageConfig) -> Running:
    """What the image runs."""
    process = effective_process(config)
    return Running(process, _FORMS[process.form])


def cards_of(image: Image) -> tuple[Card, ...]:
    """Every card, the most looked for first."""
    config = image.config
    return (
        _identity(image),
        _environment(config),
        _surface(config),
        _labels(config),
        _platforms(image),
    )


def _identity(image: Image) -> Card:
    config = image.config
    facts = [Fact("Name", _shown(name), mono=True) for name in image.names[:12]]
    facts += _digest("Digest", image.digest, "Names the manifest, and so the whole image")
    facts += _digest("Image ID", image.image_id, "The digest of the configuration")
    facts.append(Fact("Media type", _shown(image.media_type) or "not given", mono=True))
    facts.append(Fact("Platform", str(image.platform)))
    facts.append(Fact("Created", _moment(config.created)))
    if config.author:
        facts.append(Fact("Author", _shown(config.author)))
    stored = f"{text.size(image.stored)} ({text.exact_size(image.stored)})"
    facts.append(Fact("Stored", stored, help="All layers as they travel, a repeated one once"))
    facts.append(Fact("Layers", text.count(len(image.layers))))
    facts += _base(image)
    facts.append(Fact("Opened as", image.reference, mono=True))
    return Card("Image", tuple(facts))


def _base(image: Image) -> list[Fact]:
    bounds = base_boundary(steps(image.config.history, len(image.layers)), image.config.labels)
    if bounds is None:
        return []
    name = f"{_shown(bounds.name)}, " if bounds.name else ""
    how = "" if bounds.sure else " (a guess)"
    words = f"{name}layers 0 to {bounds.last_layer}{how}"
    return [Fact("Base image", words, help=bounds.why)]


def _digest(name: str, digest: Digest | None, help: str) -> list[Fact]:
    if digest is None:
        return [Fact(name, "not given", help=help)]
    whole = str(digest)
    return [Fact(name, text.short_digest(whole), mono=True, help=f"{whole}\n{help}", copy=whole)]


def _environment(config: ImageConfig) -> Card:
    seen: dict[str, str] = config.environment()
    facts = tuple(Fact(_shown(name), _shown(value), mono=True) for name, value in seen.items())
    whole = "\n".join(f"{name}={value}" for name, value in seen.items())
    return Card("Environment", facts, whole, "No variables are set.")


def _labels(config: ImageConfig) -> Card:
    facts = tuple(
        Fact(_shown(name), _shown(value), mono=True) for name, value in config.labels.items()
    )
    whole = "\n".join(f"{name}={value}" for name, value in config.labels.items())
    return Card("Labels", facts, whole, "No labels are set.")


def _surface(config: ImageConfig) -> Card:
    """What the image has to do with the world around a container."""
    facts = [
        Fact("User", _shown(config.user) or "root, for none is set", warns=not config.user),
        Fact("Works in", _shown(config.workdir) or "/", mono=True),
        Fact("Ports", _joined(config.exposed_ports), help="Documented; published only on demand"),
        Fact("Volumes", _joined(config.volumes), help="Kept outside of the container's own layer"),
        Fact("Health check", *_health(config.healthcheck)),
        Fact("Stop signal", _shown(config.stop_signal) or "SIGTERM, the default"),
    ]
    if config.shell is not None:
        facts.append(Fact("Shell", _shown(" ".join(config.shell)), mono=True))
    facts += [Fact("On build", _shown(line), mono=True) for line in config.onbuild[:20]]
    return Card("Around the container", tuple(facts))


def _joined(words: tuple[str, ...]) -> str:
    return _shown("\n".join(words)) or "none"


def _health(check: Healthcheck | None) -> tuple[str, bool]:
    """The words, and whether they are a command."""
    if check is None or not check.test:
        return "none", False
    if check.test[0] == "NONE":
        return "switched off", False
    command = " ".join(check.test[1:]) if check.test[0] in ("CMD", "CMD-SHELL") else "unknown"
    times = [
        f"{word} {text.duration(value / _SECOND)}"
        for word, value in (
            ("every", check.interval),
            ("timeout", check.timeout),
            ("after", check.start_period),
        )
        if value > 0
    ]
    if check.retries > 0:
        times.append(text.plural(check.retries, "try", "tries"))
    return _shown(command) + (f"\n{', '.join(times)}" if times else ""), True


def _platforms(image: Image) -> Card:
    shown = image.platforms or (image.platform,)
    facts = tuple(
        Fact("Open" if platform == image.platform else "Also", str(platform)) for platform in shown
    )
    return Card("Platforms under this name", facts)


def history_of(image: Image) -> tuple[HistoryRow, ...]:
    """All steps, the newest last."""
    return tuple(_row(step) for step in steps(image.config.history, len(image.layers)))


def _row(step: Step) -> HistoryRow:
    entry = step.history
    layer = step.layer if step.layer is not None else -1
    words = " ".join(step.instruction.text.split()) or step.instruction.comment or "not recorded"
    notes = [] if layer >= 0 else ["no files"]
    if not step.sure:
        notes.append("uncertain")
    if step.instruction.builder:
        notes.append(step.instruction.builder)
    created = _moment(entry.created) if entry is not None and entry.created else ""
    return HistoryRow(layer, _shown(words), created, ", ".join(notes))


def _moment(when: datetime | None) -> str:
    return text.exact_moment(when) if when is not None else "not given"


def _shown(value: str) -> str:
    """A value from a document: bounded, and printable but for line ends."""
    cut = value[:_LONGEST]
    kept = "".join(char if char.isprintable() or char == "\n" else "�" for char in cut)
    return f"{kept}…" if len(value) > _LONGEST else kept
