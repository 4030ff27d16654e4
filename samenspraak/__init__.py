"""The command line interface and the processes that it starts."""
