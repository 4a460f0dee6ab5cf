"""The small language in which one looks for files: ``*.so size>1M change:removed layer:3``.

::

    query       = [ sequence { "or" sequence } ]
    sequence    = factor { [ "and" ] factor }                  all of them hold
    factor      = [ "-" | "!" | "not" ] ( term | "(" query ")" )
    term        = word | phrase | key operator value
    operator    = ":" | "=" | "!=" | ">" | ">=" | "<" | "<="    ":" may stand before the others
    phrase      = '"' text '"'

A word is searched for in names; one with a slash in paths. ``*``, ``?`` and ``[a-z]`` make a word a
pattern for the whole name; in a path ``*`` stays within one name, ``**`` does not, a slash at the
start is the root and one at the end means everything below. A phrase is searched for in the content
of files. Case matters if the text has a capital letter (smart case; A to Z only). A backslash or
quotes make a special character an ordinary one: ``name:"a b"``, ``\\*``.

==============  ============================  =================================================
``name:``       ``name:passwd``               contains, or matches a pattern; ``name=`` all of it
``path:``       ``path:/etc/**/*.conf``       the same of paths
``ext:``        ``ext:so,a``                  the end of the name
``type:``       ``type:file,symlink``         also dir, hardlink, char, block, device, fifo; and
                                              whiteout, opaque for the marks of layers
``size``        ``size>1M`` ``size:1k..4k``   of regular files; k M G T decimal, Ki Mi Gi Ti binary
``change:``     ``change:removed``            added, modified, removed, unchanged, any
``what:``       ``what:mode``                 of modified ones: content, mode, uid, gid, owner,
                                              xattrs, capability, link, device, type
``layer``       ``layer:3`` ``layer:2..5``    the layer that did it, or that provides the file
``mode:``       ``mode:setuid``               setgid, sticky, world-writable, executable; ``0755``
                                              exactly, ``/0111`` any of them, ``-0111`` all of them
``owner:``      ``owner:root`` ``owner:0``    by the image's own names, or by number; ``group:``
``uid``         ``uid>=1000``                 numbers; ``gid``
``mtime``       ``mtime>2024-01-01``          UTC; after that day. 2024, 2024-03, 2024-03-01T12:30
``xattr:``      ``xattr:user.*``              the name of an extended attribute
``capability``  ``capability:net_raw``        file capabilities; alone, any
``link:``       ``link:busybox``              where a symlink or hard link leads
``content:``    ``content:listen``            as a phrase
==============  ============================  =================================================

Values with commas (or ``|``) between them are alternatives.

:func:`select` asks a scope (a merged state, changes, every layer) and gives nodes; :func:`find`
gives versions: of the final filesystem, or, where a query asks about layers or changes, of every
layer, deleted ones included. Both ask columns, not entries: a million take some milliseconds.
"""

from explorer.analysis.query.expression import Limits
from explorer.analysis.query.help import TERMS, TermHelp
from explorer.analysis.query.problem import QueryError, QueryProblem
from explorer.analysis.query.scope import EVERY_LAYER, Everywhere, Marked, Scope
from explorer.analysis.query.search import Hit, Query, check_query, compile_query, find, select

__all__ = [
    "EVERY_LAYER",
    "TERMS",
    "Everywhere",
    "Hit",
    "Limits",
    "Marked",
    "Query",
    "QueryError",
    "QueryProblem",
    "Scope",
    "TermHelp",
    "check_query",
    "compile_query",
    "find",
    "select",
]
