"""`doit graph`: what leads to steps, and from them, as text or as a picture."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.commands.list import by_question
from lib.commands.names import expand, family
from lib.commands.options import OptionsAnywhere
from lib.commands.status import statuses
from lib.graph.cache import save_caches
from lib.graph.settings import in_user_folder, make_folder
from lib.graph.step import GRAPH, Graph

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colour-blind safe blue, orange and vermilion, lightened; the mark works without colour.
LOOKS = {
    "fresh": ("#cfe3f2", "#0072b2", ""),
    "stale": ("#fbe6c2", "#b87a00", "… "),
    "failed": ("#f6cdbf", "#c04000", "✗ "),
}
ENDINGS = (".svg", ".png", ".pdf")
BOX = 0.86, 0.62  # width and height of a box, in columns and rows
MANY = 8  # inputs of what collects everything: its arrows are pale, or one sees no others
COLUMN, ROW = 2.5, 0.34  # inches

Nodes = dict[str, dict[str, Any]]
Edges = set[tuple[str, str]]


class DrawGraph(OptionsAnywhere):
    """Show the graph as it stands."""

    name = "graph"
    doc_purpose = "show what leads to a step, and from it, and how they stand"
    doc_usage = "[NAME...]"
    doc_description = "As text; with --to as a picture. The steps of a sweep are one; … is stale, ✗ failed."
    cmd_options = (
        {"name": "to", "long": "to", "type": str, "default": "", "help": f"picture to write: {', '.join(ENDINGS)}"},
    )
    examples = ("graph Q3.1.1/weights", "graph --to /tmp/graph.svg")

    def execute(self, params: dict, args: list[str]) -> int:
        """With a task of every step, since it is asked as well what a step leads to."""
        self.loader.setup(params)
        self.loader.load_doit_config()
        self._names = expand(args, GRAPH)
        return super().execute(params, [])

    def _execute(self, to):
        file = in_user_folder(to)
        if to and file.suffix not in ENDINGS:
            raise InvalidCommand(f"--to {to} ends in none of {', '.join(ENDINGS)}")
        tasks = TaskControl(self.task_list).tasks
        nodes, edges = group(GRAPH, statuses(self.dep_manager, tasks, tasks))
        asked = list(dict.fromkeys(family(step) for step in GRAPH.steps if step.name in self._names))
        if asked:
            near = {
                *asked,
                *(name for start in asked for back in (True, False) for name in reached(start, edges, back)),
            }
            nodes = {name: node for name, node in nodes.items() if name in near}
            edges = {edge for edge in edges if near.issuperset(edge)}
        if to:
            make_folder(file.parent)
            draw(nodes, edges).savefig(file, metadata=_plain_metadata(file.suffix))
            counts = Counter(node["status"] for node in nodes.values())
            self.outstream.write(f"{to}: {', '.join(f'{number} {status}' for status, number in counts.items())}\n")
        else:
            lines = [line for name in asked for line in around(name, nodes, edges)] if asked else listing(nodes, edges)
            self.outstream.writelines(f"{line}\n" for line in lines)
        save_caches()
        return 0


def group(graph: Graph, status: Mapping[str, str]) -> tuple[Nodes, Edges]:
    """Nodes, one for all steps of a sweep, and the edges between them.

    Parameters
    ----------
    graph : lib.graph.step.Graph
    status : dict of str to str
        Of `lib.commands.status.statuses`. A node shows the worst of its steps.

    Returns
    -------
    nodes : dict of str to dict
        ``count`` of steps, ``status``, ``lane``: the question, or the stage of a step that answers none.
    edges : set of (str, str)
        From producer to consumer.
    """
    node_of = {step.name: family(step) for step in graph.steps}
    edges = {(node_of[maker.name], node_of[step.name]) for step in graph.steps for maker in graph.makers_of(step)}
    steps_of: dict[str, list] = {}
    for step in graph.steps:
        steps_of.setdefault(node_of[step.name], []).append(step)
    nodes = {}
    for name, steps in steps_of.items():
        found = {status[step.name] for step in steps}
        worst = next((s for s in ("failed", "stale") if s in found), "fresh")
        question = graph.artifacts[steps[0].name][0].question
        lane = question if question[:1] == "Q" else steps[0].stage
        nodes[name] = {"count": len(steps), "status": worst, "lane": lane}
    return nodes, {(a, b) for a, b in edges if a != b}


def reached(start: str, edges: Edges, back: bool) -> list[str]:
    """All nodes that lead to one, or that it leads to, the nearest first.

    Examples
    --------
    >>> reached("b", {("a", "b"), ("b", "c"), ("c", "d")}, back=False)
    ['c', 'd']
    """
    found, todo = dict[str, None](), [start]
    while todo:
        for name in neighbours(todo.pop(0), edges, back):
            if name not in found:
                found[name] = None
                todo.append(name)
    return list(found)


def neighbours(name: str, edges: Edges, back: bool) -> list[str]:
    """The nodes that one reads from, or that read from it."""
    return sorted((edge[0] if back else edge[1] for edge in edges if edge[1 if back else 0] == name), key=by_question)


def label(name: str, node: Mapping[str, Any]) -> str:
    """A node as it is written: a mark for its status, and how many steps it has."""
    return f"{LOOKS[node['status']][2]}{name}" + (f" × {node['count']}" if node["count"] > 1 else "")


def listing(nodes: Nodes, edges: Edges) -> Iterator[str]:
    """Every node below its question, with what it is made from."""
    edges = direct(edges)
    width = max((len(label(name, node)) for name, node in nodes.items()), default=0)
    for lane, names in lanes(nodes).items():
        yield lane
        for name in names:
            made_from = ", ".join(neighbours(name, edges, back=True))
            yield f"  {label(name, nodes[name]):<{width}}  {f'<- {made_from}' if made_from else ''}".rstrip()


def around(name: str, nodes: Nodes, edges: Edges) -> Iterator[str]:
    """A node, as trees what it is made from and what it goes into; what stands above already is not followed again."""
    edges = direct(edges)
    yield label(name, nodes[name])
    for back, title in ((True, "made from"), (False, "goes into")):
        if neighbours(name, edges, back):
            yield f"  {title}"
            yield from _tree(name, nodes, edges, back, "  ", set())


def _tree(name, nodes, edges, back, indent, seen):
    inside = neighbours(name, edges, back)
    for inner in inside:
        last = inner == inside[-1]
        again = inner in seen and neighbours(inner, edges, back)
        yield f"{indent}{'└─' if last else '├─'} {label(inner, nodes[inner])}{' (as above)' if again else ''}"
        if inner not in seen:
            seen.add(inner)
            yield from _tree(inner, nodes, edges, back, indent + ("   " if last else "│  "), seen)


def lanes(nodes: Nodes) -> dict[str, list[str]]:
    """Names of nodes by their question, or by their stage, in the order of the stages."""
    found: dict[str, list[str]] = {}
    for name, node in nodes.items():
        # Last where it was last added to: one file of the data is part of a late question's answer.
        found[node["lane"]] = [*found.pop(node["lane"], []), name]
    return found


def layers(nodes: Iterable[str], edges: Edges) -> dict[str, int]:
    """Layer of each node: one more than the deepest that it reads from; in an order that respects it.

    Examples
    --------
    >>> layers(["c", "a", "b"], {("a", "b"), ("b", "c"), ("a", "c")})
    {'a': 0, 'b': 1, 'c': 2}
    """
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(sorted(edges))
    return {
        name: depth
        for depth, generation in enumerate(networkx.topological_generations(graph))
        for name in sorted(generation)
    }


def direct(edges: Edges) -> Edges:
    """Edges without those that a longer path implies; these are shown.

    Examples
    --------
    >>> sorted(direct({("a", "b"), ("b", "c"), ("a", "c")}))
    [('a', 'b'), ('b', 'c')]
    """
    import networkx

    return set(networkx.transitive_reduction(networkx.DiGraph(sorted(edges))).edges)


def positions(nodes: Nodes, edges: Edges) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Column and row of each node: a column for each layer, below one another what answers one question.

    Returns
    -------
    places : dict of str to (int, int)
    rows : dict of str to (int, int)
        First row of each lane, and the one after its last.
    """
    layer = layers(nodes, edges)
    places, rows, first = {}, {}, 0
    for lane, names in lanes(nodes).items():
        filled: Counter[int] = Counter()
        for name in names:
            places[name] = layer[name], first + filled[layer[name]]
            filled[layer[name]] += 1
        rows[lane] = first, first + max(filled.values())
        first = rows[lane][1]
    return places, rows


