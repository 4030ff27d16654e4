"""The website: chat, public pages and the review."""
