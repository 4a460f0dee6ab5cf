"""The reading core held to real images: every fixture, dive's own figures, every trap.

``python -m tests.conformance.fixtures`` prints what becomes of each fixture.
"""
