"""Draw which part of the package imports which, out of the code, into ARCHITECTURE.md.

    python tools/draw_imports.py

The order of the parts is that of the layers in pyproject.toml. `tests/house` holds the drawing to the code.
"""

import re
import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PACKAGE = "icp_lab"
DRAWING = re.compile(r"(?<=<!-- drawn by tools/draw_imports\.py -->\n).*(?=<!-- end of the drawing -->)", re.S)


def read_layers():
    """Read the layers, from the top: the parts of each, which never import each other."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = declared["tool"]["importlinter"]["contracts"][0]["layers"]
    named = [re.findall(r"\w+", layer) for layer in layers]
    return [parts for parts in named if parts != ["__main__"]]


def find_imports():
    """Find which parts each part imports, in any of its modules."""
    graph, parts = grimp.build_graph(PACKAGE, cache_dir=None), [part for layer in read_layers() for part in layer]
    found = {part: set() for part in parts}
    for module in graph.modules - {PACKAGE}:
        for imported in graph.find_modules_directly_imported_by(module) - {PACKAGE}:
            importer, other = (name.split(".")[1] for name in (module, imported))
            if importer in found and importer != other:
                found[importer].add(other)
    return found


def _reach(imports, part):
    """Follow imports from a part to all that it rests on."""
    return imports[part].union(*(_reach(imports, other) for other in imports[part]))


def draw(imports, layers):
    """Draw the arrows that do not follow from others, and below them every import as a cell."""
    lines = ["```mermaid", "graph TD"]
    for part, others in imports.items():
        further = set().union(*(_reach(imports, other) for other in others))
        lines += [f"    {part} --> {other}" for layer in layers for other in layer if other in others - further]
    lines += ["```", "", "An arrow is an import; one that follows from others is left out. All of them:", "", "```text"]
    lines.append(" " * 11 + "".join(f"{number:>3}" for number in range(1, len(imports) + 1)))
    for number, (part, others) in enumerate(imports.items(), 1):
        cells = ("  ■" if other in others else "  \\" if other == part else "  ·" for other in imports)
        lines.append(f"{number:>2} {part:<8}" + "".join(cells))
    return "\n".join([*lines, "```", ""])


def main():
    """Put the drawing into its place."""
    document = ROOT / "ARCHITECTURE.md"
    drawing = draw(find_imports(), read_layers())
    document.write_text(DRAWING.sub(lambda _old: drawing, document.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
