"""`doit docs`: pages of the library, from its docstrings, with pdoc, which only this needs."""

import subprocess
import sys
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which

from doit.exceptions import InvalidCommand

from lib.commands.options import OptionsAnywhere
from lib.graph.place import PROJECT
from lib.graph.settings import config, in_user_folder, make_folder

ROOMS = ("nn", "vision", "models", "data", "figures", "gallery", "writeup", "graph")
PDOC = "pdoc==16.0.0"


class Docs(OptionsAnywhere):
    """Write the pages."""

    name = "docs"
    doc_purpose = "write pages of the library's functions"
    doc_usage = ""
    doc_description = f"Needs {PDOC}, which nothing else does: --install installs it."
    cmd_options = (
        {"name": "to", "long": "to", "type": str, "default": "", "help": "folder to write to [artifacts/api]"},
        {"name": "install", "long": "install", "type": bool, "default": False, "help": f"install {PDOC} first"},
    )

    def _execute(self, to, install, pos_args):
        if pos_args:
            raise InvalidCommand(f"docs takes --to DIR and --install; not {' '.join(pos_args)}")
        if install:
            _install()
        if find_spec("pdoc") is None:
            raise InvalidCommand("pdoc, which writes the pages, is not installed: ./doitw docs --install")
        folder = in_user_folder(to) if to else PROJECT / config().artifacts / "api"
        make_folder(folder)
        write(folder, modules())
        self.outstream.write(f"{Path(to) if to else config().artifacts / 'api'}/index.html\n")
        return 0


def _install():
    """Install pdoc into the environment that this runs in, with uv where there is one, as doitw does."""
    uv = ["uv", "pip", "install", "--python", sys.executable]
    command = uv if which("uv") else [sys.executable, "-m", "pip", "install"]
    if subprocess.run([*command, "--quiet", PDOC], stdout=sys.stderr).returncode:
        raise InvalidCommand(f"{PDOC} could not be installed; {'uv' if command is uv else 'pip'} says why above")


def modules() -> list[str]:
    """Names of all modules of the library, each room before what is in it."""
    return [
        ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        for room in ROOMS
        for file in sorted((PROJECT / "lib" / room).glob("*.py"))
    ]


def write(folder: Path, names: list[str]) -> None:
    """Write a page for each module, and one that lists and searches them."""
    pdoc = import_module("pdoc")  # by name: type checkers do not ask for what only this command installs
    pdoc.render.configure(docformat="numpy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of annotations in other people's packages
        pdoc.pdoc(*names, output_directory=folder)
