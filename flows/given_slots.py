"""What the functions of nodes give and need, read from their own code.

Which {slots} a text may use is decided by the function that fills them. Running that function
would need a world to ask; its source says it without one: every key of a dict that it, or a
function of ours that it calls, writes down. That is at most too much, never too little, so a slot
that is not among them is filled on no path.

In the same way: which answers a function takes for granted (`scene.answers["x"]`) and which it
leaves behind.
"""

import ast
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

ANY = "*"
"""Among the answers that are set: one whose name is put together, so that it may be any."""


@dataclass(frozen=True, slots=True)
class Handling:
    """What one function, with all that it calls, does with names."""

    gives: frozenset[str] = frozenset()
    """Keys of dicts it writes down: the slots it may fill."""
    needs: frozenset[str] = frozenset()
    """Answers it reads with `answers["x"]`, which must be there."""
    sets: frozenset[str] = frozenset()
    """Answers it writes."""
    asks: frozenset[str] = frozenset()
    """Answers it looks for with `answers.get("x")` or `"x" in answers`: it can tell if they lack."""

    def plus(self, other: "Handling") -> "Handling":
        return Handling(
            self.gives | other.gives,
            self.needs | other.needs,
            self.sets | other.sets,
            self.asks | other.asks,
        )


def handling(function: Callable[..., Any] | None) -> Handling:
    """Of a node's function, or of nothing at all."""
    found, waiting, seen = Handling(), [function], set[int]()
    while waiting:
        plain = _plain(waiting.pop())
        if plain is None or id(plain.__code__) in seen:
            continue
        if seen and not plain.__module__.startswith("flows."):
            continue  # what others' functions write down is theirs
        seen.add(id(plain.__code__))
        own, named = _read(plain.__code__)
        found = found.plus(own)
        waiting += _behind(plain, named)
        waiting += _closed_over(plain)
    return found


def _plain(function: Any) -> types.FunctionType | None:
    while isinstance(function, partial):
        function = function.func
    function = getattr(function, "__func__", function)
    return function if isinstance(function, types.FunctionType) else None


@cache
def _read(code: types.CodeType) -> tuple[Handling, frozenset[tuple[str, str]]]:
    """What is written down in one function, and the names that it uses."""
    found, named = Handling(), set[tuple[str, str]]()
    for node in _written(code):
        found = found.plus(_of(node))
        named |= set(_names(node))
    return found, frozenset(named)


@cache
def _tree(file: str) -> ast.Module:
    with open(file, encoding="utf-8") as opened:
        return ast.parse(opened.read())


def _written(code: types.CodeType) -> Iterator[ast.AST]:
    """The function, or the lambdas, that begin on the code's line; nested functions are inside."""
    kinds = (ast.Lambda,) if code.co_name == "<lambda>" else (ast.FunctionDef,)
    return (
        node
        for node in ast.walk(_tree(code.co_filename))
        if isinstance(node, kinds)
        and code.co_firstlineno
        in (node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ())))
    )


def _of(function: ast.AST) -> Handling:
    found = Handling()
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            found = found.plus(Handling(gives=_keys(node)))
        elif isinstance(node, ast.Subscript):
            found = found.plus(_of_subscript(node))
        elif isinstance(node, ast.AugAssign) and _is_answers(node.target):
            keys = _keys(node.value) if isinstance(node.value, ast.Dict) else frozenset([ANY])
            found = found.plus(Handling(sets=keys))
        elif isinstance(node, ast.Compare | ast.Call):
            found = found.plus(Handling(asks=frozenset(_looked_for(node))))
    return found


def _looked_for(node: ast.Compare | ast.Call) -> Iterator[str]:
    """`"x" in answers` or `answers.get("x")`."""
    if isinstance(node, ast.Compare):
        looked, where = node.left, node.comparators[0]
        is_it = isinstance(node.ops[0], ast.In | ast.NotIn)
    elif isinstance(node.func, ast.Attribute) and node.args:
        looked, where = node.args[0], node.func.value
        is_it = node.func.attr in ("get", "pop")
    else:
        return
    if is_it and _is_answers(where) and isinstance(looked, ast.Constant):
        yield str(looked.value)


def _of_subscript(node: ast.Subscript) -> Handling:
    """`x["word"]`, read or written; a name that is no plain word may be any."""
    word = node.slice.value if _is_word(node.slice) else ANY  # type: ignore[attr-defined]
    names, ours = frozenset([word]), _is_answers(node.value)
    if isinstance(node.ctx, ast.Store):
        return Handling(sets=names) if ours else Handling(gives=names - {ANY})
    return Handling(needs=names - {ANY}) if ours else Handling()


def _keys(node: ast.Dict) -> frozenset[str]:
    return frozenset(key.value for key in node.keys if _is_word(key))  # type: ignore[union-attr]


def _is_word(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_answers(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "answers") or (
        isinstance(node, ast.Name) and node.id == "answers"
    )


def _names(written: ast.AST) -> Iterator[tuple[str, str]]:
    """`name` or `module.name`, wherever it stands."""
    for node in ast.walk(written):
        if isinstance(node, ast.Name):
            yield node.id, ""
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


def _behind(function: types.FunctionType, named: frozenset[tuple[str, str]]) -> Iterator[Any]:
    """The functions that these names mean where the function is written."""
    for name, attribute in named:
        found = function.__globals__.get(name)
        if not attribute:
            yield found
        elif isinstance(found, types.ModuleType):
            yield getattr(found, attribute, None)


def _closed_over(function: types.FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a name that is bound later
            continue
