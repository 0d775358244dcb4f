"""TensorFlow's numeric API beside ours: which symbols are there, and which signatures differ.

The facts are in `tf_api.tsv`. A symbol counts if it is found under every one of its paths; a member of a class is
found on a value of the class. A signature agrees if a call that TensorFlow takes binds the same arguments here:
the same parameters in the same order, of the same kinds, with the same defaults. Ours may take more after them, and
have a default where TensorFlow has none.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tensorsh import surface
from tensorsh.ops.namespace import Namespace
from tensorsh.session import Session

#: Symbols that are not here, each with the reason.
LEFT_OUT = {}

#: Signatures that differ, each with the reason.
DIFFERING = {
    "zeros": "the shape may be spread: zeros(2, 1)",
    "ones": "the shape may be spread: ones(2, 1)",
    "reshape": "the shape may be spread: reshape(x, 2, 1)",
    "dtypes.DType": "programs name the dtypes; they make none",
    "errors.OpError": "the code of an error is its class's",
    "linalg.LinearOperator": "the classes below it are made",
    **{f"linalg.LinearOperatorCirculant{depth}": "the class's name stands for no name" for depth in ("", "2D", "3D")},
}

#: A value of each class whose members are symbols.
VALUES = {
    "GradientTape": "GradientTape()",
    "IndexedSlices": "IndexedSlices(constant([1.]), constant([0]), constant([2]))",
    "Module": "tf.Module(name='m')",
    "Tensor": "constant([1., 2.])",
    "TensorShape": "TensorShape([1, 2])",
    "TensorSpec": "tf.TensorSpec([2])",
    "Variable": "Variable([1., 2.])",
    "autodiff.ForwardAccumulator": "tf.autodiff.ForwardAccumulator(constant(1.), constant(1.))",
    "dtypes.DType": "float32",
    "random.Generator": "tf.random.Generator.from_seed(1)",
    "keras.losses.Loss": "tf.keras.losses.MeanSquaredError()",
    "keras.metrics.Metric": "tf.keras.metrics.Mean()",
    "keras.optimizers.Optimizer": "tf.keras.optimizers.SGD()",
}


@dataclass(frozen=True)
class Symbol:
    """One symbol of TensorFlow's API."""

    scope: str
    family: str
    name: str
    others: tuple[str, ...]
    signature: str

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.name, *self.others)

    @property
    def is_special(self) -> bool:
        """A special method is called by an operator, or by place: its parameters' names do not matter."""
        return self.name.rpartition(".")[2].startswith("__")


def symbols() -> list[Symbol]:
    text = (Path(__file__).parent / "tf_api.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return [Symbol(scope, family, name, tuple(others.split()), sig) for scope, family, name, others, sig in rows]


class Finder:
    """Looks symbols up as a program would."""

    def __init__(self) -> None:
        self._session = Session(show=lambda value: None)
        self._values: dict[str, Any] = {}

    def find(self, path: str) -> Any:
        """What is at a path below tf, or on a value of its class. Raises AttributeError if nothing is."""
        owner, _, member = path.rpartition(".")
        if owner in VALUES:
            return self._member(owner, member)
        found: Any = Namespace("tf")
        for part in path.split("."):
            found = surface.lookup(found, part)
        return found

    def has(self, path: str) -> bool:
        try:
            self.find(path)
        except (AttributeError, RuntimeError) as error:
            # Attributes of graphs: TensorFlow itself refuses them where there is none.
            return "eager execution is enabled" in str(error)
        return True

    def _member(self, owner: str, name: str) -> Any:
        if owner not in self._values:
            self._session.run(f"value = {VALUES[owner]}", owner)
            self._values[owner] = self._session.names["value"]
        return surface.lookup(self._values[owner], name)


def missing_paths(symbol: Symbol, finder: Finder) -> list[str]:
    return [path for path in symbol.paths if not finder.has(path)]


# ---------------------------------------------------------------- signatures


def difference(symbol: Symbol, finder: Finder) -> str | None:
    """How the signature differs from TensorFlow's: None if it does not, or if there is nothing to compare."""
    if symbol.signature == "-" or symbol.is_special:
        return None
    found = finder.find(symbol.name)
    wanted = _parameters(symbol.signature)
    if wanted[:1] in (["self"], ["cls"]):  # ours is looked up on a value, which binds the first
        wanted = wanted[1:]
    ours = list(_ours(found))
    if wanted == ["*args", "**kwargs"]:
        return None
    alike = len(ours) >= len(wanted) and all(map(_takes, ours, wanted))
    if alike and all("=" in more or more.startswith("*") for more in ours[len(wanted) :]):
        return None
    return f"({', '.join(ours)}) for ({', '.join(wanted)})"


def _takes(ours: str, wanted: str) -> bool:
    """Whether our parameter takes what TensorFlow's takes: it is the same, or need not be given here."""
    return ours == wanted or ours.partition("=")[0] == wanted


def _parameters(signature: str) -> list[str]:
    """The parameters of a signature, split at its outer commas."""
    found, depth, quote = [""], 0, ""
    for letter in signature[1:-1]:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth and not quote:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found if part.strip()]


def _ours(function: Any) -> Iterator[str]:
    """Our parameters in the words of the table; a bare * is the mark of those that must be named."""
    named_only = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            yield "*" + parameter.name
            named_only = True
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not named_only:
            yield "*"
            named_only = True
        if parameter.kind is parameter.VAR_KEYWORD:
            yield "**" + parameter.name
        elif parameter.default is parameter.empty:
            yield parameter.name
        else:
            yield f"{parameter.name}={_default(parameter.default)}"


def _default(value: Any) -> str:
    if inspect.isfunction(value):
        return value.__name__
    text = re.sub(r"\btf\.(\w+)", r"'\1'", repr(value))
    return re.sub(r"<(\w+)\.(\w+): .*>", r"\1.\2", text)


# ---------------------------------------------------------------- the count


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/api", description="How much of TensorFlow's numeric API is here.")
    parser.add_argument("family", nargs="*", help="only these families, such as 'nn' or 'keras.losses'")
    options = parser.parse_args(arguments)
    finder = Finder()
    there: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    notes: dict[tuple[str, str], list[str]] = {}
    for symbol in symbols():
        if options.family and symbol.family not in options.family:
            continue
        key = (symbol.scope, symbol.family)
        total[key] += 1
        lines = notes.setdefault(key, [])
        missing = missing_paths(symbol, finder)
        if missing:
            reason = LEFT_OUT.get(symbol.name)
            lines.append(f"missing: {', '.join(missing)}" + (f" ({reason})" if reason else ""))
            continue
        there[key] += 1
        if (differs := difference(symbol, finder)) is not None:
            reason = DIFFERING.get(symbol.name, "unexplained")
            lines.append(f"signature: {symbol.name}{differs}: {reason}")
    for key in sorted(total):
        print(f"{key[0]:<9} {key[1]:<40} {there[key]:>4} of {total[key]}")
        for line in notes[key]:
            print("    " + line)
    for scope in sorted({scope for scope, _ in total}):
        found, of = (sum(count for key, count in table.items() if key[0] == scope) for table in (there, total))
        print(f"{scope:<9} {'all':<40} {found:>4} of {of}: {found / of:.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
