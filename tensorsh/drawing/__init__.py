"""Pictures of numbers: in the terminal, in braille and block characters, and into files by matplotlib.

canvas.py turns dots into text, charts.py turns numbers into dots with a frame around them, files.py asks matplotlib.
Nothing here knows tensors: everything is given and returned as NumPy arrays and text.
"""
