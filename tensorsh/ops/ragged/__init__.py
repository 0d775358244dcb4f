"""Ragged tensors: `tf.ragged`, and what other functions do with them."""
