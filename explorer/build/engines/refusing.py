"""What engines without a session do not do, by name, told before anything runs."""

from __future__ import annotations

from explorer.build.request import BuildRequest
from explorer.errors import Unsupported


def refuse_session(request: BuildRequest, title: str, hint: str, *, secrets: bool = False) -> None:
    """Raise :class:`Unsupported` for what needs a session with the builder.

    That is secrets (unless the engine takes ``secrets`` otherwise), SSH agents, named contexts and
    several platforms at once.
    """
    if request.secrets and not secrets:
        raise _cannot(title, "be given secrets", f"--secret id={request.secrets[0].id}", hint)
    if request.ssh:
        raise _cannot(title, "be given SSH agents", f"--ssh {request.ssh[0].id}", hint)
    if request.contexts:
        name = next(iter(request.contexts))
        raise _cannot(title, "be given named contexts", f"--build-context {name}", hint)
    refuse_platforms(request, title)


def refuse_platforms(request: BuildRequest, title: str) -> None:
    """Raise :class:`Unsupported` for several platforms: one image comes of a build."""
    if len(request.platforms) > 1:
        raise _cannot(
            title,
            "build for several platforms at once",
            ", ".join(map(str, request.platforms)),
            "Build for one platform after the other",
        )


def _cannot(title: str, what: str, why: str, hint: str) -> Unsupported:
    return Unsupported(f"{title} cannot {what} here", why=f"{why} was asked for", hint=hint)
