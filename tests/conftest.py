"""Hypothesis draws anew on a developer's machine, and the same examples in continuous integration.

A law that fails by chance once a month belongs on a desk, not into somebody else's pull request.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("integration", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("integration")
