"""The HTTP server: limits, time-outs, headers and threads."""
