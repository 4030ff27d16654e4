"""What is kept how long, and everything that is kept of one participant."""
