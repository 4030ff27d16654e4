"""Rules that say what a typed text is made of, without a trained model."""
