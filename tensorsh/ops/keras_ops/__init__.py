"""`keras.ops`: each file is a family, or helps some."""
