"""The stance of statements: for, against, or for on a condition; and rules that they name."""
