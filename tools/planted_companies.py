"""Accounts with planted duplicates, English and Japanese: what the same-company matching is held against.

Three generators that share no word of names: `directory` and `ledger` (the weights and rules were settled on them) and
`cards` (held back; fewer domains and numbers, other slips). Each gives 2,000 rows of 1,700 companies, 300 of which
stand twice; among them are near names, namesakes in other towns, subsidiaries and branches, none of them the same.
"""

from dataclasses import dataclass, replace
from random import Random

from icp_lab.intake.identity import read_number
from icp_lab.intake.matching import Company, Pair

ROWS, DUPLICATES = 2_000, 300
GENERATORS = ("directory", "ledger", "cards")


@dataclass(frozen=True)
class Words:
    """What names are made of: the heads and tails of names, what tells near names apart, towns."""

    heads: tuple[str, ...]
    tails: tuple[str, ...]
    near: tuple[tuple[str, str], ...]
    arms: tuple[str, ...]
    branches: tuple[str, ...]
    towns: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    romaji: dict[str, str]


_EN_FORMS = ((" Inc.", ", Inc", " INC", " Corp.", " Corporation", " Co., Ltd.", ""), (" Ltd", " Limited", " LTD.", ""),
             (" GmbH", " gmbh", ""), (" LLC", ", L.L.C.", ""))
_JA_FORMS = (("株式会社*", "㈱*", "(株)*", "（株）*", "*株式会社", "*㈱", "*（株）", "株式会社 *", "*"),
             ("有限会社*", "㈲*", "*(有)", "*有限会社", "*"), ("合同会社*", "*合同会社", "(同)*", "*"))
