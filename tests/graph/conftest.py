"""A project folder of one's own, whose steps run in this process."""

import sys
import textwrap
import types

import pytest

from lib.graph import cache, files, store, task, text
from lib.graph.cache import Cache
from lib.graph.call import call
from lib.graph.fingerprint import Code, code_state
from lib.graph.task import Step

RUN = "def run(words, times=1):\n    return ' '.join([words] * times)\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder that relative paths start from; nothing is remembered of another one."""
    monkeypatch.chdir(tmp_path)
    for known in ("_folders", "_files", "_free"):
        monkeypatch.setattr(files, known, {})
    monkeypatch.setattr(cache, "_caches", {})
    return tmp_path


class Project:
    """Modules, artifacts and steps in a folder; `calls` has what was computed and not restored."""

    def __init__(self, folder):
        self.folder, self.calls, self.during, self.warns = folder, [], None, []

    def write(self, **modules):
        for name, source in modules.items():
            file = self.folder / "lib" / f"{name.replace('__', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(source))

    def put(self, path, content):
        """What no step makes, or somebody overwrites."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        files._folders.clear()
        files._files.clear()
        return file

    def step(self, function="lib.s:run", inputs=None, settings=None, outputs=None, **more):
        inputs = {"words": text("Q1/words")} if inputs is None else inputs
        outputs = outputs or {"target": text("Q1/made")}
        fields = {"single": "target" in outputs, "keep": True, "doc": "", "progress": False, "template": None}
        fields |= {"location": "stages/training.py:12"} | more
        return Step(function, inputs, settings or {}, outputs, **fields)

    def run(self, step):
        """What doit would keep of a success."""
        failed = step.perform()
        assert failed is None, failed.get_msg()
        return step.record()

    def is_up_to_date(self, step, values):
        return step.is_up_to_date(types.SimpleNamespace(value_savers=[]), values)

    def submit(self, arguments, progress_file, allowed, reached, tidy=None):
        """In the place of a worker process."""
        self.calls.append(arguments[0])
        self.progress_file, self.allowed, self.reached = progress_file, allowed, reached
        name = arguments[0].partition(":")[0]
        module = types.ModuleType(name)
        exec((self.folder / f"{name.replace('.', '/')}.py").read_text(), vars(module))
        sys.modules[name] = module
        try:
            call(*arguments, None)
        finally:
            del sys.modules[name]
        if self.during:
            self.during()
        return self.warns


@pytest.fixture
def project(here, monkeypatch):
    project = Project(here)
    project.write(s=RUN)
    project.put("artifacts/embedded/Q1/words.txt", "one two")
    monkeypatch.setattr(task, "code", lambda state=None: Code(Cache(), here))
    monkeypatch.setattr(task, "code_state", lambda: code_state(here))
    monkeypatch.setattr(task, "remembered", lambda key, make, state=None, version="": make())
    monkeypatch.setattr(task.worker, "submit", project.submit)
    monkeypatch.setattr(store, "shared", lambda: None)
    return project
