"""What a build would do, step by step, without doing it.

:func:`~explorer.build.plan.planning.plan` gives each step its cache key with the parts it is made
of, looks for it in :class:`~explorer.build.plan.records.BuildRecords`, and says why it is not
there. Nothing is run, fetched or written.
"""
