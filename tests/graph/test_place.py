"""Where a declaration stands, and where an exception came from."""

import types

from lib.graph import place


def test_a_declaration_stands_where_a_stage_calls():
    module = types.ModuleType("stages.made_up")
    source = "\n\nfrom lib.graph.place import location\nFOUND = location()\n"
    exec(compile(source, f"{place.PROJECT}/stages/made_up.py", "exec"), vars(module))
    assert module.FOUND == "stages/made_up.py:4"


def raised(source, file, caller=None):
    module = {"f": caller}
    try:
        exec(compile(source, file, "exec"), module)
    except Exception as error:
        return place.origin(error)


def test_an_exception_came_from_the_projects_last_line():
    def caller():
        raise ValueError

    inside = f"{place.PROJECT}/stages/a.py"
    assert raised("\n1 / 0", inside) == "stages/a.py:2"
    assert raised("\nimport json\njson.loads('{')", inside) == "stages/a.py:3"  # json is not ours
    assert raised("\n1 / 0", "/elsewhere/b.py").startswith("tests/graph/test_place.py")
    assert raised("f()", inside, caller).startswith("tests/graph/test_place.py")
    code = "def f(): raise ValueError\n"
    kernel = {}
    exec(compile(code, f"{place.PROJECT}/lib/graph/step.py", "exec"), kernel)
    assert raised("\n\nf()", inside, kernel["f"]) == "stages/a.py:3"  # where it was called from
    exec(compile(code, f"{place.PROJECT}/.venv/lib/x.py", "exec"), kernel)
    assert raised("\n\nf()", inside, kernel["f"]) == "stages/a.py:3"


def test_what_cannot_be_parsed_came_from_its_own_line():
    try:
        compile("x = 1\ndef f(:\n", f"{place.PROJECT}/stages/a.py", "exec")
    except SyntaxError as error:
        assert place.origin(error) == "stages/a.py:2"
