"""The pages that ask people about the codebook: its themes, the queue, and pairs."""
