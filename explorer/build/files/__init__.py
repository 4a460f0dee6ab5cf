"""Which files a COPY or ADD selects, and where each of them goes, exactly as BuildKit does it.

:func:`~explorer.build.files.sources.find` answers what the sources of an instruction are,
:func:`~explorer.build.files.select.select` also where they land in a filesystem, and
:func:`~explorer.build.files.assemble.assemble` makes a layer of that. Nothing is ever run, fetched
or unpacked, and no file is opened but archives and tables of users.
"""
