"""The only room that knows doit and joblib: tasks that are right about what is stale, and quick about it."""

from lib.build.config import SettingsError, config, settings
from lib.build.graph import Artifact, figure, given, task
from lib.build.memo import memo
from lib.build.worker import progress

__all__ = ["Artifact", "SettingsError", "config", "figure", "given", "memo", "progress", "settings", "task"]


def __getattr__(name):
    # Constants of this build's configuration, read when a stage asks for them.
    if name in ("SOURCE", "MIRROR"):
        return getattr(config(), name.lower())
    raise AttributeError(name)
