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
    """What products are made from.

    Parameters
    ----------
    icp
        The definition in the form of icp.yml, its people and groups in words.
    standing
        Who is in, out and unknown.
    accounts
        An account a row: `standing.frame` with every attribute of the study.
    about
        Day, currency and study.
    find
        An artifact of the run by its name; None where no step has left it.
    table
        A table of the study by its name, without rows where the study lacks it.
    called
        How each account and lead may be called, by its id.
    brand
        Whose document it is: `name`, `footer` (such as "confidential") and `approval` (who signs, comma-separated),
        as far as study.yml says.
    versions
        The adopted definitions in the form of icp.yml: the one in force, then the others, the latest first.
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
        """The attributes of the study's accounts, by account_id."""
        own = self.accounts.drop(columns=self.standing.frame.columns.drop("account_id")).set_index("account_id")
        return own.rename(columns=lambda column: column.removesuffix("_of_account"))


@dataclass(frozen=True)
class Product:
    """A thing that a report holds beside its pages: where it lies in OUT, who writes it, what the index says of it."""

    places: tuple[str, ...]
    writer: str
    title: str
    about: str

    @property
    def href(self) -> str:
        """What the index links to: the first place, or the page of that name in it."""
        return self.places[0] if "." in self.places[0] else f"{self.places[0]}/index.html"

    def put(self, given: Publication, out: Path, work: Path) -> None:
        """Write it, and put it where it belongs: what was there from an earlier run goes."""
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
        """Take away what an earlier run left."""
        for place in self.places:
            _remove(out / place)


def _remove(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.unlink(missing_ok=True)


PRODUCTS = tuple(Product(**each) for each in read_declared("icp_lab.publish", "products.toml")["products"])


def list_published(out: Path) -> Iterator[Path]:
    """Which files of products lie in a report, in order?"""
    for place in (out / place for product in PRODUCTS for place in product.places):
        yield from [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
