"""Packed files, such as workbooks and .csv.gz, are looked at before they are unpacked: a bomb is small until then."""

import re
import zipfile
import zlib
from itertools import chain
from pathlib import Path

from icp_lab.errors import LabError, Place, refusals, utter
from icp_lab.locale import _

# What is larger than `GRACE` unpacked, and than so many times what it is packed, was made to do harm: tables reach 50.
GRACE, TIMES = 100 << 20, 200
_LARGEST, _CELLS, _SIGNS, _BLOCK = 1 << 30, 40_000_000, 32_767, 1 << 20
_FAR = re.compile(rb'r="(?:[A-Z]{3}\d|[A-Z]{2}\d{5}|[A-Z]+\d{6})')
_CELL = re.compile(rb'r="([A-Z]+)(\d+)"')


def check_size(path: Path, size: int, packed: int, shown: str) -> None:
    """Refuse what unpacks into far more than any table does.

    Parameters
    ----------
    path : Path
        The packed file.
    size : int
        Bytes that it, or a part of it, has unpacked; of a Parquet file its rows.
    packed : int
        Bytes that the same has as it stands there.
    shown : str
        What the file is called in messages.

    Raises
    ------
    LabError
        Unpacked it is larger than `GRACE`, and than `TIMES` what it is packed.

    Examples
    --------
    >>> check_size(Path("book.xlsx"), size=90 << 20, packed=1, shown="book.xlsx")  # small enough, whatever its share
    >>> check_size(Path("book.xlsx"), size=3 << 30, packed=1 << 20, shown="book.xlsx")
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: book.xlsx: book.xlsx would unpack into far more than a table holds: ...
    """
    if size > GRACE and size > TIMES * packed:
        raise _refuse(path, shown)


def check_book(path: Path, shown: str) -> None:
    """Refuse a workbook that would fill the memory: unpacked too large, a cell far off, a cell with too long a text.

    Parameters
    ----------
    path : Path
        The workbook.
    shown : str
        What the file is called in messages.

    Raises
    ------
    LabError
        It would fill the memory, is damaged, or is no workbook at all.

    Notes
    -----
    Where a cell stands far off, its reader holds all cells between: a few words could ask for a terabyte.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "far.xlsx")
    ...     with zipfile.ZipFile(path, "w") as book:
    ...         book.writestr("xl/worksheets/sheet1.xml", '<c r="A1"/><c r="XFD1048576"/>')
    ...     check_book(path, path.name)
    Traceback (most recent call last):
        ...
    icp_lab.errors.base.LabError: far.xlsx: far.xlsx would unpack into ... with a cell far off from the others. ...
    """
    if not path.is_file():
        raise refusals.unreadable_file(shown, _("it is no plain file"))
    kinds = (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError)
    with refusals.reading(shown, *kinds), zipfile.ZipFile(path) as book:
        for part in book.infolist():
            check_size(path, part.file_size, part.compress_size, shown)
        if sum(part.file_size for part in book.infolist()) > _LARGEST:
            raise _refuse(path, shown)
        for name in book.namelist():
            if "worksheets/" in name and _is_sparse(book, name):
                raise _refuse(path, shown)
            if name.endswith("sharedStrings.xml") and book.getinfo(name).file_size > _SIGNS and any(
                    len(one) > _SIGNS and len(re.sub(rb"<.*?>", b"", one).decode(errors="replace")) > _SIGNS
                    for one in book.read(name).split(b"</si>")):
                raise _refuse(path, shown)


def _is_sparse(book: zipfile.ZipFile, name: str) -> bool:
    """Tell whether the cells of a sheet stand so far apart that most of what lies between is empty."""
    with book.open(name) as stream:
        held, far = b"", False
        for block in chain(iter(lambda: stream.read(_BLOCK), b""), [b""]):
            held = held[-20:] + block
            far = far or bool(_FAR.search(held))
    if not far:
        return False
    n, width, height = 0, 0, 0
    with book.open(name) as stream:
        for letters, row in _CELL.findall(stream.read()):
            column = 0
            for letter in letters[:8]:
                column = column * 26 + letter - 64
            n, width, height = n + 1, max(width, column), max(height, int(row[:12]))
    return width * height > max(_CELLS, 3 * n)


def _refuse(path: Path, shown: str) -> LabError:
    return utter("study.too_large", Place(shown), file=path.name)
