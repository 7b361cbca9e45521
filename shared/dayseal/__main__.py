"""`python -m dayseal`."""

import sys

from dayseal.cli import main

sys.exit(main())
