"""News by mail for participants who asked for it: addresses, and the queue of mails."""
