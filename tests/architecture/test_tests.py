"""What every test promises its reader."""

import ast

from tests.architecture.sources import functions, python_files, tree


class TestTests:
    def test_state_their_promise(self) -> None:
        """A test's name completes its sentence; its docstring says what is promised."""
        found = [
            f"{path}: {function.name}"
            for path in python_files("tests")
            for function in functions(path)
            if function.name.startswith("test_") and not ast.get_docstring(function)
        ]

        assert [] == found

    def test_wait_for_events_and_never_for_time(self) -> None:
        """A sleep is too short on a busy machine and too long on every other."""
        found = [
            f"{path}:{node.lineno}"
            for path in python_files("tests")
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call) and is_sleep(node)
        ]

        assert [] == found


def is_sleep(call: ast.Call) -> bool:
    """Whether a call waits for a span of time; `sleep(0)` only lets others run."""
    match call:
        case ast.Call(func=ast.Name("sleep") | ast.Attribute(attr="sleep"), args=arguments):
            return not any(isinstance(one, ast.Constant) and one.value == 0 for one in arguments)
    return False
