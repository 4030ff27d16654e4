"""What people are asked about the mapping of statements: the queue, and the pair check.

``desk`` is what pages and commands use; ``live_mapping`` learns from each decision at once,
``pair_check`` stores the pairs and reads what the answers say.
"""
