"""The command line: verbs over :mod:`explorer.analysis`, and the way into the window.

Every module here imports only what its verb needs, and Qt never: ``layerscope`` without a verb is
the one place that reaches for the window.
"""
