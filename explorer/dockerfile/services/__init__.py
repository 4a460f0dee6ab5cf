"""What an editor asks of the language: plain functions over frozen values.

Places are character offsets into the document's text, lines count from 1. A :class:`Program` is
that of the same document; what lies outside the text is asked of
:class:`~explorer.dockerfile.services.surroundings.Surroundings`. None of the functions reads a
file, and any text, however broken, gets an answer.

::

    completion    complete(): what could stand at the caret
    hover         hover(): what the thing at the caret is, and what it means here
    navigation    definition(), references(), rename() of stages and variables
    outline       outline(): stages and their instructions as a tree
    folding       folds(): what can be folded away
    comments      toggle(): comment lines out and in again
    pairs         brackets and quotes: which to close, which belong together
    indent        what Enter inserts
    snippets      SNIPPETS, and how their places to fill in are written
    edits         TextEdit, apply()
    surroundings  what may be asked of the build context, stages and base images

    caret, scope  where an offset lies, and what holds there
    accounts      users and groups that steps add
    completing/   the parts of completion
    hovering/     the parts of hover
    naming/       stages and variables: all places of a name, and whether it can change
    knowledge/    what instructions, flags, options and variables do, in a few words
"""
