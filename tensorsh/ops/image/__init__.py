"""`tf.image`: each file is a family, or helps some."""
