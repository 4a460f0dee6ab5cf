"""Images in registries, looked into without pulling them.

::

    line         a registry asked from ordinary threads: one loop in a thread of its own
    repository   documents, parts of blobs and whole blobs of one repository, counted
    blob         a layer that is not here: read in parts, or as it streams by
    source       ``docker://``: what a reference stands for, platform by platform
    layers       the index of such a layer: from the cache, its table of contents, or its stream
    tables       the tables of contents of eStargz and zstd:chunked; files fetched alone

What was fetched once is kept by digest (:mod:`explorer.store`), and shared by all images.
"""
