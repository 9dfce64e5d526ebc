"""Ways to damage what people hand in: bytes, YAML, workbooks, and files that are none."""

import io
import os
import re
import zipfile
from pathlib import Path

import numpy as np
from fuzz_intake import damage

Rng = np.random.Generator
_DEEP = 3000
# What may stand where a value of a YAML file stood, written as it is.
YAML_VALUES = (
    "",
    "~",
    "[]",
    "{}",
    "0",
    "-1",
    "1.5",
    "yes",
    "no",
    "zzz",
    "2026-99-99",
    "31/12/2024",
    "2026-03-31T25:00:00Z",
    ".nan",
    ".inf",
    "-.inf",
    "1e999",
    "9" * 300,
    "9" * 5000,
    "0x" + "f" * 400,
    "0o17",
    "1_000",
    "12:30:45",
    '"\\ud800"',
    '"\\0"',
    '"\\u202e"',
    "'; DROP TABLE x; --",
    "'=cmd|''/c calc''!A1'",
    "{{ 7*7 }}",
    "__import__('os').system('touch pwned')",
    "!!python/object/apply:os.system ['touch pwned']",
    "!!python/name:os.system",
    "!x {a: 1}",
    "!!binary aGk=",
    "!!set {a, b}",
    "!!omap [a: 1]",
    "!!float 1",
    "!!timestamp x",
    "&a [*a, *a]",
    "&a {a: *a}",
    "*nobody",
    "[" * _DEEP,
    "[" * _DEEP + "]" * _DEEP,
    "{a: " * _DEEP + "}" * _DEEP,
    "[[[[x]]]]",
    "{a: {b: [c, {d: e}]}}",
    "{? [a, b] : c}",
    "{{a: 1}: 2}",
    "{<<: {a: 1}, b: 2}",
    "[a, [b], {c: d}]",
    "|\n    block\n    text",
    ">-\n  folded",
    "'open",
    '"open',
    "@x",
    "`x`",
    "%x",
    "../../secret.csv",
    "/etc/passwd",
    "..",
    ".",
    "/",
    "secret.csv",
    "**",
    "a**b",
    "*",
    "[",
    "../*",
    "x" * 300,
    "x" * 5000,
    "a/" * 2000 + "b",
    "loop.csv",
    "fifo.csv",
    "zero.csv",
    "out.csv",
    "folder.csv",
    "\u3000",
    "㈱髙﨑～",
    "😀",
    "\t",
    "- a\n  - b",
    "true # x",
    "a: b: c",
)
_YAML_HEADS = (
    "%YAML 1.1\n---\n",
    "%TAG ! tag:x,2000:\n---\n",
    "---\n",
    "\ufeff",
    "- a\n",
    "<<: *x\n",
    "? [a]\n: b\n",
    "a: 1\n---\n",
    "\x00",
    "\t",
    "# x\n" * 50,
    "&a ",
    "!!map\n",
    "...\n",
)


def damage_bytes(content: bytes, rng: Rng) -> tuple[str, bytes]:
    """Damage bytes in one of the ways of tables, or write them in another encoding."""
    if rng.random() < 0.8:
        return damage(content, rng)
    encoding = str(rng.choice(["utf-16", "utf-8-sig", "cp932", "utf-16-le", "euc_jp", "utf-32"]))
    return encoding, content.decode("utf-8").encode(encoding, errors="replace")


def damage_yaml(text: str, rng: Rng) -> tuple[str, bytes]:
    """Damage a YAML text: a value, a line, its head, its shape, or its bytes."""
    lines = text.split("\n")
    way = str(
        rng.choice(
            [
                "bytes",
                "value",
                "value",
                "value",
                "value",
                "value",
                "head",
                "twice",
                "gone",
                "indent",
                "key",
                "bomb",
                "long",
            ]
        )
    )
    if way == "bytes":
        return damage_bytes(text.encode(), rng)
    place = int(rng.choice([i for i, line in enumerate(lines) if ":" in line]))
    if way == "value":
        value = str(rng.choice(YAML_VALUES))
        spots = list(
            re.finditer(r"(?<=: )[^\s{\[][^,}\]]*|(?<=[\[ ])[^\s,{}\[\]:]+(?=[,\]])|(?<=:)$", lines[place])
        )
        if spots:
            spot = spots[int(rng.integers(len(spots)))]
            lines[place] = (
                lines[place][: spot.start()] + (" " if spot[0] == "" else "") + value + lines[place][spot.end() :]
            )
        way = f"value {value[:30]}"
    elif way == "head":
        lines[0] = str(rng.choice(_YAML_HEADS)) + lines[0]
    elif way == "twice":
        lines.insert(int(rng.integers(len(lines))), lines[place])
    elif way == "gone":
        del lines[place]
    elif way == "indent":
        lines[place] = " " * int(rng.integers(1, 4)) + lines[place] if rng.random() < 0.7 else lines[place].lstrip()
    elif way == "key":
        lines[place] = re.sub(
            r"\w+(?=:)",
            str(rng.choice(["x", "", "__class__", "名前", "null", "1", "[a]", "<<"])),
            lines[place],
            count=1,
        )
    elif way == "bomb":  # a billion words out of a few lines
        folds = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10))
        lines.insert(0, f"a0: &a0 [x]\n{folds}")
    else:
        lines[place] += " " + "x" * int(rng.integers(1, 3_000_000))
    return way, "\n".join(lines).encode()


