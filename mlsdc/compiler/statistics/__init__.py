"""Statistics of experiments and of drift: plain numbers in, plain numbers out, one subject a file.

Law: no I/O, no chance; a number that a formula is not defined for raises ValueError with what it
wants. Every result that is derived carries the name of its method.
"""
