"""Composition: what `use`, `for` and `if` stand for, in the values of one environment.

Statements in, statements out: after expansion a design holds plain declarations only, each with the
span of the text it came from.
"""
