"""Sweeps: the outputs of one step per combination of values, matched along shared axes."""

from typing import Any


class Sweep(dict):
    """Outputs of a sweep's steps, by the values of its axes (a tuple if there are several).

    Parameters
    ----------
    axes : dict of str to tuple
    """

    def __init__(self, axes: dict[str, tuple], *entries: Any):
        super().__init__(*entries)
        self.axes = axes
        self._found: dict[tuple, dict[tuple, list]] = {}  # by axes and length, then by their values

    def __getattr__(self, output: str) -> "Sweep":
        """The sweep of one output of steps that have several."""
        if output.startswith("__"):
            raise AttributeError(output)
        return Sweep(self.axes, {point: getattr(made, output) for point, made in self.items()})

    def select(self, **point: Any) -> Any:
        """The entry at a point; a list of entries if it leaves axes open."""
        fixed = tuple(axis for axis in self.axes if axis in point)
        index = self._found.get((fixed, len(self)))
        if index is None:  # a sweep over a sweep asks for each of its points
            index = self._found[fixed, len(self)] = {}
            for values, made in self.items():
                at = dict(zip(self.axes, _as_tuple(values), strict=False))
                index.setdefault(tuple(at[axis] for axis in fixed), []).append(made)
        found = index.get(tuple(point[axis] for axis in fixed), [])
        if len(fixed) < len(self.axes):
            return list(found)
        if not found:
            raise KeyError(f"the sweep has nothing at {point}")
        return found[0]


def by(axis: str, entries: dict[Any, Any]) -> Sweep:
    """A sweep of existing artifacts: ``by("page", {"01_list": PHOTO})``."""
    return Sweep({axis: tuple(entries)}, entries)


def match(value: Any, point: dict[str, Any]) -> Any:
    """Sweeps in an input, taken at a point of another sweep as far as they share its axes."""
    if isinstance(value, Sweep):
        return value.select(**{axis: at for axis, at in point.items() if axis in value.axes})
    if isinstance(value, dict):
        return {key: match(inner, point) for key, inner in value.items()}
    return [match(inner, point) for inner in value] if isinstance(value, list | tuple) else value


def _as_tuple(values):
    return values if isinstance(values, tuple) else (values,)
