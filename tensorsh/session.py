"""A session: names, and running program text against them. Knows no terminal and no files but `.tsh` modules.

Program text goes through `language` to units of code; a unit runs with the session's names as its globals and the
op library as its builtins. A unit that fails binds nothing.
"""

from __future__ import annotations

import builtins
import gc
import marshal
import os
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from . import classes, surface
from .language.cache import load_blob, store_blob
from .language.fingerprint import stamp
from .language.program import compile_program
from .language.source import Source, TensorshSyntaxError, Unit
from .ops import bounded, registry
from .ops.namespace import AT_HAND, MODULES, Namespace, namespace_names
from .runtime import backend, devices, local, memory, random, tape
from .runtime import files as gate
from .runtime.files import Files, NoFiles

_UNBOUND = object()
_IMPORT_HINT = (
    f"tensorsh provides {', '.join(sorted(MODULES))} (or parts of them), and the .tsh files beside the program"
)
#: What does here what a module that is not here is imported for.
_INSTEAD = {
    "matplotlib": "plot(x, y), hist(x) and imshow(x) draw, with file= into a file",
    "pandas": 'load("data.csv") reads a table',
}


class Session:
    """Names and what runs against them.

    show: called with the value of every top-level expression statement that is not None.
    folder: where `import name` looks for `name.tsh`.
    files: which files the program may read and write; all, if None.
    count: called before each block of the program with the number of its operations, if it is given.
    """

    def __init__(
        self,
        show: Callable[[Any], None] | None = None,
        argv: Iterable[str] = (),
        folder: str = ".",
        files: Files | None = None,
        count: Callable[[int], bool] | None = None,
    ) -> None:
        prepare_library()
        self._seeds = random.SeedState()
        self._local: dict[str, Any] = {}
        self.show = show or (lambda value: print(repr(value)))
        self.show_help: Callable[[str], None] = print
        self.folder = folder
        self.files = files or Files()
        self.count: Any = count
        self.device: devices.Device | None = None  # where tensors are made; None: where they were made before
        self.lost: BaseException | None = None  # what was to end the statement, raised where Python passes nothing on
        self.sources: dict[str, Source] = {}
        self._modules: dict[str, Any] = {}
        self._builtins: dict[str, Any] = {
            "@attr": surface.lookup,
            "@attributes": classes.Attributes(),
            "@super": classes.parent,
            "@power": bounded.power,
            "@shift": bounded.shift,
            "@count": count,
            "@echo": self._echo,
            "@import": self._import,
            "@import_from": self._import_from,
            "__import__": builtins.__import__,  # for C code that imports while a program runs; no program can name it
            "__build_class__": classes.build_class,  # what `class` calls, and after what it names the module
            "__name__": "__main__",
            "super": super,  # compiled programs can only call it, without arguments
            "getattr": surface.get,
            "hasattr": surface.has,
            "help": self._help,
            "Exception": Exception,
            "argv": list(argv),
        }
        self.names: dict[str, Any] = {"__builtins__": self._builtins}
        if not gc.isenabled():  # as the command line starts; what is loaded by now stays, to the end
            gc.freeze()
            gc.enable()
        self._declared: set[str] = set()  # what functions may bind by a `global`

    def run(self, text: str, name: str, first_line: int = 1) -> None:
        """Run a text statement by statement, each as soon as it is known to be complete.

        Raises what the first failing statement raises; those before it have run.
        """
        from .language.chunks import Chunker

        source = self._source(name, text, first_line)
        chunker = Chunker(first_line)
        for line in text.splitlines(keepends=True):
            for chunk in chunker.feed(line):
                self.run_chunk(source, chunk)
        for chunk in chunker.finish():
            self.run_chunk(source, chunk)

    def evaluate(self, text: str, name: str) -> Any:
        """The value of a text's last expression, None if it has none; nothing is shown, and `_` stays what it was."""
        shown: list[Any] = []
        show, self.show = self.show, shown.append
        last = self._builtins.get("_", _UNBOUND)
        try:
            self.run(text, name)
        finally:
            self.show = show
            if last is not _UNBOUND:
                self._builtins["_"] = last
            else:
                self._builtins.pop("_", None)
        return shown[-1] if shown else None

    def run_chunk(self, source: Source, chunk: Any) -> None:
        """Compile and run one top-level statement of a source that this session knows."""
        from .language.compiler import compile_chunk

        self.execute(compile_chunk(source, chunk, _plain, self.count is not None))

    def growing_source(self, name: str) -> GrowingSource:
        """A source to which lines are added as they arrive."""
        source = self.sources[name] = GrowingSource(name)
        return source

    def compile(self, text: str, name: str) -> list[Unit]:
        """Compile a whole program, or find it in the cache. Raises TensorshSyntaxError; nothing has run then."""
        return compile_program(self._source(name, text), _plain, library_stamp(), self.count is not None)

    def execute(self, unit: Unit, nested: bool = False) -> None:
        """Run one unit, or a module's while one runs. If it raises, every name is bound as it was before."""
        self._load(unit.names)
        self._declared |= unit.declares
        names = self.names
        before = [(name, names.get(name, _UNBOUND)) for touched in (unit.touches, self._declared) for name in touched]
        recorders = tape.recorders[:]
        random.state, local.current, gate.current = self._seeds, self._local, self.files
        if self.device is not None:
            devices.select(self.device)  # each time, as CuPy's choice is one of the thread's
        backend.quiet()
        self.lost = None
        try:
            exec(unit.code, names)
        except BaseException as error:
            from .language.diagnostics import settle

            for name, value in before:
                if value is not _UNBOUND:
                    names[name] = value
                elif name in names:
                    del names[name]
            tape.recorders[:] = recorders  # whatever cut the statement short may have left its tapes open
            if isinstance(error, MemoryError):
                raise memory.explained(error).with_traceback(error.__traceback__) from None
            settle(error)
            if isinstance(error, RecursionError):
                limit: Any = error
                limit.hint = (
                    f"some {sys.getrecursionlimit()} calls may be open at once; --max-recursion N sets another number"
                )
            raise
        before.clear()  # a generator that nothing names any more is closed by that, which may be what a limit stops
        if self.lost is not None:
            raise self.lost

    def use_device(self, text: str) -> None:
        """Make tensors on "cpu", "gpu", "gpu:N", or a GPU if there is one ("auto").

        Raises ValueError for another text, NoSuchDevice for a GPU that is not there.
        """
        device = devices.choose(text)
        if device != devices.CPU or self.device is not None:
            self.device = device

    @property
    def last_value(self) -> Any:
        """What `_` stands for: the value shown last, or None."""
        return self._builtins.get("_")

    def visible_names(self) -> dict[str, Any]:
        """What the program itself has bound."""
        return {name: value for name, value in self.names.items() if name != "__builtins__"}

    def known_names(self) -> list[str]:
        """Every name a program could use here: its own and the library's."""
        return [*self.visible_names(), *self._builtins, *registry.index().short, *AT_HAND]

    def known_paths(self, name: str) -> list[str]:
        """What a program may have meant by a bare name: tf.random by `random`, tf.random.normal by `random_normal`."""
        below = [path for path in namespace_names() if path.startswith("tf.")]
        if "_" in name:
            below += [path for path in registry.index().paths if path.startswith("tf.")]
        return below

    def parameters(self, name: str) -> list[str]:
        """The parameter names of the function that a program calls by `name`, such as "reduce_sum" or "tf.nn.relu"."""
        last = name.rpartition(".")[2]
        function = registry.PATHS.get(name) or self.names.get(last, self._builtins.get(last))
        if function is None:
            paths = [path for path in registry.PATHS if path.endswith("." + last)]
            function = registry.PATHS[min(paths, key=len)] if paths else None
        code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
        return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]) if code else []

    def reset(self) -> None:
        """Forget every name the program has bound, and what was shown last."""
        self._builtins.pop("_", None)
        self.names.clear()
        self.names["__builtins__"] = self._builtins

    def _source(self, name: str, text: str, first_line: int = 1) -> Source:
        source = self.sources[name] = Source(name, text, first_line)
        return source

    def _load(self, names: Iterable[str]) -> None:
        """Put the library names that a unit reads among its builtins."""
        table = self._builtins
        for name in names:
            if name not in table:
                if name in registry.index().short:
                    table[name] = registry.resolve(name)
                elif name in AT_HAND:
                    table[name] = Namespace(name)

    def _echo(self, value: Any) -> None:
        if value is not None:
            self._builtins["_"] = value
            self.show(value)

    def _help(self, subject: Any = None) -> None:
        """Print the help page of a value, or of what a text names; without either, where to look.

        >>> help(square)
        """
        from .manual.page import window_width

        self.show_help(self.help_text(subject, window_width()))

    def help_text(self, subject: Any = None, width: int | None = None) -> str:
        """What `help(subject)` prints, in lines of that width. Raises NameError for a text that names nothing."""
        from .manual import page

        width = width or page.WIDTH
        if subject is None:
            return page.overview(width)
        if isinstance(subject, str):
            names = self.visible_names()
            is_public = subject.isidentifier() and not subject.startswith("__")
            builtin = self._builtins.get(subject) if is_public else None
            subject = names[subject] if subject in names else builtin or page.named(subject)
        return page.text(page.page(subject, evaluate_example), width)

    def _import(self, module: str, asname: str | None) -> Any:
        top, _, rest = module.partition(".")
        if top in MODULES:
            path = MODULES[top] + ("." + rest if rest else "")
            if rest and path not in namespace_names():
                raise ModuleNotFoundError(f"No module named {module!r}")
            return Namespace(MODULES[top] if asname is None else path)
        return self._tsh_module(module)

    def _import_from(self, module: str, name: str) -> Any:
        top, _, rest = module.partition(".")
        if top in MODULES:
            path = ".".join([MODULES[top], *filter(None, [rest])])
            try:
                return getattr(Namespace(path), name)
            except AttributeError:
                raise ImportError(f"cannot import name {name!r} from {module!r}") from None
        try:
            return getattr(self._tsh_module(module), name)
        except AttributeError:
            raise ImportError(f"cannot import name {name!r} from {module!r}") from None

    def _tsh_module(self, module: str) -> Any:
        """The names that `module`.tsh binds, run once in a session of its own."""
        path = os.path.join(self.folder, *module.split(".")) + ".tsh"
        if path not in self._modules:
            allowed = self.files.reading(path)
            try:
                with open(allowed, encoding="utf-8") as file:
                    text = file.read()
            except FileNotFoundError:
                missing: Any = ModuleNotFoundError(f"No module named {module!r}")
                missing.hint = _INSTEAD.get(module.partition(".")[0], _IMPORT_HINT)
                raise missing from None
            except OSError as error:
                raise ImportError(f"cannot read {path}: {error.strerror}") from None
            except UnicodeDecodeError:
                raise ImportError(f"cannot read {path}: it is not UTF-8 text") from None
            inner = Session(lambda value: None, folder=os.path.dirname(path), files=self.files, count=self.count)
            inner._modules = self._modules
            inner._seeds = self._seeds  # one stream of random numbers, whoever draws from it
            self._modules[path] = bound = Module(module, inner.names)
            self.sources[path] = Source(path, text)
            try:
                for unit in inner.compile(text, path):
                    inner.execute(unit, nested=True)
            except BaseException:
                del self._modules[path]
                raise
            finally:
                self.sources.update(inner.sources)
            return bound
        return self._modules[path]


