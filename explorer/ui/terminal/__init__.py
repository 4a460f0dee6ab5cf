"""A terminal: what a program prints on one, kept as a screen, painted, and typed into.

::

    line      cells of one line
    screen    lines, cursor, what is above, and what control sequences do to them
    parser    bytes -> text and control sequences, each bounded
    keys      keys -> bytes
    view      a widget over a channel: paints, scrolls, selects, types
    panel     a view with its title, and what to say when it has ended

It knows nothing of what the program is or where it runs: see :class:`channel.Channel`.
"""
