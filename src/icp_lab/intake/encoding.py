"""Bytes to rows of text: which encoding a file is in, what parts its cells, and its rows as they stand."""

import codecs
import csv
import gzip
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from icp_lab.errors import Place, refusals, utter
from icp_lab.intake.packed import check_size

_DELIMITERS = (",", ";", "\t", "|")
_LEGACY = ("cp932", "euc_jis_2004", "cp1252")
_SAMPLE = 1 << 20
UTF8 = ("utf-8", "utf-8-sig")


def unpack(path: Path, folder: Path, shown: str) -> Path:
    """Unpack a gzip file into a folder, or give back any other file as it is.

    Parameters
    ----------
    path : Path
        The file; packed where its name ends with .gz.
    folder : Path
        Where the unpacked file goes, as `unpacked` with the ending that stands before .gz.
    shown : str
        What the file is called in messages.

    Returns
    -------
    Path
        The file to read.

    Raises
    ------
    LabError
        It is no whole gzip file, or unpacks into far more than any table does.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "deals.csv.gz")
    ...     n = path.write_bytes(gzip.compress(b"deal_id,stage"))
    ...     plain = unpack(path, Path(folder), path.name)
    ...     plain.name, plain.read_text()
    ('unpacked.csv', 'deal_id,stage')
    """
    if path.suffix.lower() != ".gz":
        return path
    plain = folder / f"unpacked{Path(path.stem).suffix}"
    with refusals.reading(shown, EOFError, zlib.error), gzip.open(path) as packed, plain.open("wb") as target:
        while block := packed.read(_SAMPLE):
            target.write(block)
            check_size(path, target.tell(), path.stat().st_size, shown)
    return plain


def read_rows(path: Path, encoding: str, delimiter: str, shown: str) -> Iterator[list[str]]:
    r"""Read the rows of a text file.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str
        Its encoding; a mark before UTF-8 is passed over.
    delimiter : str
        The sign that parts its cells.
    shown : str
        What the file is called in messages.

    Yields
    ------
    list of str
        The cells of a row as they stand; an empty line is a row without cells.

    Raises
    ------
    LabError
        The file cannot be read, or holds bytes that are no text in this encoding.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "deals.csv")
    ...     n = path.write_text('id;name\n\n1;"Acme; Leeds"\n')
    ...     list(read_rows(path, "utf-8", ";", path.name))
    [['id', 'name'], [], ['1', 'Acme; Leeds']]
    """
    csv.field_size_limit(1 << 30)
    try:
        with refusals.reading(shown, csv.Error), path.open(
                encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as stream:
            yield from csv.reader(stream, delimiter=delimiter)
    except UnicodeError as error:
        place = Place(shown, _row_of_bad_byte(path, encoding))
        raise utter("study.undecodable_as", place, encoding=encoding) from error


def find_encoding(path: Path, shown: str) -> str:
    r"""Find the encoding of a file: UTF-8 where it is valid, else the likeliest in which every byte is.

    Parameters
    ----------
    path : Path
        A file of text.
    shown : str
        What the file is called in messages.

    Returns
    -------
    str
        `utf-8`, with a mark or without; `utf-16`, or `utf-16-le` and `utf-16-be` without a mark; else one of `cp932`,
        `euc_jis_2004` and `cp1252`.

    Raises
    ------
    LabError
        Its bytes are text in none of these.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "accounts.csv")
    ...     for encoding in ("utf-8-sig", "utf-16", "cp932"):
    ...         n = path.write_text("企業ID,会社名\n1,山田商事\n", encoding=encoding)
    ...         find_encoding(path, path.name)
    'utf-8'
    'utf-16'
    'cp932'
    """
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark, plain signs such as the comma have their zero on one side only, the end of a line too.
    low, high = sample[1::2].count(0), sample[::2].count(0)
    for zeros, others, encoding in ((low, high, "utf-16-le"), (high, low, "utf-16-be")):
        if zeros > 10 * others and zeros >= sample.count(10) and _decodes(path, encoding):
            return encoding
    if _decodes(path, "utf-8"):
        return "utf-8"
    from charset_normalizer import from_bytes  # noqa: PLC0415  (only files that are not UTF-8)

    # The sample ends with a whole line, so that no character is cut in two.
    whole = sample if len(sample) < _SAMPLE else sample[: sample.rfind(b"\n") + 1]
    valid = [encoding for encoding in _LEGACY if _decodes(path, encoding)]
    if not valid:
        raise utter("study.undecodable", Place(shown, _row_of_bad_byte(path, "utf-8")))
    best = from_bytes(whole, cp_isolation=valid).best() if len(valid) > 1 else None
    return best.encoding if best is not None and best.encoding in valid else valid[0]


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_SAMPLE):
                # Plain signs need no look, unless they come within a character.
                if encoding != "utf-8" or decoder.getstate()[0] or not block.isascii():
                    decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _row_of_bad_byte(path: Path, encoding: str) -> int | None:
    """Find the data row of the first byte that does not decode; nothing is said of the header row."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream):
            try:
                line.decode(encoding)
            except UnicodeError:
                return number or None
    return None


def find_delimiter(path: Path, encoding: str, shown: str) -> str:
    r"""Find what separates the cells: what splits most rows into as many, and into most.

    Parameters
    ----------
    path : Path
        A file of text, of which the first rows are looked at; one that ends with .tsv has tabs.
    encoding : str
        Its encoding.
    shown : str
        What the file is called in messages.

    Returns
    -------
    str
        A comma, a semicolon, a tab or a bar; a comma where no sign splits a row.

    Raises
    ------
    LabError
        The file cannot be read, or holds bytes that are no text in this encoding.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "orders.csv")
    ...     n = path.write_text("Report of May, June\nid;amount\n1;2.50\n2;3.75\n")
    ...     find_delimiter(path, "utf-8", path.name)
    ';'
    """
    if path.suffix.lower() == ".tsv":
        return "\t"

    def fit(delimiter: str) -> tuple[int, int]:
        rows = islice((row for row in read_rows(path, encoding, delimiter, shown) if row), 20)
        widths = [len(row) for row in rows]
        # Titles above the column names have fewer cells than what follows.
        return max(((width * widths.count(width), width) for width in widths if width > 1), default=(0, 0))

    return max(_DELIMITERS, key=fit)
