"""`doit sweep`: numbers at every combination of some settings' values."""

import json
import math
import shutil
import sys
from collections.abc import Iterator
from typing import Any

from doit import doit_cmd
from doit.exceptions import InvalidCommand

from lib.commands.console import Console
from lib.commands.options import OptionsAnywhere
from lib.commands.points import Point, declare, merge, scratch, take_axes
from lib.commands.run import Build
from lib.commands.tables import columns, markdown
from lib.graph.settings import config, in_user_folder, make_folder
from lib.graph.step import GRAPH
from lib.numbers import format_value


class Sweep(OptionsAnywhere, Build):
    """Build what some numbers need at every combination."""

    name = "sweep"
    doc_purpose = "build a number at several values of settings: a table, a figure"
    doc_usage = "table.key=A,B [table.key=C,D] [--metric KEY]"
    doc_description = (
        "Builds what the number needs, all combinations at once; what was built before is restored. Artifacts stay as "
        "they are: what is left is the table, a figure and the values as JSON."
    )
    cmd_options = Build.cmd_options + (
        {
            "name": "metric",
            "long": "metric",
            "type": list,
            "default": [],
            "help": "key of a number, may be given again; without it the first of the front page that depends on the "
            "settings, one measured on validation if there is one",
        },
        {
            "name": "to",
            "long": "to",
            "type": str,
            "default": "",
            "help": "the figure, FILE.png or .pdf, and FILE.json [artifacts/SOURCE/sweeps]",
        },
        {"name": "as_json", "long": "json", "type": bool, "default": False, "help": "print the values as JSON"},
        {"name": "as_markdown", "long": "markdown", "type": bool, "default": False, "help": "as a table in Markdown"},
    )
    examples = (
        "sweep training.momentum=0.5,0.9 training.learning_rate=0.1,1",
        "sweep compression.code=16,32,64 --metric q5.psnr_valid",
    )

    def execute(self, params: dict, args: list[str]) -> int:
        """Declare the graph at every point, then build what is needed."""
        if args:
            raise InvalidCommand(f"{args[0]} is no setting with values: write table.key=A,B, and --metric KEY")
        to = params["to"]
        if to and not to.endswith((".png", ".pdf")):
            raise InvalidCommand(f"--to {to} ends in neither .png nor .pdf")
        if to:
            make_folder(in_user_folder(to).parent)
        self._axes = take_axes(doit_cmd._CMDLINE_VARS)
        self.loader.setup(params)
        self.loader.load_doit_config()
        from stages import STAGES

        folder = scratch()
        self._points = declare(self._axes, STAGES, folder)
        self._keys = list(dict.fromkeys(params["metric"])) or [_first_metric(self._points)]
        self._waits = merge(self._points, self._keys)
        self._numbers = {
            number.key: number for point in self._points for made in point.numbers.values() for number in made.numbers
        }
        make_folder(folder)
        params["dep_file"] = str(folder / "doit.db")
        try:
            return super().execute(params, [step.name for step in GRAPH.steps])
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _execute(self, to, as_json, as_markdown, verbosity, continue_, num_process, par_type):
        for task in self.task_list:
            task.task_dep += [self._waits[task.name]] if task.name in self._waits else []
        failed = super()._execute(
            outfile=sys.stderr,  # the table alone goes to the standard output
            verbosity=verbosity,
            continue_=continue_,
            num_process=num_process,
            par_type=par_type,
            reporter=Quiet,
        )
        if failed:
            return failed
        for point in self._points:
            point.read(self._keys)
        values = [{"settings": point.words, "numbers": point.values} for point in self._points]
        if as_json:
            print(json.dumps(values, indent=1))
        else:
            head, rows = [*self._axes, *map(self._label, self._keys)], [self._row(point) for point in self._points]
            print(markdown(head, rows) if as_markdown else columns([head, *rows]), end="")
        name = "+".join(axis.replace(".", "_") for axis in self._axes)
        self._write(
            in_user_folder(to) if to else config().artifacts / config().source / "sweeps" / f"{name}.png", values
        )
        return 0

    def _label(self, key):
        return self._numbers[key].label

    def _row(self, point):
        cells = []
        for key in self._keys:
            number = self._numbers[key]
            ends = [point.values[end] for end in (f"{key}_low", f"{key}_high") if end in point.values]
            interval = " to ".join(_text(end, number).removesuffix(f" {number.unit}") for end in ends)
            cells.append(_text(point.values[key], number) + (f" ({interval})" if interval else ""))
        return [*point.words.values(), *cells]

    def _write(self, file, values):
        make_folder(file.parent)
        file.with_suffix(".json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        from lib.figures import style, sweeps

        axis = max(self._axes, key=lambda name: len(self._axes[name]))
        for key in self._keys:
            number = self._numbers[key]
            scale = 100 if number.unit == "%" else 1
            unit = f" ({number.unit})" if number.unit else ""
            figure = sweeps.by_setting(
                axis, self._axes[axis], list(self._lines(axis, key, scale)), f"{number.label}{unit}"
            )
            name = file if len(self._keys) == 1 else file.with_stem(f"{file.stem}-{key}")
            style.save(figure, name)
            print(f"  {name}", file=sys.stderr)

    def _lines(self, axis: str, key: str, scale: int) -> Iterator[dict[str, Any]]:
        """What `lib.figures.sweeps.by_setting` draws."""
        groups: dict[str, list[Point]] = {}
        for point in self._points:
            others = ", ".join(
                f"{word.partition('.')[2]} {value}" for word, value in point.words.items() if word != axis
            )
            groups.setdefault(others, []).append(point)
        for label, points in groups.items():
            low, high = (
                [scale * point.values.get(f"{key}_{end}", math.nan) for point in points] for end in ("low", "high")
            )
            known = not any(map(math.isnan, low + high))
            y = [scale * point.values[key] for point in points]
            yield {"label": label, "y": y, "low": low if known else None, "high": high if known else None}


class Quiet(Console):
    """The console of builds that leave no record, since their artifacts do not stay."""

    keeps_records = False


def _text(value, number):
    return format_value(value, number.unit, number.digits)


def _first_metric(points):
    """A number of the front page that is another one at other points, one measured on validation if there is one."""
    found = []
    for key, made in points[0].numbers.items():
        number = next(number for number in made.numbers if number.key == key)
        if number.headline is not None and _differs(key, points):
            found.append(("valid" not in key, number.headline, key))
    if not found:
        raise InvalidCommand("no number of the front page depends on these settings: name one with --metric KEY")
    return min(found)[2]


def _differs(key, points):
    """Whether what a number is made by is not the same at all points."""
    histories = set()
    for point in points:
        makers = {file: step for step in point.steps for file in step.places.values()}
        found, todo = dict[str, str](), [makers[point.numbers[key].files[0]]] if key in point.numbers else []
        while todo:
            step = todo.pop()
            if step.name not in found:
                found[step.name] = step.fingerprint.digest
                todo += [makers[file] for file in step.input_files if file in makers]
        histories.add(tuple(sorted(found.items())))
    return len(histories) > 1
