"""Reading and writing files and pipes: one format a file, each over the library made for it.

formats.py    the table of formats: names, suffixes, first bytes, where each is read and written
files.py      load and save: paths, compression, which format it is, files that are written whole or not at all
table.py      Table, the value that named columns are
rows.py       the rows of a file of delimited text
columns.py    cells of text -> columns of one dtype each
values.py     what the formats share: values -> arrays, numbers -> text, errors that name a place in a file
records.py    standard input as a stream of records
results.py    a program's results as a stream of bytes

A format is a pair of functions, `read_NAME(file, name, **options)` and `write_NAME(file, value, **options)`, on a
binary file that can seek; their keyword-only parameters are the options that `load` and `save` take for it.
Nothing but NumPy is imported before a format asks for it, and nothing is ever unpickled.
"""
