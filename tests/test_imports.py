"""The house: which module may import which. Reads the source, so that also what is imported late counts."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import ROOT

# Left may not import right. What stands in one line are rooms of one floor: they do not import each other.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("keys",),
    ("linkage", "linkage.errors", "linkage.texts", "linkage.canonical"),
    (
        *("linkage.window", "linkage.dimensions", "linkage.changed", "linkage.schemes", "linkage.patterns"),
        "linkage.perturbation",
    ),
    ("linkage.measures",),
    ("linkage.agreement",),
    ("linkage.identifiers",),
    ("linkage.token_workers",),
    ("linkage.tokens", "linkage.register"),
    ("linkage.package",),
    ("linkage.intake",),
    ("linkage.match", "linkage.release", "linkage.ledger"),
    ("linkage.report", "linkage.synthetic"),
    ("linkage.commands",),
    ("linkage.program",),
    ("cli",),
)
MATCHERS_SIDE = ("linkage.intake", "linkage.match", "linkage.release", "linkage.report", "linkage.ledger")


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Module name → file, for the package and the program."""
    files = [root / "cli.py", *(root / "keys").rglob("*.py"), *(root / "linkage").rglob("*.py")]
    named = {}
    for file in files:
        parts = list(file.relative_to(root).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        named[".".join(parts)] = file
    return named


def imports(name: str, file: Path, known: frozenset[str], *, runtime: bool = False) -> Iterator[str]:
    """Every module that this one imports, wherever in the file; runtime: not those for types alone."""
    for node in _nodes(ast.parse(file.read_text(encoding="utf-8")), skip_types=runtime):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                own = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
                own = own[: len(own) - node.level + 1]
                base = ".".join([*own, *([base] if base else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in known else base


def _nodes(tree: ast.AST, *, skip_types: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if (
            skip_types
            and isinstance(node, ast.If)
            and isinstance(node.test, ast.Name)
            and node.test.id == "TYPE_CHECKING"
        ):
            continue
        yield node
        yield from _nodes(node, skip_types=skip_types)


def room(module: str) -> str:
    """The room that a module belongs to: the longest name of a floor that it begins with."""
    rooms = [r for floor in FLOORS for r in floor if module == r or module.startswith(r + ".")]
    if not rooms or (max(rooms, key=len) == "linkage" and module != "linkage"):
        raise AssertionError(f"{module} stands on no floor: name its room in FLOORS")
    return max(rooms, key=len)


def offences(root: Path = ROOT) -> list[str]:
    """What breaks the rules of the house, in words."""
    named = modules(root)
    known = frozenset(named)
    floor_of = {r: n for n, floor in enumerate(FLOORS) for r in floor}
    found = []
    graph: dict[str, set[str]] = {}
    for name, file in named.items():
        ours = {i for i in imports(name, file, known) if i.split(".")[0] in {"keys", "linkage", "cli"}}
        graph[name] = {i for i in imports(name, file, known, runtime=True) if i in known and i != name}
        for target in ours:
            here, there = room(name), room(target)
            if here != there and floor_of[there] >= floor_of[here]:
                found.append(f"{name} imports upward: {target}")
            if here.startswith(MATCHERS_SIDE) and target.startswith("keys.secret"):
                found.append(f"{name} is on the matcher's side and imports keys.secret")
        everything = set(imports(name, file, known))
        if name != "keys.primitives" and any(i.split(".")[0] == "cryptography" for i in everything):
            found.append(f"{name} imports cryptography")
        if room(name) != "linkage.ledger" and any(i.startswith("sqlalchemy.orm") for i in everything):
            found.append(f"{name} imports SQLAlchemy's ORM")
        if room(name) == "linkage.report" and any(i.startswith("linkage.match") for i in everything):
            found.append(f"{name} is made from releases alone and imports the match")
    found += [" and ".join(cycle) + " import each other" for cycle in cycles(graph)]
    return found


def cycles(graph: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Groups of modules that import each other, directly or round a corner (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[tuple[str, ...]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in graph.get(node, ()):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            group = []
            while True:
                member = stack.pop()
                group.append(member)
                if member == node:
                    break
            if len(group) > 1:
                found.append(tuple(sorted(group)))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_the_house_stands() -> None:
    assert offences() == []


MATCHERS_COMMANDS = ("linkage.program.matcher", "linkage.program.keys", "linkage.program.reader")


def reach(start: str, root: Path = ROOT) -> set[str]:
    """Every module that may be loaded once this one runs: what is imported late counts, types do not."""
    named = modules(root)
    known = frozenset(named)
    found: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in known and name not in found:
            found.add(name)
            parents = name.split(".")
            todo += [".".join(parents[:n]) for n in range(1, len(parents))]
            todo += imports(name, named[name], known, runtime=True)
    return found


@pytest.mark.parametrize("module", MATCHERS_COMMANDS)
def test_nothing_that_the_matcher_runs_can_load_the_secret(module: str) -> None:
    found = reach(module)
    assert "keys.identity" in found
    assert "keys.secret" not in found


def test_what_the_party_runs_loads_it() -> None:
    assert "keys.secret" in reach("linkage.program.party")


def test_the_matchers_commands_run_without_the_secret() -> None:
    script = (
        "import sys\n"
        "sys.modules['keys.secret'] = None  # importing it now fails\n"
        "import linkage.commands.matcher, linkage.commands.identities, linkage.commands.release\n"
        "import linkage.match, linkage.intake, linkage.report, linkage.ledger\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr


FAULTS = {
    "keys.secret": ("linkage/match/bad.py", "from keys.secret import Secret\n", "imports keys.secret"),
    "late keys.secret": (
        "linkage/release/bad.py",
        "def f() -> None:\n    import keys.secret\n",
        "imports keys.secret",
    ),
    "upward": ("linkage/measures/bad.py", "from linkage.package import rows\n", "imports upward"),
    "upward from keys": ("keys/bad.py", "from linkage.errors import Error\n", "imports upward"),
    "cryptography": ("linkage/bad_tokens.py", "import cryptography\n", "on no floor"),
    "primitives": (
        "keys/bad.py",
        "from cryptography.hazmat.primitives import hashes\n",
        "imports cryptography",
    ),
    "orm": ("linkage/report/bad.py", "from sqlalchemy.orm import Session\n", "SQLAlchemy's ORM"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_rule_is_felt(fault: str, tmp_path: Path) -> None:
    path, source, complaint = FAULTS[fault]
    house = _copy(tmp_path)
    (house / path).write_text(source, encoding="utf-8")
    try:
        told = "; ".join(offences(house))
    except AssertionError as error:
        told = str(error)
    assert complaint in told


def test_two_modules_that_import_each_other_are_found(tmp_path: Path) -> None:
    house = _copy(tmp_path)
    (house / "linkage/match/one.py").write_text("from linkage.match import two\n", encoding="utf-8")
    (house / "linkage/match/two.py").write_text("def f() -> None:\n    from linkage.match import one\n")
    assert any("linkage.match.one and linkage.match.two" in told for told in offences(house))


def _copy(folder: Path) -> Path:
    for name, file in modules().items():
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        assert name
    return folder


HEAVY = (
    "numpy",
    "pyarrow",
    "pandas",
    "sqlalchemy",
    "altair",
    "alembic",
    "xlsxwriter",
    "jinja2",
    "cryptography",
)


@pytest.mark.parametrize("words", [["--help"], ["export", "--help"], ["match", "--help"], ["keys", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    script = (
        "import sys\n"
        f"sys.argv = ['link', *{words!r}]\n"
        "import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        f"loaded = [m for m in {HEAVY!r} if m in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


def test_cli_imports_click_alone() -> None:
    third_party = {
        i.split(".")[0]
        for i in imports("cli", ROOT / "cli.py", frozenset(modules()))
        if i.split(".")[0] not in {*sys.stdlib_module_names, "linkage", "__future__"}
    }
    assert third_party == {"click"}
