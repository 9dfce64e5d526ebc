"""Write data/demo_ja: a made-up Japanese wholesaler of machine parts, 60 customers, seen through a ledger alone.

`python tools/make_demo_ja.py [FOLDER] [SEED]`. Four things help a little each, and the more of them a customer has the
better it does: that is real, and more than 60 customers can settle. The seed is one whose data end `tentative` whatever
the random numbers of the finder; of other seeds a third does, the rest falls to either side.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
CUSTOMERS, SEED = 60, 21
AS_OF = pd.Timestamp("2026-03-31")
BANDS = ["10〜29名", "30〜49名", "50〜99名", "100〜299名", "300名以上"]
HELPS = {"業種": ["食品機械", "包装機械", "電子部品"], "従業員数": ["50〜99名", "100〜299名"],
         "都道府県": ["愛知県", "静岡県", "大阪府"], "自社工場": ["有"]}
STRENGTH = 4  # deviations by which each of these moves a customer, before all are brought to one scale
PREFECTURES = ["東京都", "神奈川県", "埼玉県", "愛知県", "静岡県", "大阪府", "兵庫県", "福岡県"]
DEALERS = ["", "", "", "", "㈱中央機材商会", "北辰産業（株）"]
PLACES = ["髙橋", "山﨑", "三和", "東亜", "富士見", "旭", "日の出", "丸栄", "大黒", "中島", "信和", "第一", "北斗",
          "武蔵", "平和"]
TRADES = {"食品機械": "食品機械", "包装機械": "包装機", "自動車部品": "部品工業", "金属加工": "製作所",
          "工作機械": "精機", "電子部品": "電子", "建設": "建機", "印刷": "印刷"}
FORMS = ["㈱{}", "{}㈱", "株式会社{}", "有限会社{}", "(株){}"]
GOODS = {"ベアリング①型": 4_800, "Vベルト": 2_300, "減速機": 48_000, "ローラーチェーン": 9_600, "油圧ホース": 6_700,
         "エアシリンダ": 15_400, "切削工具": 3_900, "ボルト・ナット(箱)": 1_800, "シール材": 1_200}
NOTES = {"best": "無理を言わず、計画的に発注してくれる", "good": "担当者が協力的", "avoid": "値引き要求と返品が多い"}
TEAMS = ["営業一課", "営業二課", "業務課"]
LEDGER = ["得意先コード", "得意先名", "売上日", "商品", "数量", "金額", "粗利", "代理店"]
LIST = ["得意先コード", "得意先名", "業種", "従業員数", "都道府県", "設立年", "自社工場", "代理店", "取引開始日"]
SIGNS = {"best": "◎", "good": "○", "avoid": "×"}


def make_customers(rng: np.random.Generator) -> pd.DataFrame:
    """Make the customers; `helps` counts what speaks for each, and `z` is how well each does."""
    frame = pd.DataFrame({
        "業種": rng.permutation(np.resize(list(TRADES), CUSTOMERS)),
        "従業員数": rng.permutation(np.resize(BANDS, CUSTOMERS)),
        "都道府県": rng.permutation(np.resize(PREFECTURES, CUSTOMERS)),
        "自社工場": rng.permutation(np.resize(["有", "有", "無"], CUSTOMERS)), "代理店": rng.choice(DEALERS, CUSTOMERS),
        "設立年": rng.integers(1946, 2012, CUSTOMERS),
        "得意先コード": [f"{1001 + 3 * i:06d}" for i in range(CUSTOMERS)]})
    nth = frame.groupby("業種").cumcount() + 2 * frame["業種"].map(list(TRADES).index)  # no two of a trade share a name
    frame["得意先名"] = [rng.choice(FORMS).format(PLACES[i % len(PLACES)] + TRADES[trade])
                     for i, trade in zip(nth, frame["業種"], strict=True)]
    frame["helps"] = sum(frame[column].isin(words).astype(int) for column, words in HELPS.items())
    z = STRENGTH * frame["helps"] + rng.normal(size=CUSTOMERS)
    z = (z - z.mean()) / z.std()
    years = (12 + 3 * z + rng.normal(0, 2, CUSTOMERS)).clip(3, 22).astype(int)  # good customers have stayed longer
    return frame.assign(z=z, 取引開始日=[f"{2025 - n}年{rng.integers(1, 13)}月1日" for n in years])


def make_ledger(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Make three years of sales: a line a product and order; a few goods come back."""
    goods, days = list(GOODS), pd.date_range("2023-04-03", AS_OF, freq="B")
    lines = []
    for row in customers.itertuples():
        orders = np.sort(rng.choice(len(days), rng.integers(28, 37), replace=False))
        for day in days[orders]:
            for good in rng.choice(goods, rng.integers(1, 4), replace=False):
                number = max(1, round(float(rng.lognormal(1.6 + 0.45 * row.z, 0.35)) * 36_000 / GOODS[good]))
                back = rng.random() < 0.01
                margin = np.clip(0.22 + 0.02 * row.z + rng.normal(0, 0.02), 0.05, 0.45)
                amount = number * GOODS[good] * (-1 if back else 1)
                lines.append((row.得意先コード, row.得意先名, day, good, -number if back else number, amount,
                              round(amount * margin), row.代理店))
    # What is sold at the counter has a code that the customer list does not know.
    lines += [("999999", "店頭現金売上", day, "シール材", 2, 2_400, 480, "") for day in days[::90]]
    ledger = pd.DataFrame(lines, columns=LEDGER)
    return ledger.sort_values(["売上日", "得意先コード"], kind="stable", ignore_index=True)


