"""The attack matrix as a program: `python -m attacks` says everything, `python -m attacks table` the table.

Run it with `shared` and `tests` on the path.
"""

import sys

from attacks.matrix import render_all, render_table, run_matrix

render = render_table if sys.argv[1:] == ["table"] else render_all
sys.stdout.write(render(run_matrix()))
