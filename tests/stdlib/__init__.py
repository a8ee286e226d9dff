"""The standard library: every system keeps the same laws, and emits what it says."""
