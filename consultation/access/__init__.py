"""Second factors, a provider's accounts, and the chain over the audit log."""