_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(97 + i)} "{f"&{chr(96 + i)};" * 10}">' for i in range(1, 9))
    + "]>"
)


def damage_book(content: bytes, rng: Rng) -> tuple[str, bytes]:  # noqa: PLR0912  (one each way)
    """Damage a workbook: its bytes, or one of the XML parts in it."""
    way = str(
        rng.choice(
            [
                "bytes",
                "far",
                "entities",
                "outside",
                "relations",
                "index",
                "formula",
                "zeros",
                "cut",
                "type",
                "gone",
                "names",
                "merge",
                "strings",
                "shared",
                "value",
                "value",
            ]
        )
    )
    if way == "bytes":
        return damage(content, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheets = [name for name in parts if "worksheets/sheet" in name and name.endswith(".xml")]
    name = str(
        rng.choice(
            sheets if way in ("far", "index", "formula", "merge", "shared", "zeros", "value") else list(parts)
        )
    )
    part = parts[name].decode(errors="replace")
    cells = list(re.finditer(r'<c r="([A-Z]+\d+)"', part)) or [re.match("", part)]
    cell = cells[int(rng.integers(len(cells)))]
    if way == "far":
        far = str(
            rng.choice(
                ["XFD1048576", "ZZZ9999999", "A99999999999", "XFD1", "A1048576", "A0", "0", "ÄÖ1", "BZ50000"]
            )
        )
        part = part[: cell.start()] + f'<c r="{far}"' + part[cell.end() :]
        part = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:{far}"', part)
    elif way == "entities":
        part = _BOMB + re.sub(r"^<\?xml.*?\?>", "", part).replace("</", "&i;</", 1)
    elif way == "outside":
        part = re.sub(
            r'Target="[^"]*"',
            f'Target="{rng.choice(["../../../etc/passwd", "/etc/passwd", "file:///dev/zero", "http://127.0.0.1:9/x"])}"',
            part,
        )
    elif way == "relations":
        part = part.replace("rId1", "rId99").replace('Id="rId2"', 'Id="rId1"')
    elif way == "index":
        part = re.sub(
            r"<v>\d+</v>",
            f"<v>{rng.choice(['999999', '-1', '1e9', 'x', '', '99999999999999999999'])}</v>",
            part,
            count=int(rng.integers(1, 9)),
        )
    elif way == "formula":
        part = re.sub(
            r"(<c [^>]*?)(/>|>.*?</c>)",
            r'\1><f>HYPERLINK("http://127.0.0.1:9/"&amp;A1)</f><v>7</v></c>',
            part,
            count=int(rng.integers(1, 9)),
        )
    elif way == "zeros":
        part = part.replace(
            "</sheetData>",
            '<row r="900">'
            + '<c r="A900" t="inlineStr"><is><t>'
            + "a" * 150_000_000
            + "</t></is></c></row></sheetData>",
        )
    elif way == "shared":  # a long word that many cells share
        rows = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1000, 60_000))
        part = part.replace("</sheetData>", rows + "</sheetData>")
        words = parts.get("xl/sharedStrings.xml", b"").decode()
        parts["xl/sharedStrings.xml"] = re.sub(r"(<si><t[^>]*>)", r"\1" + "b" * 100_000, words, count=1).encode()
    elif way == "type":
        part = re.sub(
            r' t="s"', f' t="{rng.choice(["b", "e", "d", "str", "zz", "n"])}"', part, count=int(rng.integers(1, 9))
        )
    elif way == "names":
        parts[str(rng.choice(["../../pwned", "/tmp_pwned", "xl/../../pwned", "xl/worksheets/sheet1.xml "]))] = (
            parts[name]
        )
    elif way == "merge":
        part = part.replace(
            "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        )
    elif way == "value":
        part = re.sub(
            r"<v>[^<]*</v>",
            f"<v>{rng.choice(['3', '11', '1e400', 'NaN', '-0', '2.5', '8.0000000001', '١'])}</v>",
            part,
            count=int(rng.integers(1, 30)),
        )
    parts[name] = part.encode()
    if way == "cut":
        parts[name] = parts[name][: len(parts[name]) // 2]
    elif way == "strings":
        parts.pop("xl/sharedStrings.xml", None)
    elif way == "gone":
        del parts[name]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for each, said in parts.items():
            book.writestr(each, said)
    return way, stream.getvalue()


FILES = ("fifo", "device", "folder", "loop", "dangling", "outside")


def replace_file(path: Path, rng: Rng) -> str:
    """Put in place of a file what is none, or what lies outside of the study."""
    way, content = str(rng.choice(FILES)), path.read_bytes() if path.is_file() else b""
    path.unlink(missing_ok=True)
    if way == "fifo":
        os.mkfifo(path)
    elif way == "folder":
        path.mkdir()
    elif way == "outside":  # as good a file as the one that was there
        away = path.parents[len(path.parts) - 1 - path.parts.index("study")] / "away"
        away.mkdir(exist_ok=True)
        (away / path.name).write_bytes(content)
        path.symlink_to(away / path.name)
    else:
        path.symlink_to({"device": "/dev/zero", "loop": path.name, "dangling": "nobody"}[way])
    return way
