"""What is wrong with a Dockerfile or could be better, why it matters, and what to do about it.

BuildKit's checks, our own, and those of linters become one list of diagnostics
(:func:`~explorer.dockerfile.advice.gather.diagnose`).
"""
