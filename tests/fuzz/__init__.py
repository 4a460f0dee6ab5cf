"""Thousands of damaged images, each opened and looked through.

``python -m tests.fuzz`` runs ten thousand; ``--count``, ``--seed`` and ``--only`` choose others.
"""
