"""The pages that ask people about the codebook: its themes, and the queue."""
