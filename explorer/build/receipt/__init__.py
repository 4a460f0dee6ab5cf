"""Receipts: what a build read that took everything from the cache, and what it told.

While all of that is as it was, the same command tells the same again and changes nothing: there is
nothing to plan. Compilers' caches know this as the direct mode.
"""
