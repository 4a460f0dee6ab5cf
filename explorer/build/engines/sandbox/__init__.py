"""The embedded engine: builds on Linux, as root or not, without a daemon.

::

    engine     a build, step by step: what hits, what is computed, what runs
    client     talks to the worker
    worker     a process of its own, in namespaces of its own: unpacks, runs, packs
    launch     one RUN: mounts, limits, capabilities, and then the command
    snapshots  layers as folders, below an overlay
    shell      a command on a terminal, in what a failed RUN left

A RUN sees the files of its stage and what its mounts give it, nothing else of this machine but its
network. It runs in mount, process, IPC and host name namespaces of its own, with Docker's default
capabilities, without new privileges, and behind a filter of system calls. It ends with the worker,
and the worker with the build, however that ends; so no process and no mount is left behind.
"""
