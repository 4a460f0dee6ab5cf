"""Why BuildKit's rules matter, in our own words."""

from __future__ import annotations

from typing import Final

EXPLANATIONS: Final = {
    "StageNameCasing": "Stage names know no case: BuildKit compares them in lower case. Written "
    "in lower case, a name looks the same wherever it is used.",
    "FromAsCasing": "FROM and AS are two halves of one instruction; written in different case they "
    "are hard to see as such.",
    "NoEmptyContinuation": "An empty line in the middle of a continued instruction is skipped for "
    "now, and looks as if the instruction ended there. BuildKit will take it for an error one day.",
    "ConsistentInstructionCasing": "Instructions in one case stand out from their arguments. "
    "Which case does not matter; here the one that most lines have is expected.",
    "DuplicateStageName": "A name means the last stage that has it, so the earlier one can no "
    "longer be named: COPY --from and --target silently take another stage than it seems.",
    "ReservedStageName": "scratch is the empty image and context the build context. A stage of "
    "such a name hides them, or is hidden by them.",
    "JSONArgsRecommended": "In shell form a shell is the container's first process and your "
    "program its child. docker stop signals the shell, which does not pass it on: the program is "
    "killed after ten seconds without a chance to finish. The JSON form starts the program itself. "
    "Where a shell is meant, SHELL says so.",
    "MaintainerDeprecated": "MAINTAINER can say only one thing, and only as free text. The label "
    "org.opencontainers.image.authors says the same where every tool looks for it.",
    "UndefinedArgInFrom": "A FROM line sees only the ARGs that stand before the first FROM, and "
    "the predefined ones. Anything else is empty there, and the base is not the one you mean.",
    "WorkdirRelativePath": "A relative WORKDIR starts from the base image's own, which is not "
    "written here and may change with the next version of the base.",
    "UndefinedVar": "A variable that nothing defines is empty. An ARG counts only from its line "
    "on, and only in its own stage: one from before FROM must be declared again.",
    "MultipleInstructionsDisallowed": "An image has one CMD, one ENTRYPOINT and one HEALTHCHECK. "
    "Only the last of each takes effect, and the others mislead whoever reads them.",
    "LegacyKeyValueFormat": "Without the equals sign everything up to the end of the line is the "
    "value, so a second pair on the line becomes part of the first. With it, both read as meant.",
    "InvalidBaseImagePlatform": "The base is made for another processor or system than the image "
    "is built for. RUN then needs emulation or fails, and the image may not start where it should.",
    "RedundantTargetPlatform": "The target platform is what every FROM takes when nothing is said.",
    "SecretsUsedInArgOrEnv": "The values of ENV are in the image's configuration, and those of "
    "ARG in its history, both readable for everyone who can pull it. RUN --mount=type=secret gives "
    "a step a secret that is stored nowhere.",
    "InvalidDefaultArgInFrom": "Without --build-arg the name of the base is empty or no name, so a "
    "plain docker build fails. Give the ARG a default that works.",
    "FromPlatformFlagConstDisallowed": "A constant platform here builds for that platform "
    "whatever was asked for, so an image for several platforms has the same content in all. Use "
    "$BUILDPLATFORM or $TARGETPLATFORM, or leave the choice to --platform of the build.",
    "CopyIgnoredFile": "The ignore file keeps this out of the build context, so it cannot be "
    "copied from there: the build fails, or copies less than it seems.",
    "InvalidDefinitionDescription": "A comment right above FROM or ARG is shown by docker build "
    "--call=outline as its description, and has to begin with its name. A comment about something "
    "else needs an empty line below it.",
    "ExposeProtoCasing": "Protocols are written in lower case; other tools that read EXPOSE may "
    "not know them otherwise.",
    "ExposeInvalidFormat": "EXPOSE names a port of the container. Which address and port of the "
    "host leads to it is decided when it is started, with --publish; here both are ignored.",
}
"""By the name of the rule."""
