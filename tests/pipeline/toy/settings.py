"""The toy's settings."""

from typing import Annotated, Literal

from msgspec import Meta

from lib.graph.settings import Table, Tables, config, load


class Toy(Table):
    """What the toy is made from."""

    seed: Annotated[int, Meta(ge=0, lt=100)] = 0
    factors: tuple[Annotated[int, Meta(ge=1)], ...] = (1, 2, 3)
    pause: Annotated[float, Meta(ge=0)] = 0.0
    words: tuple[str, ...] = ("one", "two")
    mode: Literal["plain", "fancy"] = "plain"
    flag: bool = True

    def __post_init__(self):
        if not self.factors:
            raise ValueError("factors needs at least one value")
        if len(set(self.factors)) < len(self.factors):
            raise ValueError("factors must differ")


class Build(Table):
    """The store."""

    store_gigabytes: float = 1.0
    share: Literal["read", "write"] = "write"
    scheduler: str = ""


class Settings(Tables):
    toy: Toy
    build: Build


SETTINGS = load(Settings, ("embedded", "course"), config())