WORDS = {
    ("directory", "en"): Words(
        ("Northwind", "Bluepeak", "Halberd", "Ironbridge", "Lakeshore", "Meridian", "Oakhurst", "Pinnacle", "Quarry",
         "Redstone", "Silverline", "Thornbury", "Umbra", "Vantage", "Westgate", "Zephyr", "Cobalt", "Drummond",
         "Everfield", "Fairmont", "Granite", "Harbor", "Juniper", "Kestrel"),
        ("Manufacturing", "Technologies", "Logistics", "Foods", "Packaging", "Instruments", "Trading", "Chemicals",
         "Software", "Engineering", "Services", "International", "Plastics", "Pharma"),
        (("North", "South"), ("First", "Second"), ("East", "West")), ("Logistics", "Japan", "Holdings", "Finance"),
        (" Osaka Branch", " Leeds Plant", " - Texas Sales Office"),
        ("Leeds", "York", "Boston", "Austin", "Denver", "Bristol", "Derby", "Tampa", "Reno", "Salem"), _EN_FORMS, {}),
    ("directory", "ja"): Words(
        ("山田", "田中", "高橋", "渡辺", "中村", "東海", "北陸", "富士", "日新", "大和", "朝日", "共和", "三協",
         "太陽", "アサヒ", "サクラ",
         "斎藤", "長崎", "ミナト", "キャニオン", "ヒノデ"),
        ("商事", "工業", "製作所", "システム", "電機", "運輸", "建設", "食品", "印刷", "コンピューター", "化学",
         "機工", "サービス"),
        (("商事", "商会"), ("工業", "工機"), ("電機", "電気"), ("東", "西")), ("物流", "ホールディングス",
         "エンジニアリング", "販売"),
        ("東京支店", " 大阪営業所", "名古屋工場"),
        ("大阪市", "横浜市", "名古屋市", "港区", "千代田区", "福岡市", "仙台市", "札幌市", "神戸市"), _JA_FORMS,
        {"山田": "Yamada", "田中": "Tanaka", "東海": "Tokai", "富士": "Fuji"}),
    ("ledger", "en"): Words(
        ("Abbott", "Barlow", "Castellan", "Delacroix", "Eastwood", "Ferrante", "Goldsmith", "Hutchins", "Ingram",
         "Jorgensen", "Kowalski", "Lindqvist", "Marchetti", "Novak", "Ostrander", "Pemberton", "Rasmussen",
         "Sandoval"),
        ("& Sons", "Brothers", "Group", "Industries", "Systems", "Consulting", "Marine", "Textiles", "Automotive",
         "Bakeries", "Printing", "Analytics", "Furniture", "Ceramics"),
        (("Upper", "Lower"), ("Alpha", "Omega"), ("Red", "Green")), ("Asia", "Properties", "Deutschland", "Retail"),
        (" Branch Office", " Warehouse", " Hamburg Factory"),
        ("Oslo", "Turin", "Lyon", "Ghent", "Bremen", "Malmo", "Porto", "Basel"), _EN_FORMS, {}),
    ("ledger", "ja"): Words(
        ("鈴木", "佐々木", "松本", "井上", "清水", "近畿", "瀬戸内", "信越", "丸善", "光洋", "双葉", "若葉",
         "クボタ", "ハヤブサ", "髙島",
         "浜松", "オリオン", "ユニバーサル"),
        ("産業", "鉄工所", "薬品", "ソフトウェア", "倉庫", "不動産", "水産", "精密", "紙業", "デザイン", "センサー",
         "林業", "ケミカル"),
        (("産業", "産商"), ("精密", "精機"), ("水産", "水道"), ("新", "旧")), ("リース", "プロパティ", "サポート",
         "ジャパン"),
        ("京都支社", " 広島事業所", "川崎工場"),
        ("京都市", "広島市", "川崎市", "新潟市", "静岡市", "熊本市", "岡山市", "金沢市"), _JA_FORMS,
        {"鈴木": "Suzuki", "松本": "Matsumoto", "清水": "Shimizu", "光洋": "Koyo"}),
    ("cards", "en"): Words(
        ("Aldridge", "Brightwater", "Copperfield", "Dunmore", "Elmwood", "Foxglove", "Glenrock", "Hawthorne",
         "Islington",
         "Kingfisher", "Longmeadow", "Millbrook", "Nightingale", "Orchard", "Queensbury", "Riverbend", "Stonehaven"),
        ("Partners", "Media", "Robotics", "Dental", "Freight", "Aerospace", "Insurance", "Optics", "Tooling",
         "Energy",
         "Hospitality", "Mgmt", "Associates", "Biosciences"),
        (("New", "Old"), ("Royal", "Urban"), ("Green", "Grey")), ("Nordic", "Ventures", "Iberia", "Leasing"),
        (" Dublin Branch", " Depot", " Lille Factory"),
        ("Dublin", "Lille", "Vigo", "Graz", "Linz", "Cork", "Aarhus", "Lund", "Parma"), _EN_FORMS, {}),
    ("cards", "ja"): Words(
        ("小林", "加藤", "吉川", "森永", "関西", "九州", "常陸", "武蔵", "三河", "明光", "白石", "栄和", "ナカジマ",
         "フロンティア", "スバル",
         "福澤", "フジキョウ"),
        ("通商", "電工", "メディカル", "農園", "自動車", "保険", "硝子", "フードサービス", "テクノロジー", "紡績",
         "金属", "測量", "エネルギー"),
        (("通商", "通信"), ("電工", "電子"), ("金属", "金型"), ("保険", "保証")), ("総研", "ファイナンス",
         "トレーディング", "九州"),
        ("埼玉支店", " 千葉営業所", "三重工場"),
        ("さいたま市", "千葉市", "津市", "長野市", "堺市", "松山市", "大分市", "盛岡市"), _JA_FORMS,
        {"小林": "Kobayashi", "加藤": "Kato", "吉川": "Yoshikawa", "福澤": "Fukuzawa"}),
}


@dataclass(frozen=True)
class _Firm:
    """A company as the register knows it."""

    plain: str
    words: Words
    japanese: bool
    forms: tuple[str, ...]
    row: Company


def plant_companies(seed: int, generator: str) -> tuple[list[Company], set[Pair]]:
    """Make 2,000 rows of accounts, and name the pairs of them that are the same company."""
    rng, firms = Random(f"{generator} {seed}"), list[_Firm]()
    names = set[str]()
    while len(firms) < ROWS - DUPLICATES:
        firms.append(_found(rng, generator, firms, names))
    chosen = rng.sample([i for i, firm in enumerate(firms) if not firm.row.name.endswith(firm.words.branches)],
                        DUPLICATES)
    rows = [firm.row for firm in firms] + [_write_again(rng, generator, firms[i]) for i in chosen]
    ids = [f"{number:05}" for number in rng.sample(range(10_000, 99_999), ROWS)]
    renamed = {firm.row.account_id: ids[i] for i, firm in enumerate(firms)}
    placed = [replace(row, account_id=ids[i], parent_id=renamed.get(row.parent_id, "")) for i, row in enumerate(rows)]
    same = {tuple(sorted((ids[i], ids[ROWS - DUPLICATES + n]))) for n, i in enumerate(chosen)}
    rng.shuffle(placed)
    return placed, same  # type: ignore[return-value]


