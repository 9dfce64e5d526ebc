"""Accounts that are one company become one row; rows of other tables find their account by name, domain or e-mail."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from duckdb import DuckDBPyConnection as Con

from icp_lab.intake.facts import Case, Facts, Note
from icp_lab.intake.identity import read_domain, read_name, read_number
from icp_lab.intake.mapping import Mapped
from icp_lab.intake.matching import Company, Matches, Pair, match_companies
from icp_lab.intake.sql import first, quoted
from icp_lab.tables import Column

_CELLS = ("account_id", "name", "domain", "corporate_number", "parent_id", "city", "region", "country")
# Where a row without an account_id says which company it is about.
_ELSEWHERE = {"contacts": ("email",), "leads": ("company", "domain", "email")}
_NAMED = "replace(replace(replace(replace(lower(name), ' ', ''), '.', ''), '株式会社', ''), '㈱', '')"
# Of more accounts only those are compared that share one of these, told in DuckDB.
MOST_COMPARED = 20_000
_KEYS = {"corporate_number": "corporate_number", "domain": "lower(domain)", "name": _NAMED}
_SHARED = """(WITH k AS MATERIALIZED (SELECT account_id, hash({key}) AS h FROM accounts WHERE {name} IS NOT NULL)
    SELECT account_id FROM k WHERE h IN (SELECT h FROM k GROUP BY h HAVING count(*) BETWEEN 2 AND 1000))"""


def merge_accounts(con: Con, mapped: Mapped, columns: Sequence[Column], told: Mapping[Pair, bool],
                   facts: Facts) -> tuple[Matches, dict[str, Company]]:
    """Make one row of all rows of `accounts` that are surely the same company, and give what to ask about.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that holds the typed table `accounts`, which is changed. It gets a table `same_account`, which says
        which ids stand for which.
    mapped : Mapped
        The table as text, for the rows that went up in others.
    columns : sequence of Column
        The columns of `accounts`; without `name` nothing is done.
    told : mapping of tuple of 2 str to bool
        What people said of pairs, the smaller id first: the same, or not.
    facts : Facts
        Where it is noted what was merged, what differed and what is unsure.

    Returns
    -------
    tuple of (Matches, dict of str to Company)
        What was found, and the rows that were compared by account_id: all of them up to `MOST_COMPARED`, else such as
        share a number, a domain or a name. The fullest row stays, the oldest of equal ones; its gaps are filled from
        the others.

    Examples
    --------
    >>> import duckdb
    >>> from icp_lab.intake.files import Raw
    >>> from icp_lab.intake.spec import Spec
    >>> from icp_lab.tables import BY_NAME
    >>> con, facts = duckdb.connect(), Facts("accounts", "accounts.csv", read=2, used=2)
    >>> _ = con.execute("CREATE TABLE s (file INT, row INT, m0 TEXT, m1 TEXT, m2 TEXT, m3 TEXT)")
    >>> _ = con.execute("INSERT INTO s VALUES (0, 1, 'a1', 'Acme Ltd', 'Leeds', NULL), "
    ...                 "(0, 2, 'a2', 'ACME Limited', 'Leeds', 'acme.example')")
    >>> _ = con.execute("CREATE TABLE accounts AS SELECT m0 AS account_id, m1 AS name, m2 AS city, m3 AS domain FROM s")
    >>> names = ("account_id", "name", "city", "domain")
    >>> mapped = Mapped(Spec("accounts", (), ()), Raw("s", (), (), 2, frozenset(), 0, ()), "s", names, 0, 0, ())
    >>> columns = [BY_NAME["accounts"].by_name[name] for name in names]
    >>> found, companies = merge_accounts(con, mapped, columns, {}, facts)
    >>> found.groups, con.table("accounts").fetchall(), facts.used
    ((('a1', 'a2'),), [('a2', 'ACME Limited', 'Leeds', 'acme.example')], 1)
    """
    con.execute("CREATE TABLE same_account (account_id VARCHAR, becomes VARCHAR, place INTEGER)")
    there = [column.name for column in columns]
    if "name" not in there:
        return Matches(), {}
    (n,) = first(con, "SELECT count(*) FROM accounts")
    shared = " UNION ".join(_SHARED.format(name=name, key=key) for name, key in _KEYS.items() if name in there)
    near = f"WHERE NOT $2 OR account_id IN ({shared} UNION SELECT unnest($1::VARCHAR[]))"
    cells = ", ".join(f"coalesce({name}, '')" if name in there else "''" for name in _CELLS)
    asked = sorted({account for pair in told for account in pair})
    read = con.execute(f"SELECT {cells} FROM accounts {near}", [asked, n > MOST_COMPARED]).fetchall()
    companies = {row[0]: Company(*row) for row in read}
    found = match_companies(companies.values(), told)
    if n > MOST_COMPARED:
        facts.decide("few_compared", "name", n=n, compared=len(companies))
    wrong = sorted(row.number for row in companies.values() if row.number and read_number(row.number) is None)
    if wrong:
        facts.decide("wrong_numbers", "corporate_number", n=len(wrong), example=wrong[0])
    for host, names in sorted(found.shared.items()):
        facts.decide("shared_domain", "domain", domain=host, n=names)
    if found.uncertain:
        facts.decide("same_unsure", "name", n=len(found.uncertain))
    if found.groups:
        _merge(con, mapped, found, there, facts)
    return found, companies


def _merge(con: Con, mapped: Mapped, found: Matches, there: list[str], facts: Facts) -> None:
    filled = " + ".join(f"({quoted(name)} IS NOT NULL)::INT" for name in there)
    since = "customer_since" if "customer_since" in there else "NULL"
    group = {account: i for i, accounts in enumerate(found.groups) for account in accounts}
    con.execute(
        f"INSERT INTO same_account SELECT account_id, first_value(account_id) OVER w, row_number() OVER w "
        f"FROM accounts JOIN (SELECT unnest($1) AS account_id, unnest($2) AS g) USING (account_id) "
        f"WINDOW w AS (PARTITION BY g ORDER BY {filled} DESC, {since} NULLS LAST, account_id)",
        [list(group), list(group.values())])
    rest = [name for name in there if name != "account_id"]
    members = "FROM accounts JOIN same_account USING (account_id) GROUP BY becomes"
    one = ", ".join(f"{'min(customer_since)' if c == 'customer_since' else _fullest(c)} AS {quoted(c)}" for c in rest)
    differ = ", ".join(f"count(*) FILTER (WHERE {quoted(c)} > 1)" for c in rest)
    several = ", ".join(f"count(DISTINCT {quoted(c)}) AS {quoted(c)}" for c in rest)
    counts = dict(zip(rest, first(con, f"SELECT {differ} FROM (SELECT {several} {members})"), strict=True))
    con.execute(f"CREATE TABLE merged AS SELECT becomes AS account_id, {one} {members}")
    con.execute("DELETE FROM accounts WHERE account_id IN (SELECT account_id FROM same_account)")
    con.execute("INSERT INTO accounts BY NAME SELECT * FROM merged")
    con.execute("DROP TABLE merged")
    con.execute("DELETE FROM same_account WHERE account_id = becomes")
    if "parent_id" in there:
        con.execute("UPDATE accounts SET parent_id = becomes FROM same_account s WHERE parent_id = s.account_id")
    gone = con.execute(
        f"SELECT min(file), min(row), account_id, any_value(becomes) FROM {mapped.name} "
        f"JOIN same_account ON {mapped.cell('account_id')} = account_id GROUP BY account_id ORDER BY ALL").fetchall()
    for file, row, account, _becomes in gone:
        facts.add(Case(facts.file.split(", ")[file], row, "account_id", account, "merged"))
    facts.used -= len(gone)
    facts.decide("same_company", "account_id", n=len(gone), example=gone[0][2], becomes=gone[0][3])
    for name in (name for name in rest if counts[name]):
        facts.decide("same_differs", name, n=counts[name])


def _fullest(column: str) -> str:
    return f"first({quoted(column)} ORDER BY place) FILTER (WHERE {quoted(column)} IS NOT NULL)"


def find_accounts(con: Con, mapped: Mapped) -> Mapped:
    """Put the id of an account where a row says by name, domain or e-mail which one it is about, and only one fits.

    Parameters
    ----------
    con : DuckDBPyConnection
        A connection that holds the table, `accounts` and `same_account`.
    mapped : Mapped
        A table as text that is about accounts.

    Returns
    -------
    Mapped
        The table with a column `account_id` where one was found or was there; an id that was merged becomes the one
        that stayed. A note says what names were found in place of ids; `known` tells whether all ids are of accounts.

    Examples
    --------
    >>> import duckdb
    >>> from icp_lab.intake.files import Raw
    >>> from icp_lab.intake.spec import Spec
    >>> con = duckdb.connect()
    >>> _ = con.execute("CREATE TABLE accounts AS SELECT 'a1' AS account_id, 'Acme Ltd' AS name")
    >>> _ = con.execute("CREATE TABLE same_account (account_id VARCHAR, becomes VARCHAR)")
    >>> _ = con.execute("CREATE TABLE t AS SELECT 0 AS file, unnest([1, 2]) AS row, unnest(['ACME', 'Boreal']) AS m0")
    >>> raw = Raw("s", (), (), 2, frozenset(), 0, ())
    >>> found = find_accounts(con, Mapped(Spec("deals", (), ()), raw, "t", ("account_id",), 0, 0, ()))
    >>> con.sql(f"SELECT m0 FROM {found.name} ORDER BY row").fetchall(), found.known
    ([('a1',), ('Boreal',)], False)
    """
    notes: list[Note] = []
    for way in ("account_id", *_ELSEWHERE.get(mapped.spec.table, ())):
        if way not in mapped.names:
            continue
        cell, own = mapped.cell(way), mapped.cell("account_id") if "account_id" in mapped.names else "NULL"
        rows = f"ANTI JOIN accounts a ON a.account_id = {cell}" if way == "account_id" else f"WHERE {own} IS NULL"
        asked = f"SELECT DISTINCT {cell} FROM {mapped.name} {rows} ORDER BY ALL"
        words = [word for (word,) in con.execute(asked).fetchall() if word is not None]
        known = _list_known(con, words)
        found = {word: account for word in words if (account := _find(word, known))}
        if way == "account_id":
            mapped = replace(mapped, known=len(found) == len(words))
        if not found:
            continue
        table, name = f"{mapped.name}_by_{way}", f"{mapped.name}_found"
        con.execute(f"CREATE TABLE {table} AS SELECT unnest($1) AS word, unnest($2) AS found",
                    [list(found), list(found.values())])
        names = tuple(dict.fromkeys((*mapped.names, "account_id")))
        now = f"coalesce({'found, ' + own if way == 'account_id' else own + ', found'})"
        cells = ", ".join(f"{now if c == 'account_id' else mapped.cell(c)} AS m{i}" for i, c in enumerate(names))
        con.execute(f"CREATE VIEW {name} AS SELECT file, row, {cells} "
                    f"FROM {mapped.name} LEFT JOIN {table} ON {cell} = word")
        mapped = replace(mapped, name=name, names=names)
        # An id that was merged follows its account without a word: the accounts' own facts say it.
        named = {word: account for word, account in found.items() if account not in known.get(f"id {word}", ())}
        if named:
            word, account = next(iter(named.items()))
            notes.append(("found_account", way, {"n": len(named), "example": word, "account": account}))
    return replace(mapped, notes=(*mapped.notes, *notes))


def _list_known(con: Con, words: Sequence[str]) -> dict[str, set[str]]:
    """List what an account is known by: ids that were merged into it, its name, its host; of very many only these."""
    merged = con.execute("SELECT account_id, becomes FROM same_account").fetchall() if words else ()
    known = defaultdict(set, {f"id {old}": {new} for old, new in merged})
    (n,) = first(con, "SELECT count(*) FROM accounts")
    there = con.table("accounts").columns
    others = [word for word in words if f"id {word}" not in known]
    hosts = [host for word in others for host in _list_hosts(word)]
    for column, read, sought in (("name", _read_core, others), ("domain", read_domain, hosts)):
        key = _KEYS[column]
        near = f"{key} IN (SELECT {key} FROM (SELECT unnest($1::VARCHAR[]) AS {column})) OR NOT $2"
        asked = f"SELECT account_id, {column} FROM accounts WHERE {column} <> '' AND ({near})"
        rows = con.execute(asked, [sought, n > MOST_COMPARED]).fetchall() if sought and column in there else ()
        for account, word in rows:
            known[f"{column} {read(word)}"].add(account)
    return known


def _read_core(word: str) -> str:
    return read_name(word).core


def _list_hosts(word: str) -> list[str]:
    """List the host that a word names and those that it stands below."""
    labels = read_domain(word).split(".")
    return [".".join(labels[i:]) for i in range(len(labels) - 1)]


def _find(word: str, known: Mapping[str, set[str]]) -> str:
    """Find the one account that a word names; a host may stand below the one that is known."""
    core = _read_core(word)
    for key in (f"id {word}", f"name {core}" if core else "", *(f"domain {host}" for host in _list_hosts(word))):
        if key in known:
            return next(iter(known[key])) if len(known[key]) == 1 else ""
    return ""
