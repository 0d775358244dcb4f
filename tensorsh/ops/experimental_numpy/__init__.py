"""`tf.experimental.numpy`: each file is a family, or helps some."""
