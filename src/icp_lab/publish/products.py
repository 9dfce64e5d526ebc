"""What a report holds beside its pages: declared once, in products.toml, and put in place whole or not at all."""

import pkgutil
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icp_lab.locale.declared import read_declared

if TYPE_CHECKING:  # only words here: whether a report is fresh is told without pandas
    import pandas as pd

    from icp_lab.methods.document import Standing
    from icp_lab.views.picture import About


@dataclass(frozen=True)
class Publication:
    """Hold what products are made from.

    Parameters
    ----------
    icp : dict of str to object
        The definition in the form of icp.yml, its people and groups in words.
    standing : Standing
        Who is in, out and unknown.
    accounts : DataFrame
        An account a row: `standing.frame` with every attribute of the study.
    about : About
        Day, currency and study.
    find : callable
        Gives an artifact of the run by its name; None where no step has left it.
    table : callable
        Gives a table of the study by its name, without rows where the study lacks it.
    called : Series
        How each account and lead may be called, by its id.
    brand : Mapping of str to str, optional
        Whose document it is: `name`, `footer` (such as "confidential") and `approval` (who signs, comma-separated),
        as far as study.yml says.
    versions : tuple of dict of str to object, default ()
        The adopted definitions in the form of icp.yml: the one in force, then the others, the latest first.

    Examples
    --------
    >>> given = Publication({"verdict": "supported"}, standing=None, accounts=None, about=None, find={}.get,
    ...                     table=None, called=None, brand={"name": "Demo Inc."})
    >>> given.icp["verdict"], given.find("scores"), given.brand["name"], given.versions
    ('supported', None, 'Demo Inc.', ())
    """

    icp: dict[str, Any]
    standing: "Standing"
    accounts: "pd.DataFrame"
    about: "About"
    find: Callable[[str], Any]
    table: "Callable[[str], pd.DataFrame]"
    called: "pd.Series"
    brand: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[dict[str, Any], ...] = ()

    @property
    def attributes(self) -> "pd.DataFrame":
        """Give the attributes of the study's accounts.

        Returns
        -------
        DataFrame
            A column an attribute as the study calls it, by account_id.

        Examples
        --------
        >>> import pandas as pd
        >>> from types import SimpleNamespace
        >>> standing = SimpleNamespace(frame=pd.DataFrame({"account_id": ["a"], "name": ["Acme"], "fit": ["in"]}))
        >>> accounts = standing.frame.assign(employees=[120], name_of_account=["Acme"])
        >>> Publication({}, standing, accounts, about=None, find=None, table=None, called=None).attributes
                   employees  name
        account_id
        a                120  Acme
        """
        own = self.accounts.drop(columns=self.standing.frame.columns.drop("account_id")).set_index("account_id")
        return own.rename(columns=lambda column: column.removesuffix("_of_account"))


@dataclass(frozen=True)
class Product:
    """Declare a thing that a report holds beside its pages.

    Parameters
    ----------
    places : tuple of str
        The files and folders of OUT that it fills, and nobody else does.
    writer : str
        Who writes it, as `module:function`; that gets a publication and an empty folder that stands for OUT.
    title : str
        How it is called, in English; the index translates it.
    about : str
        What the index says of it, in English.

    Examples
    --------
    >>> [product.places[0] for product in PRODUCTS if product.writer.startswith("icp_lab.publish.document:")]
    ['icp.html', 'icp.pdf', 'icp_brief.md']
    """

    places: tuple[str, ...]
    writer: str
    title: str
    about: str

    @property
    def href(self) -> str:
        """Give what the index links to.

        Returns
        -------
        str
            The first place, or the page index.html in it where that is a folder.

        Examples
        --------
        >>> Product(("icp.html",), "", "", "").href, Product(("versions", "what_changed.md"), "", "", "").href
        ('icp.html', 'versions/index.html')
        """
        return self.places[0] if "." in self.places[0] else f"{self.places[0]}/index.html"

    def put(self, given: Publication, out: Path, work: Path) -> None:
        """Write it, and put it where it belongs: what was there from an earlier run goes.

        Parameters
        ----------
        given : Publication
            What it is made from.
        out : Path
            Folder of the report.
        work : Path
            Folder for what is not finished, on the same disk; it is emptied before, and gone after.

        Examples
        --------
        >>> import tempfile
        >>> given = Publication({"schema": 1, "name": "Demo", "verdict": "unsupported", "criteria": []}, *[None] * 6)
        >>> product = next(each for each in PRODUCTS if each.places == ("icp.yml",))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     product.put(given, Path(folder), Path(folder) / ".work")
        ...     sorted(path.name for path in Path(folder).iterdir())
        ['icp.yml']
        """
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        pkgutil.resolve_name(self.writer)(given, work)
        for place in self.places:
            made, final = work / place, out / place
            if not made.is_file():  # a file takes the place of the former one at once
                _remove(final)
            if made.exists():
                final.parent.mkdir(parents=True, exist_ok=True)
                made.replace(final)
        shutil.rmtree(work)

    def drop(self, out: Path) -> None:
        """Take away what an earlier run left.

        Parameters
        ----------
        out : Path
            Folder of the report; nothing has to be there.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for name in ("icp.yml", "icp.html"):
        ...         _ = (Path(folder) / name).write_text("former")
        ...     Product(("icp.yml", "icp.pdf"), "", "", "").drop(Path(folder))
        ...     [path.name for path in Path(folder).iterdir()]
        ['icp.html']
        """
        for place in self.places:
            _remove(out / place)


def _remove(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.unlink(missing_ok=True)


PRODUCTS = tuple(Product(**each) for each in read_declared("icp_lab.publish", "products.toml")["products"])


def list_published(out: Path) -> Iterator[Path]:
    """List which files of products lie in a report.

    Parameters
    ----------
    out : Path
        Folder of the report.

    Yields
    ------
    Path
        A file, in the order of the products, those of a folder by their names.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("icp.yml", "icp.html", "notes.txt"):
    ...         _ = (Path(folder) / name).write_text("")
    ...     [path.name for path in list_published(Path(folder))]
    ['icp.html', 'icp.yml']
    """
    for place in (out / place for product in PRODUCTS for place in product.places):
        yield from [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
