"""BuildKit wherever it is: a builder of docker buildx (on this machine, another one, a cluster), or
a buildkitd that buildctl talks to.

::

    engine     a build, through whichever of the two is here
    buildx     the command line of docker buildx, and its builders
    buildctl   the command line of buildctl
    contexts   bases and named contexts as both take them
    command    runs either, and follows what it tells
    rawjson    the messages of --progress=rawjson
"""
