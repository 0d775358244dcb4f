"""The op library: one family a file, each op one definition, everything else derived from the registry."""
