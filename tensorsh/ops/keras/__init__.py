"""Keras: losses, metrics, activations and what they share. Each file is a family, or helps some."""
