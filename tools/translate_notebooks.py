"""Lay translated copies of the house's notebooks in a folder for JupyterLab, and keep them in step with the originals.

A copy that nobody changed is made anew when its original or the translation changes. A copy that somebody changed is
never touched: where the original has changed since, the new copy is laid beside it, and both are named.

usage: translate_notebooks.py STUDY [LANGUAGE]     prints the folder to open, by the study's own language unless told
"""

import sys
from itertools import count
from pathlib import Path

import nbformat

from icp_lab.artifacts.manifest import digest_text, write_text
from icp_lab.locale import LANGUAGES, _, in_language
from icp_lab.locale.prose import translate_notebook
from icp_lab.study.config import peek_language

FOLDER = Path(__file__).parents[1] / "notebooks"
MARK = "icp_lab_copy"  # in a copy's metadata: what its cells said when it was made; JupyterLab keeps it


def lay_copies(originals, folder, language):
    """Bring the copies in a folder up to date; hands out (changed copy that stays, new one laid beside it) pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    return [pair for path in sorted(originals.glob("*.ipynb")) for pair in _lay_copy(path, folder, language)]


def _lay_copy(path, folder, language):
    fresh = translate_notebook(nbformat.read(path, as_version=4), language)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    fresh.metadata[MARK] = made = _digest(fresh)
    mine = []
    for number in count():
        place = folder / f"{path.stem}{'_new' * number}.ipynb"
        says, made_of = _look(place)
        if says and says != made_of:  # somebody's work is in it
            mine.append(place.name)
            if made_of == made:
                return []
            continue
        if says != made:
            write_text(place, nbformat.writes(fresh))
        return [(mine[-1], place.name)] if mine else []
    return []


def _look(place):
    """Tell what the cells of a copy say and what they said when it was made: nothing where there is no copy."""
    if not place.exists():
        return "", ""
    try:
        copy = nbformat.read(place, as_version=4)
        return _digest(copy), copy.metadata.get(MARK, "")
    except (ValueError, AttributeError):
        return "unreadable", ""


def _digest(notebook):
    return digest_text(*(f"{cell.cell_type} {cell.source}" for cell in notebook.cells))


def choose_folder(study, language):
    """Find the folder to open: that of the originals, which are English, or that of the copies."""
    language = language or peek_language(study) or "en"
    if language not in LANGUAGES:
        sys.exit(f"LANGUAGE is {language}; it is one of {', '.join(LANGUAGES)}")
    if language == "en":
        return FOLDER
    folder = FOLDER.with_name(f"{FOLDER.name}_{language}")
    with in_language(language):
        said = _(
            "You changed {mine}, and the notebook itself has changed since: yours stays, and {new} is the new one.")
        for mine, new in lay_copies(FOLDER, folder, language):
            print(said.format(mine=mine, new=new), file=sys.stderr)
    return folder


if __name__ == "__main__":
    print(choose_folder(Path(sys.argv[1]), "".join(sys.argv[2:3])))
