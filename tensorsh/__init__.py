"""tensorsh: a command-line language for tensor expressions and their gradients."""

__version__ = "0.1.0"
