"""What people are asked about the mapping of statements, and what a run makes of the answers.

``desk`` is what pages and commands use: ``live_mapping`` learns from each decision at once,
``pair_check`` stores the pairs and reads what the answers say. ``codebook_run`` maps the statements
in a run.
"""
