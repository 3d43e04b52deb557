"""`doit plan`: what a build would restore, what it would run, for about how long, and why."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from doit.control import TaskControl

from lib.commands.names import Named, family
from lib.commands.tables import columns
from lib.commands.why import Reasons
from lib.graph import files, store, worker
from lib.graph.cache import save_caches
from lib.graph.settings import PROJECT, config
from lib.graph.step import GRAPH
from lib.graph.task import Step

DURATIONS = PROJECT / "stages" / "durations.json"
TO_DO = {"built": "build", "restored": "restore"}
RESTORING = 0.05  # seconds that a step of the store takes
QUICK = 0.3  # seconds of a step that is not among the durations


@dataclass
class Outlook:
    """What is to be expected of a step.

    Parameters
    ----------
    how : {"fresh", "restored", "built"}
        A step that would be built may turn out to be fresh, if those before it make what they made before.
    seconds : float
        What it takes, about.
    after : Step or None
        The first step that it reads from which is not fresh.
    digests : dict of str to str
        Of its outputs by path, where they are known.
    """

    how: str
    seconds: float = 0.0
    after: Step | None = None
    digests: dict[str, str] = field(default_factory=dict)


def foresee(steps: Iterable[Step], values: Mapping[str, dict], anywhere: bool = False) -> dict[str, Outlook]:
    """What a build would do.

    Parameters
    ----------
    steps : iterable of Step
        With all that they read from, in the order of their declaration.
    values : dict of str to dict
        What doit's database has of each, by name.
    anywhere : bool
        Whether to look into a team's store too: a request for each step that is neither fresh nor stored here.

    Returns
    -------
    dict of str to Outlook
        By name.
    """
    found: dict[str, Outlook] = {}
    for step in steps:
        found[step.name] = _foresee(step, values.get(step.name, {}), found, anywhere)
    return found


def _foresee(step, values, found, anywhere):
    makers = {maker: found[maker.name] for maker in GRAPH.makers_of(step)}
    after = next((maker for maker, outlook in makers.items() if outlook.how != "fresh"), None)
    if after is None and step.is_fresh(values):
        return Outlook("fresh", digests={path: state[1] for path, state in values["outputs"].items()})
    made = {path: digest for outlook in makers.values() for path, digest in outlook.digests.items()}
    try:
        digests = {path: made[path] if path in GRAPH.makers else files.digest(path) for path in step.input_files}
    except (KeyError, OSError):  # not known before it is made, or not there
        digests = None
    if digests is not None and step.keep and not step.forced:
        key = step.key(step.fingerprint, {path: ("", digest) for path, digest in digests.items()})
        stored = store.find_digests(key, step.places, anywhere)
        if stored:
            return Outlook("restored", RESTORING, after, {step.places[name]: stored[name] for name in step.places})
    before = values.get("seconds")
    return Outlook("built", before if isinstance(before, int | float) else usual_seconds(step), after)


def usual_seconds(step: Step) -> float:
    """What a step takes with the default settings on the machine that stages/durations.json was written on; one of a
    sweep, if it is not there, what the others take."""
    table = _durations().get(config().source, {})
    return table.get(next(iter(step.outputs.values())).id) or _means().get(family(step), QUICK)


@cache
def _durations():
    try:
        return dict(json.loads(DURATIONS.read_text()))
    except (OSError, ValueError):
        return {}


@cache
def _means():
    """Mean duration of each sweep's steps."""
    table, found = _durations().get(config().source, {}), dict[str, list[float]]()
    for step in GRAPH.steps:
        if step.template and step.name in table:
            found.setdefault(family(step), []).append(table[step.name])
    return {name: sum(seconds) / len(seconds) for name, seconds in found.items()}


def time_left(seconds: Mapping[str, float]) -> float:
    """Seconds until all of these steps are done: those of all over the cores, or of the longest way through them."""
    until: dict[str, float] = {}
    for step in GRAPH.steps:
        before = max((until.get(maker.name, 0.0) for maker in GRAPH.makers_of(step)), default=0.0)
        until[step.name] = before + seconds.get(step.name, 0.0)
    return max(sum(seconds.values()) / worker.count(), max(until.values(), default=0.0))


def in_words(seconds: float) -> str:
    """A duration as people say it.

    Examples
    --------
    >>> in_words(0.2), in_words(42.3), in_words(215), in_words(7300)
    ('1 s', '42 s', '3 min 35 s', '2 h 1 min')
    """
    whole = max(round(seconds), 1)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Plan(Named):
    """Say what a build would do."""

    name = "plan"
    doc_purpose = "say what would be built or restored, how long it takes, and why"
    doc_usage = "[NAME...]"
    doc_description = (
        "What would be built may turn out to be fresh, if the steps before it make the same as before. A team's store "
        "is asked too."
    )
    cmd_options = ()
    examples = ("plan", "plan Q3 training.seeds=[0,1]")

    def _execute(self, pos_args):
        tasks = TaskControl(self.task_list).tasks
        steps = [step for step in GRAPH.steps if step.name in tasks]
        values = {step.name: self.dep_manager.get_values(step.name) for step in steps}
        outlooks = foresee(steps, values, anywhere=True)
        reasons = Reasons(self.dep_manager.get_values)
        lines: dict[tuple[str, str, str], list[Outlook]] = {}
        for step in steps:
            outlook = outlooks[step.name]
            if outlook.how != "fresh":
                own = next(iter(reasons.of(step)), "")
                why = own if own or outlook.after is None else f"after {family(outlook.after)}"
                lines.setdefault((outlook.how, family(step), why), []).append(outlook)
        rows = [(TO_DO[how], _times(name, found), _duration(found), why) for (how, name, why), found in lines.items()]
        self.outstream.write(columns(rows))
        self.outstream.write(f"{summary(outlooks)}\n")
        save_caches()
        return 0


def _times(name, found):
    return f"{name} (× {len(found)})" if len(found) > 1 else name


def _duration(found):
    return in_words(sum(outlook.seconds for outlook in found)) if found[0].how == "built" else ""


def summary(outlooks: Mapping[str, Outlook]) -> str:
    """What is to be done, in a line.

    Examples
    --------
    >>> summary({"a": Outlook("fresh"), "b": Outlook("fresh")})
    'all 2 steps are fresh'
    """
    counts = Counter(outlook.how for outlook in outlooks.values())
    if counts["fresh"] == len(outlooks):
        return f"all {len(outlooks)} steps are fresh"
    parts = [f"{counts[how]} to {verb}" for how, verb in TO_DO.items() if counts[how]]
    parts += [f"{counts['fresh']} fresh"] if counts["fresh"] else []
    seconds = {name: outlook.seconds for name, outlook in outlooks.items() if outlook.how != "fresh"}
    return f"{', '.join(parts)}; about {in_words(time_left(seconds))}"
