"""Formatting: layout alone.

White space between the parts of an instruction, the indentation of continued lines, empty lines,
white space at the ends of lines, the end of the file. What is executed, expanded or checked stays
the same character for character: scripts of RUN, here-documents, values and the case of keywords
are left alone.
"""
