"""Files and functions stay small enough to be read at once."""

from pathlib import Path

from tests.architecture.sources import ROOT, Function, functions, python_files

LONGEST_FILE = 400
LONGEST_TEST_FILE = 500
LONGEST_FUNCTION = 60
MOST_PARAMETERS = 6


class TestFiles:
    def test_end_before_the_reader_tires(self) -> None:
        """No file is longer than 400 lines, no test file than 500."""
        lengths = {path: len((ROOT / path).read_text().splitlines()) for path in python_files()}

        too_long = {str(path): length for path, length in lengths.items() if length > longest(path)}

        assert {} == too_long


class TestFunctions:
    def test_fit_on_a_screen(self) -> None:
        """No function is longer than 60 lines, its docstring included."""
        too_long = {
            place(path, function): length(function)
            for path in python_files()
            for function in functions(path)
            if length(function) > LONGEST_FUNCTION
        }

        assert {} == too_long

    def test_take_a_handful_of_parameters(self) -> None:
        """No function takes more than six, `self` not counted."""
        too_many = {
            place(path, function): len(parameters(function))
            for path in python_files("src", "benchmarks", "scripts")
            for function in functions(path)
            if len(parameters(function)) > MOST_PARAMETERS
        }

        assert {} == too_many


def longest(path: Path) -> int:
    return LONGEST_TEST_FILE if path.parts[0] == "tests" else LONGEST_FILE


def place(path: Path, function: Function) -> str:
    return f"{path}:{function.lineno} {function.name}"


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters(function: Function) -> list[str]:
    arguments = function.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return [name for name in names if name not in {"self", "cls"}]