def _found(rng: Random, generator: str, firms: list[_Firm], names: set[str]) -> _Firm:
    """Make a company of its own: a plain one, or one that a careless eye takes for another."""
    trap = rng.random() if len(firms) > 200 else 1.0
    if trap < 0.25:
        return _found_like(rng, firms, len(firms), trap / 0.25)
    japanese = rng.random() < 0.5
    words = WORDS[generator, "ja" if japanese else "en"]
    gap = "" if japanese else " "
    plain = ""
    while not plain or plain in names:
        parts = [rng.choice(words.heads), rng.choice(words.tails)]
        if rng.random() < 0.6:
            parts.insert(1, rng.choice(words.heads))
        if rng.random() < 0.3:
            parts.insert(0, rng.choice(rng.choice(words.near)[:2]) if not japanese else rng.choice("東西新"))
        plain = gap.join(parts)
    names.add(plain)
    return _register(rng, plain, words, japanese, len(firms))


def _register(rng: Random, plain: str, words: Words, japanese: bool, number: int) -> _Firm:
    forms = rng.choices(words.forms, weights=[8, 2, 1, 1][:len(words.forms)])[0]
    host = f"firm{number}.co.jp" if japanese else f"firm{number}.com"
    known = (0.55, 0.2) if words in (WORDS["cards", "en"], WORDS["cards", "ja"]) else (0.7, 0.5)
    row = Company(
        f"#{number}", _style(rng, plain, forms[:-1], japanese), domain=host if rng.random() < known[0] else "",
        number=_draw_number(rng) if japanese and rng.random() < known[1] else "",
        city=rng.choice(words.towns) if rng.random() < 0.8 else "", country="日本" if japanese else "")
    return _Firm(plain, words, japanese, forms, row)


def _style(rng: Random, plain: str, forms: tuple[str, ...], japanese: bool) -> str:
    form = rng.choice(forms)
    return form.replace("*", plain) if japanese else plain + form


def _draw_number(rng: Random) -> str:
    number = read_number("".join(rng.choices("0123456789", k=12)))
    return str(number)


def _found_like(rng: Random, firms: list[_Firm], number: int, kind: float) -> _Firm:  # noqa: PLR0911
    """Make another company that looks like one that is there: near name, namesake, subsidiary, or a branch of it."""
    like = rng.choice([firm for firm in firms if not firm.row.name.endswith(firm.words.branches)])
    words, gap = like.words, "" if like.japanese else " "
    if kind < 0.35:
        pairs = [(a, b) for one, other in words.near for a, b in ((one, other), (other, one)) if a in like.plain]
        near = like.plain.replace(*rng.choice(pairs), 1) if pairs else f"{like.plain}{gap}{rng.choice(words.heads)}"
        if near in {firm.plain for firm in firms}:
            return _found_like(rng, firms, number, kind)
        made = _register(rng, near, words, like.japanese, number)
        return replace(made, row=replace(made.row, city=like.row.city if rng.random() < 0.4 else made.row.city))
    if kind < 0.55:  # a namesake in another town
        made = _register(rng, like.plain, words, like.japanese, number)
        other = rng.choice([town for town in words.towns if town != like.row.city])
        return replace(made, row=replace(made.row, city=made.row.city and other))
    if kind < 0.8:
        arms = [name for arm in words.arms if (name := like.plain + gap + arm) not in {firm.plain for firm in firms}]
        if not arms:
            return _found_like(rng, firms, number, kind)
        made = _register(rng, rng.choice(arms), words, like.japanese, number)
        row = replace(made.row, domain=like.row.domain if rng.random() < 0.6 else made.row.domain,
                      city=like.row.city if rng.random() < 0.5 else made.row.city,
                      parent_id=like.row.account_id if rng.random() < 0.3 else "")
        return replace(made, row=row)
    branches = [name for end in words.branches if (name := like.row.name + end) not in {f.row.name for f in firms}]
    if not branches:
        return _found_like(rng, firms, number, kind)
    row = replace(like.row, account_id=f"#{number}", name=rng.choice(branches),
                  city=rng.choice(words.towns), number=like.row.number if rng.random() < 0.5 else "")
    return replace(like, row=row)


