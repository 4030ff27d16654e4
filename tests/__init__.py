"""The suite. Its threads wait without spinning, as those of a verb do (``samenspraak/cli.py``)."""

import os

# OpenMP reads it where a library first loads it, so it is set before any test is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
