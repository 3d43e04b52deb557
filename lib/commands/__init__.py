"""What people type.

A command ends soon. What takes longer than its own work is left out: collecting garbage while its modules load and when
it ends, and asking all installed packages for reporters and backends of doit's.
"""

import atexit
import gc

import doit.plugin

gc.set_threshold(200_000)
atexit.register(gc.freeze)
doit.plugin.entry_points_impl = lambda: lambda group: ()
