"""A graph in small, for the tests: a drawn table, a folder, fits of a sweep, a total."""

from lib.graph import Number, folder, json, npz, numbers, step, sweep, text
from stages.settings import SETTINGS

TOY = SETTINGS.toy

TABLE = step("lib.toy:draw", to=npz("data/table", "A table of random numbers."), settings=TOY)
WORDS = step("lib.toy:write_words", to={"folder": folder("raw/words", "Words.", root="data")}, settings=TOY).folder
FITS = sweep(
    "lib.toy:fit",
    over={"factor": TOY.factors},
    table=TABLE,
    folder=WORDS,
    to=npz("fits/{factor}", "The table times {factor}."),
    settings=TOY,
)
TOTAL = step(
    "lib.toy:add_up",
    fits=FITS,
    to={
        "sums": json("Q1.10/total", "The sum of each."),
        "all": text("Q1.10/total.txt", "The sum of all."),
        "numbers": numbers("Q1.10/numbers", Number("q1.10.total", "Sum of all"), caption="The sum of all as a number."),
    },
)
step("lib.toy:write_apart", to=text("Q2.1/apart", "Something that depends on nothing else."))
