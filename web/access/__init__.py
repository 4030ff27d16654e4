"""Who comes into the review: password, second factor, or an organisation's provider."""
