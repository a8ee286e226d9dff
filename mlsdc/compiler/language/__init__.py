"""Language models and retrieval: what fits, how fast tokens come, what a prompt holds."""
