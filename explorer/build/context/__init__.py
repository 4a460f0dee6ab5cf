"""The build context: a folder as a builder would get it, looked at without reading its files.

:class:`~explorer.build.context.context.Context` is what a scan gives,
:class:`~explorer.build.context.tree.ContextTree` what COPY and ADD read from,
:class:`~explorer.build.context.watch.Watch` tells what changes.
"""
