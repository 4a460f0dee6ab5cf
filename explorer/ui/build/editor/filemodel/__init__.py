"""A Dockerfile on disk: exact bytes in and out, saved whole, never a keystroke lost.

::

    lineends   how the lines of a file end, through every change of the text
    textfile   reading and writing: bytes, stamp, mode
    unsaved    what is not saved yet, kept aside for after a crash
    watching   tells when a file was changed from outside
    model      FileModel: one open file, its state, and what happens to it
    notice     what happened, in words, with what can be done
    fileeditor FileEditor: the editor of a file, all of it put together
"""
