"""`icp-lab check` in words."""

from icp_lab.study import check_study


def test_words_say_what_is_there_and_what_was_lost(make_study):
    report = check_study(
        make_study(
            "tables: {accounts: accounts.csv, usage: usage.csv}\n",
            accounts_csv="account_id,industry\n1,a\n2,b\n",
            usage_csv="account_id;events;junk\n1;5;x\n1;5;x\n9;5;y\n",
        )
    )
    words = report.words()
    assert report.ok
    assert "usage: 1 x the account is not in accounts, first in usage.csv, row 3, column account_id (`9`)" in words
    assert "usage: 1 rows repeat another row" in words
    assert "Decided by the lab itself:\n  usage, usage.csv: its cells are parted by ;" in words
    assert "usage: not used are the columns junk." in words
    assert "May be criteria: industry" in words
    assert "No errors" in words
