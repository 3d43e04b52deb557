"""Write README.md's tables, the pictures in docs/ and stages/durations.json from builds with default settings.

In the project's folder: ``./doitw && ./doitw source=course && .venv/bin/python -m docs.refresh``. A source that was not
built keeps the column that docs/results.json has of it. The pictures are of the generated data.
"""

import json
import subprocess
import sys
from pathlib import Path

from PIL import Image

from lib.gallery import readme
from lib.steps import people

PROJECT = Path(__file__).parents[1]
DOCS, ARTIFACTS = PROJECT / "docs", PROJECT / "artifacts"
WIDTH = 900  # pixels
PICTURES = {
    "boxes": "Q4.3/boxes_01_list",
    "learning_rates": "Q3.1.2/learning_rates",
    "people": "data/people_curve",
    "reconstructions": "Q6.2/reconstructions",
    "samples": "data/nist36_samples",
}


def refresh_table(project: Path = PROJECT) -> None:
    """Take over what the builds measured, and write the table."""
    results = project / "docs" / "results.json"
    builds = json.loads(results.read_text(encoding="utf-8"))
    for source in readme.COLUMNS:
        built = project / "artifacts" / source / "readme.json"
        if not built.is_file():
            print(f"{source} is not built: its column stays as it is")
            continue
        build = json.loads(built.read_text(encoding="utf-8"))
        if build["changed"]:
            sys.exit(f"{built} was built with {build['changed']}: build it with the default settings")
        builds[source] = build
    results.write_text(json.dumps(builds, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    text = (project / "README.md").read_text(encoding="utf-8")
    (project / "README.md").write_text(readme.insert(text, readme.table(builds)), encoding="utf-8")


def refresh_people(project: Path = PROJECT) -> None:
    """Write the table of what networks read of real people, from benchmarks/handwriting.json."""
    text = (project / "README.md").read_text(encoding="utf-8")
    table = people.markdown(people.tabulate(project / "benchmarks" / "handwriting.json"))
    (project / "README.md").write_text(readme.insert(text, table, *readme.PEOPLE), encoding="utf-8")


def refresh_durations(project: Path = PROJECT) -> None:
    """Take over how long steps took, for the estimates of builds that have not run them: those of a second or more."""
    file = project / "stages" / "durations.json"
    table = json.loads(file.read_text(encoding="utf-8"))
    for source in readme.COLUMNS:
        command = [project / "doitw", "dumpdb", f"source={source}"]
        values = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        seconds = {name: round(of_step.get("seconds") or 0, 1) for name, of_step in values.items()}
        table[source] = {name: took for name, took in seconds.items() if took >= 1} or table[source]
    file.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def refresh_pictures() -> None:
    """Shrink figures to what a README shows, and photograph the gallery."""
    from playwright.sync_api import sync_playwright

    for name, figure in PICTURES.items():
        with Image.open(ARTIFACTS / "embedded" / f"{figure}.png") as image:
            small = image.convert("RGB").resize(
                (WIDTH, round(WIDTH * image.height / image.width)), Image.Resampling.LANCZOS
            )
        small.save(DOCS / f"{name}.png", optimize=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 860}, reduced_motion="reduce")
        page.goto((ARTIFACTS / "embedded" / "index.html").as_uri())
        page.evaluate("document.querySelector('#pages').scrollIntoView({behavior: 'instant'})")
        page.screenshot(path=DOCS / "gallery.png")
        browser.close()
    with Image.open(DOCS / "gallery.png") as image:
        few_colours = image.convert("RGB").quantize(256)
    few_colours.save(DOCS / "gallery.png", optimize=True)
    subprocess.run([PROJECT / "doitw", "graph", "--to", DOCS / "graph.svg"], check=True)


if __name__ == "__main__":
    refresh_table()
    refresh_people()
    refresh_durations()
    refresh_pictures()
