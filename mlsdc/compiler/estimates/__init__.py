"""The capacity calculator: training, memory, serving, queues, cost and drift from plain numbers.

Law: no I/O, no clock, no chance. The files of this folder are formulas; `methods/` says which one
answers a question and writes its arithmetic down. A default is a named constant with its source in
`defaults.py`, and every estimate that rests on one is a range and prints it.
"""
