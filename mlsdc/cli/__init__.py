"""The command line: the only room that knows a terminal, a file name or an exit code."""
