"""`tf.linalg.LinearOperator*`: each file is a family, or helps some."""
