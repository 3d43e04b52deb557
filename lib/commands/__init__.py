"""What people type.

A command ends soon. What takes longer than its own work is left out: collecting garbage ten times while its modules
load, and asking all installed packages for reporters and backends of doit's.
"""

import gc

import doit.plugin

gc.set_threshold(200_000)
doit.plugin.entry_points_impl = lambda: lambda group: ()
