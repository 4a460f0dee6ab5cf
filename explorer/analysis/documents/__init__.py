"""The JSON documents of the command line, as plain values: a public contract.

The same documents are printed by ``--json`` and copied by the window. Fields are added, never
renamed. Paths are absolute inside the image and bytes that are not UTF-8 are percent-escaped, with
the raw bytes beside them in base64; sizes are integers in bytes; times are RFC 3339 in UTC; digests
``sha256:...``; modes octal strings of the twelve permission bits; layers count from 0, the lowest.

A document can hold iterators in place of lists: a listing of a million entries is written as it is
made. :func:`explorer.analysis.documents.values.settled` turns them into lists.
"""
