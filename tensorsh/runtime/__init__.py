"""Tensors, variables, tapes, dtypes, random streams and printing. Knows no syntax and no op library."""
