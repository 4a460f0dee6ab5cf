"""Dockerfiles that can be built, made by rule and by chance; each a function of its number."""

from __future__ import annotations

from random import Random

_NAMES = ("APP", "MODE", "DIR", "VERSION")
_STAGES = ("base", "deps", "build", "final")
_KINDS = (
    *("env", "env", "arg", "bare", "run", "run", "copy", "workdir", "label", "user", "heredoc"),
    *("inline", "cmd", "mount", "onbuild"),
)


def program_text(number: int) -> str:
    """A Dockerfile of a few stages that use each other and share names of variables."""
    random = Random(f"program/{number}")
    lines = [f"ARG {name}=g{random.randint(0, 9)}" for name in _NAMES if random.random() < 0.4]
    stages: list[str] = []
    for _ in range(random.randint(1, 4)):
        lines += _stage(random, stages)
    return "\n".join(lines) + "\n"


def _stage(random: Random, stages: list[str]) -> list[str]:
    base = random.choice((*stages, "alpine", "scratch", "img:${VERSION}", "img:${APP:-3}"))
    free = [name for name in _STAGES if name not in stages]
    name = random.choice(free) if random.random() < 0.8 else ""
    line = f"FROM {base} AS {name}" if name else f"FROM {base}"
    before = tuple(stages)
    body = [_instruction(random, before) for _ in range(random.randint(1, 7))]
    if name:
        stages.append(name)
    return [line, *body]


def _instruction(random: Random, stages: tuple[str, ...]) -> str:
    a, b = random.choice(_NAMES), random.choice(_NAMES)
    use = random.choice((f"${a}", f"${{{a}}}", f"${{{a}:-x}}", f"${{{a}:+${b}}}"))
    stage = random.choice((*stages, "other"))
    match random.choice(_KINDS):
        case "env":
            return f"ENV {b}={use} X{random.randint(0, 3)}=v"
        case "arg":
            return f"ARG {b}={use}"
        case "bare":
            return f"ARG {b}"
        case "run":
            return f'RUN echo {use} \\\n    && echo "{use}" # {use}'
        case "copy":
            return f"COPY --from={stage} /{use} /there"
        case "workdir":
            return f"WORKDIR /w/{use}"
        case "label":
            return f'LABEL {a}="{use}"'
        case "user":
            return f"USER {use}"
        case "heredoc":
            return f"RUN <<EOF\necho {use}\nEOF"
        case "inline":
            return f"COPY <<EOF /file\n{use}\nEOF"
        case "cmd":
            return random.choice((f"CMD run {use}", f'CMD ["sh", "-c", "{use}"]'))
        case "mount":
            return f"RUN --mount=from={stage},target=/t/{use} true"
    return f"ONBUILD ENV {b}={use}"
