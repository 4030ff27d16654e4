"""From stored answers to statements, duplicate groups and vectors that can be clustered."""