def draw(nodes: Nodes, edges: Edges) -> "Figure":
    """The picture, as a matplotlib Figure: a band for each question, arrows from what is read to what is made."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
    from matplotlib.path import Path

    matplotlib.rcParams["svg.hashsalt"] = "inkgraph"  # ids that are the same every time
    matplotlib.rcParams["svg.fonttype"] = "none"
    places, rows = positions(nodes, edges)
    columns = 1 + max((column for column, _ in places.values()), default=0)
    height = max((after for _, after in rows.values()), default=0)
    figure = Figure(figsize=(COLUMN * (columns + 0.5), ROW * (height + 1.5)))
    axes = figure.add_axes((0, 0, 1, 1))
    for number, (lane, (first, after)) in enumerate(rows.items()):
        axes.axhspan(first - 0.5, after - 0.5, color="#f4f5f7" if number % 2 else "#ffffff", zorder=0)
        axes.text(-0.95, first, lane, va="center", fontsize=8, fontweight="bold", color="#1c2530")
    shown = direct(edges)
    inputs = Counter(b for _, b in shown)
    for a, b in sorted(shown):
        (x1, y1), (x2, y2) = places[a], places[b]
        start, end = x1 + BOX[0] / 2, x2 - BOX[0] / 2
        bend = 0.5 * (end - start)
        curve = Path([(start, y1), (start + bend, y1), (end - bend, y2), (end, y2)], [Path.MOVETO] + 3 * [Path.CURVE4])
        arrow = FancyArrowPatch(
            path=curve, arrowstyle="-|>", mutation_scale=7, linewidth=0.7, color="#6b7280", zorder=1
        )
        arrow.set_alpha(0.2 if inputs[b] > MANY else 0.9)
        axes.add_patch(arrow)
    for name, node in nodes.items():
        (x, y), (fill, edge, _) = places[name], LOOKS[node["status"]]
        axes.add_patch(_box(FancyBboxPatch, x, y, fill, edge))
        axes.text(x, y, label(name, node), ha="center", va="center", fontsize=6.5, color="#1c2530", zorder=3)
    for number, (status, (fill, edge, mark)) in enumerate(LOOKS.items()):
        axes.add_patch(_box(FancyBboxPatch, number, -1, fill, edge))
        axes.text(number, -1, f"{mark}{status}", ha="center", va="center", fontsize=6.5, zorder=3)
    axes.set(xlim=(-1, max(columns, 3) - 0.5), ylim=(height - 0.5, -1.6))
    axes.axis("off")
    return figure


def _box(kind, x, y, fill, edge):
    corner = x - BOX[0] / 2, y - BOX[1] / 2
    return kind(corner, *BOX, boxstyle="round,pad=0,rounding_size=0.05", facecolor=fill, edgecolor=edge, zorder=2)


def _plain_metadata(ending):
    """Metadata without dates, so that files are reproducible."""
    return {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}[ending]
