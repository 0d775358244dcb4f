"""The language: program text -> Python code objects, and errors -> what the user reads. Knows no tensors.

The way through the files: `source` cuts a text into top-level chunks; `program` takes a whole text's compiled
form from the `cache`, or has each chunk compiled; `parser` makes a Lark tree of a chunk; `compiler` (with
`classes`, `statements`, `expressions`, `targets` and `strings`) makes Python code of the tree. What goes wrong:
`syntax_errors` (with `scene`, `lexical_errors`, `mistakes`, `left_out` and `structure`) says why a text is no
program, `diagnostics` (with `excerpt`) draws any error.

Imports nothing by itself: a program from the cache needs neither parser nor compiler.
"""
