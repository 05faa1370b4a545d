"""Imported before everything else: what tests import is compiled once, and not by each process.

Where the environment says ``PYTHONDONTWRITEBYTECODE``, every worker and whatever the tests start
would else compile all of Tramita, and rewrite the assertions of all tests, in every run.
"""

import gc
import os
import sys

# Whatever is made until all tests are found stays: there is little to collect. conftest settles it.
gc.set_threshold(100_000, 50, 50)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
