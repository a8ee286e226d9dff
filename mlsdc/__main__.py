"""`python -m mlsdc` is the command `mlsdc`."""

from mlsdc.cli.app import main

if __name__ == "__main__":
    main()