def evaluate_example(text: str) -> Any:
    """The value of the last expression of a text, run in a session of its own that reaches no files."""
    return Session(files=NoFiles()).evaluate(text, "example")


class GrowingSource(Source):
    """A source whose text is still arriving, line by line."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        super().__init__(name, "")

    def append(self, line: str) -> None:
        self._lines.append(line.rstrip("\n"))

    def line(self, number: int) -> str:
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


class Module:
    """An imported .tsh file: its names as attributes."""

    __slots__ = ("_name", "_names")

    def __init__(self, name: str, names: dict[str, Any]) -> None:
        self._name, self._names = name, names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._names:
            raise AttributeError(f"module {self._name!r} has no attribute {name!r}")
        return self._names[name]

    def __dir__(self) -> list[str]:
        return [name for name in self._names if not name.startswith("_")]

    def __repr__(self) -> str:
        return f"<module {self._name!r}>"


class _PlainNames:
    """`surface.plain_names`, worked out when the compiler first asks: a program from the cache never does."""

    def __init__(self) -> None:
        self._names: frozenset[str] | None = None

    def __contains__(self, name: object) -> bool:
        if self._names is None:
            index = registry.index()
            known = {part for path in index.paths for part in path.split(".")}
            self._names = surface.plain_names(known.union(index.attributes))
        return name in self._names


_plain: Any = _PlainNames()


@cache
def library_stamp() -> bytes:
    """What compiled programs and the op index depend on beside the language: the package's other files and NumPy."""
    import numpy

    here = os.path.dirname(__file__)
    ops = os.path.join(here, "ops")
    packages = [entry.path for entry in os.scandir(ops) if entry.is_dir() and entry.name != "__pycache__"]
    return stamp(here, os.path.join(here, "runtime"), ops, *packages) + numpy.__version__.encode()


def prepare_library() -> None:
    """Take the op index from the cache; where there is none, make it and keep it."""
    if registry.known_index().complete:
        return
    key = library_stamp()
    blob = load_blob("index", key)
    if blob is not None:
        registry.use_index(registry.Index(*marshal.loads(blob)))
    else:
        store_blob("index", key, marshal.dumps(registry.index().to_keep()))


__all__ = ["Module", "Session", "TensorshSyntaxError", "library_stamp", "prepare_library"]
