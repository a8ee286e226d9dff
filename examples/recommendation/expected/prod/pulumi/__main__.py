"""The program: each concern is a module that declares its resources when imported."""

from importlib import import_module

CONCERNS = (
    "providers",
    "network",
    "cluster",
    "lakes",
    "online_stores",
    "streams",
    "identity",
    "operators",
    "bindings",
)

for concern in CONCERNS:
    import_module(concern)
