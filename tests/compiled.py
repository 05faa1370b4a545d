"""Imported before everything else: what tests import is compiled once, and not by each process.

Where the environment says ``PYTHONDONTWRITEBYTECODE``, every worker and whatever the tests start
would else compile all of Tramita, and rewrite the assertions of all tests, in every run.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
