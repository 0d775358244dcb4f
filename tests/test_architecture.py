"""The arrows between the parts: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tensorsh"

# A part and what it may import of tensorsh. The parts are folders, or single files at the top level.
ALLOWED = {
    "runtime": {"runtime"},
    "language": {"language"},
    "ops": {"color", "data", "drawing", "ops", "runtime"},
    "drawing": {"data", "drawing"},
    "data": {"data", "runtime"},
    "surface": {"runtime"},
    "classes": {"language", "ops", "runtime", "surface"},
    "manual": {"manual", "ops", "runtime", "surface"},
    "session": {"classes", "language", "manual", "ops", "runtime", "surface"},
    "color": set(),
    "screen": {"color", "drawing", "runtime"},
    "settings": set(),
    "completion": {"completion", "language", "manual", "ops", "runtime", "session", "surface"},
    "evaluate": {"runtime"},
    "shell": {
        "settings",
        "shell",
        "color",
        "completion",
        "data",
        "drawing",
        "evaluate",
        "limits",
        "manual",
        "options",
        "programs",
        "reports",
        "screen",
        "session",
        "language",
        "ops",
        "runtime",
        "surface",
    },
    "reports": {"language", "session"},
    "options": {"settings"},
    "limits": {"runtime"},
    "ending": {"color", "limits", "reports", "session"},
    "given": {"color", "data", "ending", "options", "runtime", "screen"},
    "programs": {"color", "data", "ending", "given", "language", "limits", "options", "runtime", "screen", "session"},
    "serve": {
        "serve",
        "completion",
        "data",
        "evaluate",
        "given",
        "language",
        "limits",
        "options",
        "programs",
        "reports",
    }
    | {"runtime", "session"},
    "cli": {"serve", "color", "ending", "given", "limits", "options", "programs", "runtime", "shell"},
    "__main__": {"cli"},
    "__init__": set(),
}
# A package from outside that only some files may import, since it costs start-up time or is a part's own business.
OUTSIDE = {
    "prompt_toolkit": "shell",
    "lark": "language",
    "cupy": "runtime",
    "pyarrow": "data",
    "h5py": "data",
    "orjson": "data",
    "matplotlib": "drawing",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(path: Path) -> Iterator[str]:
    """Full module names that a file imports, anywhere in it."""
    package = ["tensorsh", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{stem}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    part = part_of(path)
    for name in imports(path):
        words = name.split(".")
        if words[0] == "tensorsh" and len(words) > 1 and words[1] != "__version__":
            assert words[1] in ALLOWED[part], f"{part} must not import {name}"
        if words[0] in OUTSIDE:
            assert part == OUTSIDE[words[0]], f"{name} belongs to {OUTSIDE[words[0]]}"


def test_every_part_is_spoken_of() -> None:
    assert {part_of(path) for path in modules()} <= set(ALLOWED)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_says_what_it_is_for(path: Path) -> None:
    if path.name != "__main__.py":
        assert ast.get_docstring(ast.parse(path.read_text())), f"{path} has no docstring"
