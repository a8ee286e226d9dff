"""Patches and components that are there already: their rules."""
