"""Where the work of an analysis is done: in this process, or in those of a Dask cluster."""
