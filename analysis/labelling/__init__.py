"""Labels, keywords, quotes and proposed actions of themes."""
