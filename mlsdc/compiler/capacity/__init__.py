"""Replicas, machines, accelerators and money."""
