"""Kill a report at many moments, one after the other in the same folder, and say what was lost: nothing may be.

    python tests/faults/kill_many.py FOLDER [--study STUDY] [--moments 50] [--seed 0]

Without a study, the small report of the tests is run by turns with two values of a parameter, so that each run has all
its steps to do. With a study, its steps are run once, and by turns two words of `brand` call for products, index and
forms to be made anew. The run is killed (its process alone; kernels end by themselves) at a moment drawn from the
length of a whole one, and the next one meets what was left. After each kill every step and every product is absent, or
whole and that of one of the two; after every fifth a run is left to its end, and has to end like one that nobody
killed. A form that somebody filled in lies there all the time. A moment at which the run had ended already is not
counted: another is drawn. FOLDER receives `kills.json`.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import psutil

from icp_lab.artifacts.manifest import digest_file, read_manifest

RUN = """
import sys
from pathlib import Path
from icp_lab.report.make import Wish, make_report
study, out, house, *settings = sys.argv[1:]
run = make_report(Path(study), Path(out), Wish(settings, notebooks=Path(house) if house else None))
sys.exit(not run.ok)
"""
FILLED = b"what somebody wrote by hand\n"
WAYS = ("a", "b")


def prepare(folder: Path, study: Path | None) -> dict[str, tuple[str, ...]]:
    """Say with which words each of the two ways is run."""
    if study is None:
        spec = spec_from_file_location("conftest_of_faults", Path(__file__).with_name("conftest.py"))
        small = module_from_spec(spec)
        sys.modules[spec.name] = small
        spec.loader.exec_module(small)
        report = small.begin(folder / "small")
        return {way: (str(report.study), str(report.house), f"01_customer_base.years={3 + number}")
                for number, way in enumerate(WAYS)}
    for way in WAYS:
        own = folder / f"study {way}" / study.resolve().name
        shutil.copytree(study, own)
        kept = [line for line in (own / "study.yml").read_text(encoding="utf-8").splitlines() if line[:6] != "brand:"]
        (own / "study.yml").write_text("\n".join([*kept, f"brand: {{footer: way {way}}}", ""]), encoding="utf-8")
    return {way: (str(folder / f"study {way}" / study.resolve().name), "") for way in WAYS}


def start(out: Path, words: tuple[str, ...]) -> subprocess.Popen:
    """Start a run."""
    study, house, *settings = words
    return subprocess.Popen([sys.executable, "-c", RUN, study, str(out), house, *settings], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def describe(out: Path) -> dict[str, str]:
    """Give what a report holds: the content of each step's artifacts, the bytes of products and forms."""
    said = {}
    for folder in sorted((out / "artifacts").iterdir()):
        if manifest := read_manifest(folder):
            said[folder.name] = json.dumps({name: entry.content for name, entry in manifest.artifacts.items()})
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        place = str(path.relative_to(out))
        if not place.startswith((".", "artifacts", "run.json", "index.html", "to_fill/decisions")) and place[0] != "0":
            said[place] = digest_file(path)
    return said


def kill(process: subprocess.Popen) -> int:
    """Kill a run as the system would; count the kernels that outlive it by a minute."""
    kernels = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    return len(psutil.wait_procs(kernels, timeout=60)[1])


def list_losses(out: Path, expected: dict[str, dict[str, str]]) -> list[str]:
    """What lies there that neither way leaves behind, or that is not whole?"""
    lost = [place for place, content in describe(out).items()
            if content not in [each.get(place) for each in expected.values()]]
    if (out / "to_fill" / "decisions.csv").read_bytes() != FILLED:
        lost.append("the form that was filled in")
    index = (out / "index.html").read_text(encoding="utf-8")
    return lost if index.rstrip().endswith("</html>") else [*lost, "index.html"]


def main() -> int:
    """Kill and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    asked.folder = asked.folder.resolve()
    asked.folder.mkdir(parents=True)
    ways, out, draw = prepare(asked.folder, asked.study), asked.folder / "out", random.Random(asked.seed)
    expected, found = {}, []
    for way in WAYS:
        began = time.monotonic()
        assert start(out, ways[way]).wait() == 0, f"{way} does not run"
        length = time.monotonic() - began
        expected[way] = describe(out)
    (out / "to_fill").mkdir(exist_ok=True)
    (out / "to_fill" / "decisions.csv").write_bytes(FILLED)
    while (met := sum(not each["ended"] for each in found)) < asked.moments:
        way, share = WAYS[len(found) % 2], draw.uniform(0, 1)
        process = start(out, ways[way])
        time.sleep(share * length)
        ended, outlived = process.poll() is not None, kill(process)
        lost = list_losses(out, expected) + [f"{outlived} kernels live on"] * bool(outlived)
        if len(found) % 5 == 4 or met + 1 == asked.moments:
            code = start(out, ways[way]).wait()
            lost += [f"the next run ended with {code}"] * bool(code)
            lost += [place for place, content in expected[way].items() if describe(out).get(place) != content]
        found.append({"moment": len(found), "share": round(share, 3), "ended": ended, "lost": lost})
        print(json.dumps(found[-1]), flush=True)
        (asked.folder / "kills.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    losses = sum(bool(each["lost"]) for each in found)
    print(f"{asked.moments} tried ({len(found) - asked.moments} more came after the end), {losses} lost")
    return int(losses > 0)


if __name__ == "__main__":
    sys.exit(main())
