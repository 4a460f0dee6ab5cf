"""`package wheel|app|deb`: what is given to people, built and tried out."""

from collections.abc import Sequence

from devkit.app import build_app
from devkit.debian import build_deb
from devkit.environment import Environment
from devkit.project import Project
from devkit.trouble import DevError, say
from devkit.wheel import build_wheel

KINDS = ("wheel", "app", "deb")


def package(environment: Environment, arguments: Sequence[str]) -> int:
    """Build what is named into ``dist/``. A package for Debian is made of the app."""
    if not arguments or not set(arguments) <= set(KINDS):
        raise DevError(
            "package takes what to build",
            hint=f"python3 packaging/dev.py package {'|'.join(KINDS)}",
        )
    project = Project(environment.root)
    # Not .venv: what is packed must not depend on what a developer has installed.
    clean = Environment(environment.root, "build/venv")
    clean.ensure()
    if "wheel" in arguments:
        for made in build_wheel(clean, project):
            say(f"made {made}")
    if {"app", "deb"} & set(arguments):
        app = build_app(clean, project)
        say(f"made {app}")
        if "deb" in arguments:
            say(f"made {build_deb(clean, project, app)}")
    return 0
