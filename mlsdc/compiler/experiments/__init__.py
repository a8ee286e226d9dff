"""The results of an experiment in, a verdict out: ship, iterate or kill.

Law: rows are seen once, one after the other; nothing is decided where the units were not divided as
planned.
"""
