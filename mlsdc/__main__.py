"""`python -m mlsdc` is the command `mlsdc`."""

import sys

from mlsdc.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
