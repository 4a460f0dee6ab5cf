"""A proxy before a real registry that drops, stalls, truncates, corrupts, and answers 429 and 5xx.

``python -m tests.registry.faulty [PULLS PUSHES SEED]`` makes so many transfers through it and
prints what came of them. Each fault is decided by the seed, the transfer and the request, not by
the order in which requests arrive: so the same seed does the same to every transfer.
"""
