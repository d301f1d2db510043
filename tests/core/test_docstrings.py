"""Every public function of ``core`` is documented as numpydoc asks, with the shapes of its arrays.

``python tests/core/test_docstrings.py [ROOM]`` lists what is wrong, for all of ``core`` or one room.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol

import pytest

from impasto.core.tasks import registry

TASKS = {task.run for task in registry.tasks()}
CORE = Path(__file__).parents[2] / "core"
ROOMS = sorted(
    path.name for path in CORE.iterdir() if path.is_dir() and (path / "__init__.py").exists()
)
CODES = {
    *("GL06", "GL07", "GL08"),  # unknown sections, order of sections, no docstring
    *("SS03", "SS04", "SS05", "SS06"),  # a summary: one line, a sentence, "Return", not "Returns"
    *("PR01", "PR02", "PR03", "PR04", "PR07"),  # parameters: all, in order, typed, described
    *("RT01", "RT03", "YD01"),  # what is returned or yielded, described
}
NO_SUBJECT = re.compile(
    r"(Of|What|Those|With|That|By|Where|Which|How|Whether|See|From|Such|In|As|To|So)\b"
)
ARRAY = re.compile(r"ndarray|Tensor")
SHAPE = re.compile(r"\([^()]*\)")
DTYPE = re.compile(r"\b(float16|float32|float64|float|uint8|uint16|int64|int32|int|bool|complex)\b")


@dataclass(frozen=True)
class Public:
    """A public function, method or class of ``core``."""

    name: str
    """Dotted, as numpydoc imports it."""
    thing: object


def modules(room: str) -> Iterator[ModuleType]:
    paths = sorted((CORE / room).rglob("*.py")) if room else sorted(CORE.glob("*.py"))
    for path in paths:
        parts = path.relative_to(CORE.parent).with_suffix("").parts
        if not any(part.startswith("_") for part in parts):
            yield importlib.import_module(".".join(("impasto", *parts)))


def public(room: str) -> Iterator[Public]:
    for module in modules(room):
        where = module.__name__
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", "") != where:
                continue
            if inspect.isfunction(inspect.unwrap(thing)) and callable(thing):
                yield Public(f"{where}.{name}", thing)
            elif inspect.isclass(thing):
                yield Public(f"{where}.{name}", thing)
                for attribute, method in vars(thing).items():
                    plain = getattr(method, "__func__", method)
                    if not attribute.startswith("_") and inspect.isfunction(plain):
                        if not plain.__doc__ and any(
                            getattr(vars(base).get(attribute), "__doc__", "")
                            for base in thing.__mro__[1:]
                        ):
                            continue  # a protocol or a base class describes it
                        yield Public(f"{where}.{name}.{attribute}", plain)


def problems(room: str) -> Iterator[str]:
    for found in public(room):
        for problem in _problems(found):
            yield f"{found.name}: {problem}"


def _problems(found: Public) -> Iterator[str]:
    from numpydoc.docscrape import NumpyDocString
    from numpydoc.validate import validate

    thing = inspect.unwrap(found.thing) if callable(found.thing) else found.thing
    text = inspect.getdoc(thing) if "__doc__" in vars(thing) or not inspect.isclass(thing) else ""
    if not text or (is_dataclass(thing) and thing.__doc__.startswith(f"{thing.__name__}(")):
        yield "GL08 no docstring"
        return
    parsed = NumpyDocString(text)
    if NO_SUBJECT.match(text):
        yield f"the summary has no subject or verb: {text.splitlines()[0]!r}"
    errors = [(code, words) for code, words in validate(found.name)["errors"] if code in CODES]
    if is_dataclass(thing):
        if missing := {field.name for field in fields(thing)} - _described_fields(thing):
            yield f"fields without a word: {', '.join(sorted(missing))}"
        errors = [(code, words) for code, words in errors if not code.startswith("PR")]
    if thing in TASKS:  # the registry says what a task is given and returns
        errors = [(code, words) for code, words in errors if code not in ("PR01", "RT01")]
    if inspect.isclass(thing) and ("__init__" not in vars(thing) or is_protocol(thing)):
        errors = [(code, words) for code, words in errors if not code.startswith("PR")]
    yield from (f"{code} {words}" for code, words in errors)
    if inspect.isfunction(thing):
        yield from _arrays(thing, parsed)
        yield from _raises(found.name, thing, parsed)


def is_protocol(kind: type) -> bool:
    return Protocol in kind.__bases__


def _described_fields(kind: type) -> set[str]:
    """Fields of a dataclass that its text, or a string below the field, describes."""
    from numpydoc.docscrape import NumpyDocString

    described = set()
    for base in kind.__mro__:
        if not is_dataclass(base):
            continue
        text = inspect.getdoc(base) or ""
        parsed = NumpyDocString(text)
        for section in ("Attributes", "Parameters"):
            described |= {part.strip() for p in parsed[section] for part in p.name.split(",")}
        described |= set(re.findall(r"``(\w+)``", text))
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        for field, below in itertools.pairwise(tree.body):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                described.add(field.target.id)
    return described


def _arrays(function, parsed) -> Iterator[str]:
    """Arrays are documented with shape and dtype: ``(H, W, 3) float32``."""
    hints = dict(function.__annotations__)
    documented = {name.strip(): p for p in parsed["Parameters"] for name in p.name.split(",")}
    for name, hint in hints.items():
        if not ARRAY.search(str(hint)):
            continue
        if name == "return":
            words = " ".join(
                f"{p.name} {p.type} {' '.join(p.desc)}"
                for section in ("Returns", "Yields")
                for p in parsed[section]
            )
        elif name in documented:
            words = f"{documented[name].type} {' '.join(documented[name].desc)}"
        else:
            continue
        if not (SHAPE.search(words) and DTYPE.search(words)):
            yield f"no shape and dtype for {name!r}, say (H, W, 3) float32: {words.strip()[:60]!r}"


def _raises(name: str, function, parsed) -> Iterator[str]:
    documented = {part.strip() for p in parsed["Raises"] for part in p.type.split(",")}
    own, reachable = raised(name)
    if missing := own - documented:
        yield f"raises without saying so: {', '.join(sorted(missing))}"
    if untrue := {error for error in documented if error not in reachable}:
        yield f"says it raises what it cannot: {', '.join(sorted(untrue))}"


@cache
def _sources() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """By the bare name of every function and class: errors it raises, and names it calls.

    Bare names are an over-estimate: whatever is called ``read`` counts as called.
    """
    errors: dict[str, set[str]] = defaultdict(set)
    calls: dict[str, set[str]] = defaultdict(set)
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                calls[node.name].add("__init__")
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            for inner in ast.walk(node):
                if isinstance(inner, ast.Raise) and inner.exc is not None:
                    exc = inner.exc.func if isinstance(inner.exc, ast.Call) else inner.exc
                    label = getattr(exc, "attr", getattr(exc, "id", ""))
                    if label[:1].isupper():
                        errors[node.name].add(label)
                elif isinstance(inner, (ast.Name, ast.Attribute)):
                    calls[node.name].add(getattr(inner, "attr", getattr(inner, "id", "")))
    return errors, calls


@cache
def raised(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Errors that the body of a function raises, and all that may come from what it calls."""
    errors, calls = _sources()
    module, _, bare = name.rpartition(".")
    while module not in sys.modules:
        module = module.rpartition(".")[0]
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    found = errors.get(bare, set())
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == bare]
    own = set()
    for node in nodes[:1] if len(nodes) == 1 else []:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Raise) and isinstance(inner.exc, ast.Call):
                own.add(getattr(inner.exc.func, "attr", getattr(inner.exc.func, "id", "")))
    seen, waiting, reachable = {bare}, [bare], set(found)
    while waiting:
        for called in calls.get(waiting.pop(), ()):
            if called not in seen:
                seen.add(called)
                waiting.append(called)
                reachable |= errors.get(called, set())
    own = {error for error in own if error[:1].isupper() and error != "StopIteration"}
    return frozenset(own), frozenset(
        reachable | {"ImpastoError", "OSError", "ValueError", "KeyError"}
    )


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_public_functions_are_documented(room):
    assert list(problems(room)) == []


if __name__ == "__main__":
    rooms = sys.argv[1:] or ["", *ROOMS]
    count = 0
    for room in rooms:
        for problem in problems(room):
            count += 1
            print(problem)
    print(f"{count} problems")