def _write_again(rng: Random, generator: str, firm: _Firm) -> Company:
    """Write a company a second time, as another person or system would."""
    plain = _misspell(rng, generator, firm) if rng.random() < 0.5 else firm.plain
    forms = firm.forms
    if firm.japanese and generator != "directory" and rng.random() < 0.1:
        forms = (rng.choice(("カ)*", "*　㈱", "*株式會社")),)
    name = _style(rng, plain, forms, firm.japanese)
    if not firm.japanese:
        name = rng.choice((name, name, name.upper(), name.lower(), name.replace(" ", "  "), name.replace(".", "")))
    row = replace(firm.row, name=name)
    moved = rng.random() < 0.12
    if moved and row.city:
        row = replace(row, city=rng.choice([town for town in firm.words.towns if town != row.city]))
    if rng.random() < 0.25:
        row = replace(row, city="")
    if row.domain:
        written = ("https://www.{}/", "http://{}", "{}", "WWW.{}", "info@{}", "https://{}/ja/company?x=1")
        row = replace(row, domain=rng.choice(written).format(row.domain) if rng.random() < 0.8 else "")
    elif rng.random() < 0.1:
        row = replace(row, domain="someone@gmail.com")
    if row.number:
        row = replace(row, number=rng.choice((row.number, f"T{row.number}", "", "")))
    return row


def _misspell(rng: Random, generator: str, firm: _Firm) -> str:
    """Spell a name in another way: a slip, a short form, another script or width."""
    plain = firm.plain
    if firm.japanese:
        romaji = {head: word for head, word in firm.words.romaji.items() if plain.startswith(head)}
        if romaji and rng.random() < 0.3:
            return f"{next(iter(romaji.values()))} {rng.choice(('Trading', 'Corporation', 'Kogyo'))}"
        return rng.choice((
            plain.replace("高", "髙").replace("崎", "﨑").replace("島", "嶋").replace("斎", "齋"),
            "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヴ" else c for c in plain), plain.replace("ー", ""),
            plain[:2] + "　" + plain[2:], plain.replace("ャ", "ヤ").replace("ェ", "エ"), _slip_kana(rng, plain)))
    place = rng.randrange(1, len(plain) - 1)
    slips = {
        "directory": (plain[:place] + plain[place + 1:], plain[:place] + plain[place] + plain[place:],
                      plain[:place] + plain[place + 1] + plain[place] + plain[place + 2:]),
        "ledger": (plain[:place] + rng.choice("aeiourst") + plain[place + 1:], plain.replace("ck", "k", 1),
                   plain[:place] + rng.choice("eaionl") + plain[place:]),
        "cards": (plain.replace("ee", "e", 1).replace("oo", "o", 1),
        plain[:place] + rng.choice("vwnmlk") + plain[place + 1:],
                  plain.replace(" ", "", 1), plain.replace(" ", "-", 1), plain + "s"),
    }[generator]
    short = {"Manufacturing": "Mfg.", "Technologies": "Tech", "International": "Int'l", "Services": "Svcs",
             "Engineering": "Eng.", "Brothers": "Bros.", "Group": "Grp", "Industries": "Ind.", "& Sons": "and Sons",
             "Systems": "Sys."}
    for long, brief in short.items():
        if long in plain and rng.random() < 0.5:
            return plain.replace(long, brief)
    return rng.choice(slips)


def _slip_kana(rng: Random, plain: str) -> str:
    kana = [i for i, c in enumerate(plain) if "ァ" <= c <= "ヴ"]
    if not kana:
        return plain
    place = rng.choice(kana)
    return plain[:place] + rng.choice("アイカトンス") + plain[place + 1:]
