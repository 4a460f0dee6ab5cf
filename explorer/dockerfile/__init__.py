"""The Dockerfile language: text in, values out, and no input or output.

The language is BuildKit's, current Dockerfile reference. Any text at all gives a tree, with
problems at exact places, and nothing of the text is lost.

::

    document    Document.parse(text): nodes, problems, tokens; str() gives the text back
    nodes       Blank, Comment, Directive, Instruction: what a document consists of
    statement   keyword, flags, words, pairs, JSON, ONBUILD: what an instruction consists of
    tokens      every character and what it is, for highlighting
    sexpression the tree as BuildKit prints it
    expansion   Expander: words with variables in them
    variables   where an instruction uses variables
    ignore      IgnoreFile: what a build context leaves out, and which line says so
    commands/   what instructions mean: Run, Copy, Env ... with BuildKit's refusals
    stages/     understand(document, inputs): stages, steps, scopes, needs
    checks/     check(document, inputs): BuildKit's 22 rules, and its errors
    formatting/ format_text(text): layout alone
    services/   what an editor asks: completion, hover, names, outline, folds ...

Where it differs from BuildKit on purpose: characters outside ASCII in flags are kept (there each
byte becomes a character); a word with ``${a:-b}`` in it loses nothing when it is split; ``$`` in
the replacement of ``${a//b/c}`` is a dollar sign; a bracket in an ignore pattern has no meaning but
that of Go's ``filepath.Match``. Bounds protect against hostile files: see ``MAX_`` names in
``statement``, ``substitution`` and ``stages.program``.
"""
