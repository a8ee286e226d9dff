"""Measurements: how long mlsdc takes. Run with `make bench`."""
