"""Run the house notebooks on the demo, in run order, and keep in them the text of the cells that state results.

What is kept is what nbval compares later: the text of the cells tagged `nbval-check-output`, with an execution count
(nbval skips a cell without one). Pictures, HTML and everything else that a run leaves behind go.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from icp_lab.process import NOTEBOOKS, needs

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
CHECKED = "nbval-check-output"
TAGS = ("parameters", CHECKED, "hide-input")


def list_in_run_order():
    """List the house notebooks that exist, each after those that it reads from."""
    there = {notebook.name for notebook in NOTEBOOKS if (FOLDER / f"{notebook.name}.ipynb").exists()}
    order = []
    while len(order) < len(there):
        left = [notebook.name for notebook in NOTEBOOKS if notebook.name in there and notebook.name not in order]
        order.append(next(name for name in left if not (set(needs(name)) & set(left))))
    return [FOLDER / f"{name}.ipynb" for name in order]


def keep_results(notebook):
    """Reduce a notebook to its committed form: sources, tags, and the text results of the tagged cells."""
    kept = nbformat.from_dict(notebook)
    kept.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in kept.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag in TAGS]
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.outputs = [text for output in cell.outputs if (text := _text_of(output))] if CHECKED in tags else []
            cell.execution_count = 1 if cell.outputs else None
    return kept


def _text_of(output):
    """Keep the words of an output, in the shape in which nbval will meet them again."""
    if output.output_type == "stream":
        return nbformat.v4.new_output("stream", name=output.name, text=output.text)
    if "text/plain" not in output.get("data", {}):
        return None
    count = {"execution_count": 1} if output.output_type == "execute_result" else {}
    return nbformat.v4.new_output(output.output_type, data={"text/plain": output.data["text/plain"]}, **count)


def main():
    """Refresh every house notebook; nothing is written before all have run."""
    done = {}
    with tempfile.TemporaryDirectory() as out:
        os.environ |= {"ICP_LAB_STUDY": str(ROOT / "data/demo"), "ICP_LAB_OUT": out, "ICP_LAB_LANGUAGE": "en"}
        for path in list_in_run_order():
            print(f"running {path.stem}", flush=True)
            notebook = nbformat.read(path, as_version=4)
            resources = {"metadata": {"path": str(FOLDER)}}
            options = {"kernel_name": "python3", "extra_arguments": ["--log-level=ERROR"], "resources": resources}
            NotebookClient(notebook, timeout=600, **options).execute()
            done[path] = keep_results(notebook)
    for path, notebook in done.items():
        nbformat.write(notebook, path)
    print(f"{len(done)} notebooks carry the results of this run; `git diff notebooks` shows what changed")


if __name__ == "__main__":
    sys.exit(main())
