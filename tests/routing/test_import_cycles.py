"""No module of routing needs itself: the rules, the engine and the queue build on one another."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROUTING = Path(__file__).parents[2] / "routing"


def module_name(path):
    parts = path.relative_to(ROUTING.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_by(path, modules):
    """Yield the modules that are imported when this one is; imports in functions come later."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                name = submodule if submodule in modules else node.module
                if name in modules:
                    yield name


def test_no_module_of_routing_imports_itself_through_others():
    paths = [each for each in ROUTING.rglob("*.py") if "migrations" not in each.parts]
    modules = {module_name(path): path for path in paths}
    graph = {name: set(imported_by(path, modules)) for name, path in modules.items()}
    assert "routing.policy" in graph["routing.actions.engine"]
    TopologicalSorter(graph).prepare()  # raises CycleError with the modules


def test_the_policy_knows_no_database_and_no_clock():
    known = {"routing.rules"}
    for name in ("policy", "rules"):
        tree = ast.parse((ROUTING / f"{name}.py").read_text())
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        ours = {
            each.module for each in imports if each.module.split(".")[0] in ("routing", "teams")
        }
        django = {
            (each.module, alias.name)
            for each in imports
            if each.module.startswith("django")
            for alias in each.names
        }
        assert ours <= known
        assert {name for _module, name in django} <= {"TextChoices", "gettext_lazy"}
