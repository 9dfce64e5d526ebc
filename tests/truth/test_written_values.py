"""Any value in any of the forms that people write reads back equal."""

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icp_lab.intake.conversion import Customs, add_macros, by_kind, find_notations

DAYS = st.dates(date(1990, 1, 1), date(2059, 12, 31))
ERAS = ((date(2019, 5, 1), "令和", "R", 2018), (date(1989, 1, 8), "平成", "H", 1988),
        (date(1926, 12, 25), "昭和", "S", 1925))


def era(day, short):
    """Write a day with its Japanese era."""
    _first, name, letter, zero = next(one for one in ERAS if day >= one[0])
    year = day.year - zero
    if short:
        return f"{letter}{year}.{day.month}.{day.day}"
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


WIDE = str.maketrans("0123456789/", "０１２３４５６７８９／")
DATES = {
    "iso": str, "slashes": lambda d: f"{d.year}/{d.month}/{d.day}", "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "time": lambda d: f"{d} 23:59", "zone": lambda d: f"{d}T00:00:00.000+0900", "compact": lambda d: f"{d:%Y%m%d}",
    "kanji": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "wide": lambda d: f"{d.year}/{d.month}/{d.day}".translate(WIDE),
    "era": lambda d: era(d, False), "letter": lambda d: era(d, True), "name": lambda d: f"{d:%b} {d.day}, {d.year}",
    "long": lambda d: f"{d.day} {d:%B} {d.year}", "serial": lambda d: str((d - date(1899, 12, 30)).days),
    "dmy": lambda d: f"{d.day}/{d.month}/{d.year}", "mdy": lambda d: f"{d.month}/{d.day}/{d.year}",
}
AMOUNTS = {
    "plain": str, "grouped": lambda n: f"{n:,}", "yen": lambda n: f"￥{n:,}", "円": lambda n: f"{n:,}円",
    "dollar": lambda n: f"${n:,}.00", "wide": lambda n: str(n).translate(WIDE), "千円": lambda n: f"{n}千円",
    "万円": lambda n: f"{n:,}万円", "百万円": lambda n: f"{n:,}百万円", "億": lambda n: f"{n}億",
    "k": lambda n: f"{n}k",
    "M": lambda n: f"{n:,} M", "bn": lambda n: f"€{n}bn", "spaces": lambda n: f"{n:,}".replace(",", " "),
    "comma": lambda n: f"{n:,}".replace(",", ".") + ",00", "code": lambda n: f"{n:,} JPY",
}
FACTORS = {"千円": 1e3, "万円": 1e4, "百万円": 1e6, "億": 1e8, "k": 1e3, "M": 1e6, "bn": 1e9}
SIGNS = {"": 1, "△": -1, "▲": -1, "-": -1}


@pytest.fixture(scope="module")
def con():
    connection = duckdb.connect()
    add_macros(connection)
    return connection


def read_cells(con, kind, cells, told):
    """Read cells as one column."""
    table = "(SELECT unnest($cells) AS m0)".replace("$cells", str([cell.replace("'", "") for cell in cells]))
    form = find_notations(con, table, {"m0": kind}, Customs(), told)["m0"]
    return [value for (value,) in con.execute(f"SELECT {by_kind('m0', kind, form)} FROM {table}").fetchall()]


@settings(max_examples=40, deadline=None)
@given(days=st.lists(DAYS, min_size=1, max_size=8), form=st.sampled_from(sorted(DATES)))
def test_any_day_in_any_form(con, days, form):
    told = {"m0": form} if form in ("dmy", "mdy") else {}
    assert read_cells(con, "date", [DATES[form](day) for day in days], told) == days


@settings(max_examples=60, deadline=None)
@given(amounts=st.lists(st.integers(0, 10**9), min_size=1, max_size=8), form=st.sampled_from(sorted(AMOUNTS)),
       sign=st.sampled_from(sorted(SIGNS)))
def test_any_amount_in_any_form(con, amounts, form, sign):
    cells = [sign + AMOUNTS[form](amount) for amount in amounts]
    expected = [SIGNS[sign] * amount * FACTORS.get(form, 1) for amount in amounts]
    assert read_cells(con, "money", cells, {}) == pytest.approx(expected)


@settings(max_examples=30, deadline=None)
@given(low=st.integers(2, 5000), width=st.integers(0, 5000),
       form=st.sampled_from(["{}〜{}名", "{}-{}", "{} to {}", "{}～{}"]))
def test_any_range_is_its_middle(con, low, width, form):
    cells = [form.format(low, low + width), f"{low}名以上", f"{low:,}+", f"<{low}"]
    assert read_cells(con, "integer", cells, {}) == [round((low * (low + width)) ** 0.5), low, low, low]
