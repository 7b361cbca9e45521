"""The composition root: the only place that picks adapters."""

from dayseal.wiring.assemble import Opened, archives_of, assemble, open_workspace, read_policy
from dayseal.wiring.create import create_workspace

__all__ = ["Opened", "archives_of", "assemble", "create_workspace", "open_workspace", "read_policy"]
