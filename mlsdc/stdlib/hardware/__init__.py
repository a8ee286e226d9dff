"""Dated tables of hardware: every row has its unit, its source and its date."""
