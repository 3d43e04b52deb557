"""`doit graph`: draw the steps in layers, from the data to the writeup."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from doit.cmd_base import DoitCmdBase
from doit.control import TaskControl
from doit.exceptions import InvalidCommand

from lib.commands.names import family
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

Nodes = dict[str, dict[str, Any]]
Edges = set[tuple[str, str]]


class DrawGraph(OptionsAnywhere, DoitCmdBase):
    """Draw the graph as it stands."""

    name = "graph"
    doc_purpose = "draw the tasks and what is fresh, stale or failed"
    doc_usage = ""
    doc_description = None
    cmd_options = (
        {"name": "to", "long": "to", "type": str, "default": "graph.svg", "help": "picture to write [%(default)s]"},
    )

    def _execute(self, to, pos_args):
        file = in_user_folder(to)
        if pos_args or file.suffix not in ENDINGS:
            given = " ".join(pos_args) or to
            raise InvalidCommand(f"graph takes --to FILE, which ends in {', '.join(ENDINGS)}; not {given}")
        tasks = TaskControl(self.task_list).tasks
        nodes, edges = group(GRAPH, statuses(self.dep_manager, tasks, tasks))
        make_folder(file.parent)
        draw(nodes, edges).savefig(file, metadata=_plain_metadata(file.suffix))
        counts = Counter(node["status"] for node in nodes.values())
        self.outstream.write(f"{to}: {', '.join(f'{number} {status}' for status, number in counts.items())}\n")
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
        ``label``, ``count`` of steps, ``status``.
    edges : set of (str, str)
        From producer to consumer.
    """
    node_of = {step.name: family(step) for step in graph.steps}
    edges = {(node_of[maker.name], node_of[step.name]) for step in graph.steps for maker in graph.makers_of(step)}
    nodes = {}
    for name in dict.fromkeys(node_of.values()):
        found = [status[step.name] for step in graph.steps if node_of[step.name] == name]
        worst = next((s for s in ("failed", "stale") if s in found), "fresh")
        nodes[name] = {"label": name, "count": len(found), "status": worst}
    return nodes, {(a, b) for a, b in edges if a != b}


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
    """Edges without those that a longer path implies; these are drawn.

    Examples
    --------
    >>> sorted(direct({("a", "b"), ("b", "c"), ("a", "c")}))
    [('a', 'b'), ('b', 'c')]
    """
    import networkx

    return set(networkx.transitive_reduction(networkx.DiGraph(sorted(edges))).edges)


def positions(nodes: Iterable[str], edges: Edges, sweeps: int = 12) -> dict[str, tuple[int, float]]:
    """Position of each node, (layer, height), with neighbours close together.

    Nodes of a layer are sorted by the mean height of those they are joined to, over and over in both directions
    (Sugiyama, Tagawa and Toda 1981).
    """
    layer = layers(nodes, edges)
    columns: dict[int, list[str]] = {}
    for name, depth in layer.items():
        columns.setdefault(depth, []).append(name)
    height: dict[str, float] = {}
    for names in columns.values():
        height |= _spread(names)
    for sweep in range(sweeps):
        for depth in sorted(columns, reverse=sweep % 2 == 1):
            towards = 0 if sweep % 2 == 0 else 1
            joined = {
                name: [height[edge[towards]] for edge in edges if edge[1 - towards] == name] for name in columns[depth]
            }
            mean = {name: sum(near) / len(near) if near else height[name] for name, near in joined.items()}
            columns[depth].sort(key=lambda name: (mean[name], name))
            height |= _spread(columns[depth])
    return {name: (layer[name], height[name]) for name in nodes}


def _spread(names):
    return {name: number - (len(names) - 1) / 2 for number, name in enumerate(names)}


def draw(nodes: Nodes, edges: Edges) -> "Figure":
    """The picture, as a matplotlib Figure."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    matplotlib.rcParams["svg.hashsalt"] = "inkgraph"  # ids that are the same every time
    matplotlib.rcParams["svg.fonttype"] = "none"
    place, edges = positions(nodes, edges), direct(edges)
    columns = 1 + max((x for x, _ in place.values()), default=0)
    rows = 1 + 2 * max((abs(y) for _, y in place.values()), default=0)
    figure = Figure(figsize=(2.1 * columns + 0.4, 0.42 * rows + 0.8), layout="constrained")
    axes = figure.subplots()
    for a, b in sorted(edges):
        (x1, y1), (x2, y2) = place[a], place[b]
        start, end, middle = (x1, y1), (x2, y2), (x1 + x2) / 2  # behind the labels
        curve = Path([start, (middle, y1), (middle, y2), end], [Path.MOVETO] + 3 * [Path.CURVE4])
        axes.add_patch(PathPatch(curve, fill=False, edgecolor="#8a8f98", linewidth=0.7, alpha=0.7))
    for name, node in nodes.items():
        fill, edge, mark = LOOKS[node["status"]]
        label = f"{mark}{node['label'].lstrip('_')}" + (f" × {node['count']}" if node["count"] > 1 else "")
        box = {"boxstyle": "round,pad=0.35", "facecolor": fill, "edgecolor": edge, "linewidth": 1.0}
        axes.text(*place[name], label, ha="center", va="center", fontsize=8, color="#1c2530", bbox=box)
    for number, (status, (fill, edge, mark)) in enumerate(LOOKS.items()):
        box = {"boxstyle": "round,pad=0.3", "facecolor": fill, "edgecolor": edge}
        axes.text(
            0.01 + 0.08 * number, 1.0, f"{mark}{status}", transform=axes.transAxes, fontsize=8, va="top", bbox=box
        )
    axes.set(xlim=(-0.6, columns - 0.4), ylim=(rows / 2 + 0.3, -rows / 2 - 1.0))
    axes.axis("off")
    return figure


def _plain_metadata(ending):
    """Metadata without dates, so that files are reproducible."""
    return {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}[ending]