def make_opinions(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Let the sales people name a few customers: good ones mostly, and the worst."""
    order = customers.sort_values("z")
    said = [(order.iloc[-1 - int(i)], "best") for i in rng.choice(12, 3, replace=False)]
    said += [(order.iloc[30 + int(i)], "good") for i in rng.choice(20, 2, replace=False)]
    said += [(order.iloc[int(i)], "avoid") for i in rng.choice(8, 2, replace=False)]
    rows = [(row["得意先コード"], rng.choice(TEAMS), SIGNS[word], NOTES[word]) for row, word in said]
    return pd.DataFrame(rows, columns=["得意先コード", "部署", "評価", "理由"])


def write_demo(folder: Path, seed: int = SEED) -> None:
    """Write the tables as such a firm keeps them, and what is true."""
    rng = np.random.default_rng(seed)
    customers = make_customers(rng)
    ledger, opinions = make_ledger(customers, rng), make_opinions(customers, rng)
    folder.mkdir(parents=True, exist_ok=True)
    listed = customers[LIST].copy()
    listed.loc[rng.choice(CUSTOMERS, 3, replace=False), "都道府県"] = ""
    listed["設立年"] = listed["設立年"].astype(str) + "年"
    _write(listed, folder / "得意先台帳.csv")
    money = {name: ledger[name].map(lambda n: f"{n:,}" if n >= 0 else f"△{-n:,}") for name in ("金額", "粗利")}
    dates = ledger["売上日"].map(lambda day: f"{day.year}/{day.month}/{day.day}")
    _write(ledger.assign(売上日=dates, 数量=ledger["数量"].map(lambda n: f"{n:,}" if n >= 0 else f"△{-n:,}"), **money),
           folder / "売上明細.csv")
    _write(opinions, folder / "営業の評価.csv")
    inside = sorted(customers.loc[customers["helps"] >= 3, "得意先コード"])
    truth = {"seed": seed, "as_of": str(AS_OF.date()), "accounts": CUSTOMERS, "signal": True, "helps": [
        {"attribute": "industry", "in": HELPS["業種"]}, {"attribute": "employees", "min": 50, "max": 299},
        {"attribute": "region", "in": HELPS["都道府県"]}, {"attribute": "自社工場", "is": True}],
        "accounts_with_three": inside}
    words = json.dumps(truth, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(words + "\n", encoding="utf-8", newline="\n")


def _write(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, encoding="cp932", lineterminator="\r\n")


if __name__ == "__main__":
    write_demo(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "demo_ja", int((sys.argv[2:] or [SEED])[0]))
