"""What Keras's families of small objects (initializers, constraints, regularizers) share: dtypes as Keras reads
them, and how an object is found by its name and made again from a dictionary.
"""

from __future__ import annotations

import re
from typing import Any


class Catalogue:
    """The classes of one of Keras's families, by name: `MaxNorm` and `max_norm`.

    module: where Keras has them, such as "keras.constraints". noun: what its messages call them.
    """

    def __init__(self, module: str, noun: str, classes: dict[str, Any]) -> None:
        self._module, self._noun = module, noun
        self._classes = {_snake_case(name): cls for name, cls in classes.items()} | classes

    def serialize(self, value: Any) -> Any:
        """The dictionary from which `deserialize` makes such an object again."""
        if value is None:
            return None
        name, config = type(value).__name__, value.get_config()
        return {"module": self._module, "class_name": name, "config": config, "registered_name": None}

    def deserialize(self, config: Any) -> Any:
        """The object of a name or of a dictionary; the name itself if there is no such class, as in Keras."""
        if isinstance(config, dict):
            name, options = config.get("class_name"), dict(config.get("config", {}))
        else:
            name, options = config, {}
        cls = self._classes.get(name) if isinstance(name, str) else None
        if cls is None and isinstance(config, dict) and "module" in config:
            raise TypeError(
                f"Could not locate class '{name}'. Make sure custom classes and functions are decorated with "
                f"`@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are all "
                f"imported so that the decorator is run before trying to load them. Full object config: {config}"
            )
        return name if cls is None else cls.from_config(options)

    def get(self, identifier: Any) -> Any:
        """The object that a name, a dictionary, a class or a function stands for. Raises ValueError for others."""
        found = self.deserialize(identifier) if isinstance(identifier, (str, dict)) else identifier
        if found is not None and not callable(found):
            raise ValueError(f"Could not interpret {self._noun} identifier: {identifier}")
        return found() if isinstance(found, type) else found


def _snake_case(name: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()
