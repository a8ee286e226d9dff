"""Which formula answers which question: one file a kind, each with a table `METHODS`.

Order matters: of several methods for one quantity the first that applies is taken.
"""
