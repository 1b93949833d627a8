"""House rules that a machine can see. A failure says where, and what the house does instead."""

import ast
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("shared", "services", "deploy", "benchmarks")
FILE_LINES, FUNCTION_LINES, MEDIAN_LINES = 250, 50, 10
FORBIDDEN_NAMES = {"utils", "common", "helpers", "misc", "base"}
DOMAIN_SERVICES = ("onboarding", "export", "procurement")
ROOMS = {"README.md", "app.py", "consumer.py", "model.py", "projection.py", "queries.sql", "cells.py", "migrations"}


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")  # noqa: S607
    return [ROOT / name for name in listed if name.endswith(suffixes) and (ROOT / name).exists()]


def sources() -> list[Path]:
    return [file for file in tracked(".py") if file.relative_to(ROOT).parts[0] in CODE]


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_file_is_too_long_to_read_at_once() -> None:
    long = {str(f.relative_to(ROOT)): n for f in sources() if (n := len(f.read_text(encoding="utf-8").splitlines())) > FILE_LINES}
    assert not long, f"split by what the parts do: {long}"


def test_no_function_is_longer_than_a_page() -> None:
    long = {f"{f.relative_to(ROOT)}:{d.name}": n for f in sources() for d in functions(f) if (n := lines_of(d)) > FUNCTION_LINES}
    assert not long, f"branch in the parent, pure leaves below: {long}"


def test_most_functions_are_short() -> None:
    assert statistics.median(lines_of(d) for f in sources() for d in functions(f)) < MEDIAN_LINES


def test_every_module_says_what_comes_in_and_what_goes_out() -> None:
    silent = [
        str(f.relative_to(ROOT))
        for f in sources()
        if f.read_text(encoding="utf-8").strip() and not ast.get_docstring(ast.parse(f.read_text(encoding="utf-8")))
    ]
    assert not silent, f"a sentence or two at the top: {silent}"


def test_no_room_is_a_lumber_room() -> None:
    lumber = [str(f.relative_to(ROOT)) for f in sources() if FORBIDDEN_NAMES & {*f.relative_to(ROOT).parts[:-1], f.stem}]
    assert not lumber, f"name a file after what it does: {lumber}"


def test_nothing_lives_directly_in_shared() -> None:
    assert [f.name for f in sources() if f.parent == ROOT / "shared"] == ["__init__.py"]


@pytest.mark.parametrize("service", DOMAIN_SERVICES)
def test_domain_services_have_the_same_rooms(service: str) -> None:
    names = {file.name for file in (ROOT / "services" / service).iterdir()} - {"__init__.py", "__pycache__"}
    assert names == ROOMS, "knowing one service is knowing all"


@pytest.mark.parametrize("service", DOMAIN_SERVICES)
def test_domain_services_use_the_same_words(service: str) -> None:
    projection = ast.parse((ROOT / "services" / service / "projection.py").read_text(encoding="utf-8"))
    named = {node.name for node in projection.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert {"prepare", "record", "recount"} <= named


def test_nothing_sleeps_or_prints_in_services() -> None:
    for file in sources():
        if file.relative_to(ROOT).parts[0] in ("shared", "services"):
            text = file.read_text(encoding="utf-8")
            assert "time.sleep(" not in text, f"{file}: wait with a bound, asynchronously"
            assert "print(" not in text or "__main__" in text, f"{file}: a log line has a constant event name and data as fields"
