"""How long things take and how often they happen: distributions, queues, paths, failures."""
