"""Where Debian's buildah 1.28 and our engine do not agree; the engine does what BuildKit does."""

from __future__ import annotations

from tests.build.preview.expected import DIFFERENCES as _FORETOLD

DIFFERENCES: dict[str, str] = {
    **_FORETOLD,
    "multistage-copyback": "buildah 1.28 keeps in a stage what another writes into its mount",
    "volumerun": "buildah drops what a RUN writes into a VOLUME, BuildKit keeps it",
}
"""The reason, by the case's name."""

NOT_HERE: dict[str, str] = {
    "shell test": "it needs bash, which the stand-in for its base has not",
    "mount": "the suite mounts a folder of its own into it",
    "transient-mount": "the suite mounts a folder of its own into it",
    "mount-targets-old": "its context is made by the suite",
    "header-builtin": "it needs readelf and libraries of two machines",
    "build-arg overrides header arg for FROM": "its base is an argument of the suite's own",
}
"""Why a case cannot be built where there is no network."""
