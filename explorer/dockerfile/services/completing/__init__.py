"""The parts of completion, one module for each kind of thing that is completed.

::

    items       what an answer consists of
    request     what is asked: the caret, what is typed, what lies around
    ranking     which items fit what is typed, the best first
    statement   the instruction at the caret: its keyword, flags or arguments
    arguments   what each instruction takes
    flags       --flags and their values
    mounts      the fields of RUN --mount
    values      stages, images, users, platforms
    paths       files and folders of the context, of stages and of images
    variables   what may follow a dollar sign
    words       the argument that is being typed
    directives  # syntax, escape and check
"""
