"""The instructions and the parser directives."""

from __future__ import annotations

from typing import Final

from explorer.dockerfile.services.knowledge.topic import Topic

INSTRUCTIONS: Final[dict[str, Topic]] = {
    "ADD": Topic(
        "ADD source... destination",
        "Adds files from the build context, a URL or a Git repository to the image; makes a layer.",
        "add",
        "A local tar archive is unpacked. Where plain files are copied, `COPY` says so.",
    ),
    "ARG": Topic(
        "ARG name[=default]...",
        "Declares variables that `--build-arg` can set; they hold during the build only.",
        "arg",
        "One before the first `FROM` is for `FROM` lines; a stage that wants it declares it again "
        "without a value. Its value stays visible in the image's history: it is no place for "
        "secrets.",
    ),
    "CMD": Topic(
        'CMD ["executable", "argument"...]',
        "What a container runs by default, or the default arguments of the entrypoint.",
        "cmd",
        "Only the last one counts. The exec form, a JSON array, starts the program itself, which "
        "then gets the signals; the shell form starts a shell.",
    ),
    "COPY": Topic(
        "COPY [--from=stage] source... destination",
        "Copies files from the build context, another stage or an image; makes a layer.",
        "copy",
        "With several sources the destination ends with `/`. A directory's content is copied, "
        "not the directory itself.",
    ),
    "ENTRYPOINT": Topic(
        'ENTRYPOINT ["executable", "argument"...]',
        "The program that a container runs; `CMD` or the arguments of `docker run` follow it.",
        "entrypoint",
        "The shell form ignores them, and its program does not get signals. Setting it forgets "
        "the `CMD` of the base.",
    ),
    "ENV": Topic(
        "ENV key=value...",
        "Sets variables for the steps that follow and for the containers of the image.",
        "env",
        "All values of one instruction are replaced with what held before it.",
    ),
    "EXPOSE": Topic(
        "EXPOSE port[/protocol]...",
        "Notes the ports that the program listens on; publishes nothing.",
        "expose",
    ),
    "FROM": Topic(
        "FROM [--platform=platform] image [AS name]",
        "Begins a stage upon an image, another stage, or `scratch`, which is empty.",
        "from",
        "The last stage is what a build gives, unless `--target` names another one.",
    ),
    "HEALTHCHECK": Topic(
        "HEALTHCHECK [options] CMD command",
        "How to find out, again and again, whether a container still works.",
        "healthcheck",
        "It is well where the command ends with 0, unwell with 1. `NONE` switches off the base's.",
    ),
    "LABEL": Topic(
        "LABEL key=value...",
        "Adds metadata to the image.",
        "label",
    ),
    "MAINTAINER": Topic(
        "MAINTAINER name",
        "Names the author. Deprecated: `LABEL org.opencontainers.image.authors=` took its place.",
        "maintainer-deprecated",
    ),
    "ONBUILD": Topic(
        "ONBUILD instruction",
        "Keeps an instruction for builds that use this image as their base.",
        "onbuild",
    ),
    "RUN": Topic(
        "RUN [options] command",
        "Runs a command upon the image so far; what it changes in the filesystem is a layer.",
        "run",
        "The shell form goes through the shell set by `SHELL`; the exec form does not. A script "
        "of several lines can follow as a here-document: `RUN <<EOF`.",
    ),
    "SHELL": Topic(
        'SHELL ["executable", "argument"...]',
        "The shell for the shell forms of `RUN`, `CMD` and `ENTRYPOINT` that follow.",
        "shell",
    ),
    "STOPSIGNAL": Topic(
        "STOPSIGNAL signal",
        "The signal that asks a container to end; `SIGTERM` by default.",
        "stopsignal",
    ),
    "USER": Topic(
        "USER user[:group]",
        "The user, and perhaps the group, for the steps that follow and for containers.",
        "user",
        "Without a group it is the user's own, or root's where the user is not in `/etc/passwd`.",
    ),
    "VOLUME": Topic(
        "VOLUME path...",
        "Marks places where containers keep data outside of their own layer.",
        "volume",
        "The classic builder drops changes that later steps make there.",
    ),
    "WORKDIR": Topic(
        "WORKDIR path",
        "The working directory for what follows; it is created where it is missing.",
        "workdir",
        "A relative path goes on from the one before.",
    ),
}

DIRECTIVES: Final[dict[str, Topic]] = {
    "check": Topic(
        "# check=skip=rules;error=true",
        "Which build checks are left out, and whether a warning stops the build.",
        "check",
    ),
    "escape": Topic(
        "# escape=character",
        "The character that continues lines and escapes others: a backslash or a backtick.",
        "escape",
        "The backtick helps on Windows, where a backslash separates folders.",
    ),
    "syntax": Topic(
        "# syntax=image",
        "The image of the frontend that reads this file.",
        "syntax",
        "`docker/dockerfile:1` is the newest release of the current language.",
    ),
}
