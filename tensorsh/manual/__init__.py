"""Help: the pages of `help(name)`, `name?` and the reference, made from the definitions themselves.

docstrings.py reads a docstring's parts, glossary.py knows the arguments that mean the same in every op, probing.py
finds out which dtypes an op takes by giving it some, page.py puts a page together. Nothing about an op is written here.
"""
