"""The editor for Dockerfiles: it shows what it is given, and knows nothing of builds.

::

    editor        DockerfileEditor, the public face: text in, text out, signals
    codeview      the text area itself: keys, painting, what is in view
    mirror        the text as Python sees it, kept up to date without reading it anew
    language      the document of the text as it stands, parsed off the keystroke path
    lexing        a document into coloured spans; no widgets
    colorist      applies the spans to what is in view
    gutter        numbers, problems, folds
    chips         what each instruction does, at the end of its line
    completion/   the list that opens while typing, and its snippets
    filemodel/    the file on disk: exact bytes, saving, changes from outside, recovery
"""
