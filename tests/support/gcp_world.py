"""A Google Cloud on this machine: its REST APIs as far as dayseal asks them, and Logging's gRPC beside."""

from typing import Any

from google.auth.credentials import AnonymousCredentials, Credentials

from dayseal.clouds.gcp.calls import Calls
from dayseal.clouds.gcp.session import Access, Sessions
from support.gcp_entries import Entries
from support.gcp_gate import Gate
from support.gcp_kms import Kms
from support.gcp_storage import Storage


class World:
    """What there is; every member may be changed by a test. Names are resource names (`projects/P`)."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.faults: list[str] = []  # of our own answers
        self.parents: dict[str, str] = {}  # projects/P and folders/N to what lies above
        self.numbers: dict[str, str] = {}  # projects/P
        self.policies: dict[str, dict[str, Any]] = {}
        self.sinks: dict[str, list[dict[str, Any]]] = {}
        self.log_settings: dict[str, dict[str, Any]] = {}
        self.log_buckets: dict[str, list[dict[str, Any]]] = {}
        self.clusters: dict[str, list[dict[str, Any]]] = {}
        self.missing_zones: dict[str, list[str]] = {}
        self.operations: dict[str, list[dict[str, Any]]] = {}
        self.index: list[tuple[str, str]] = []  # a project and the full name of what Cloud Asset knows of
        self.series: dict[str, list[dict[str, Any]]] = {}
        self.alerts: dict[str, list[dict[str, Any]]] = {}
        self.services: dict[str, list[dict[str, Any]]] = {}
        self.storage = Storage()
        self.kms = Kms()
        self.entries = Entries(self.gate)
        self.address = ""
        self.entries_address = ""

    def access(self, **more: Any) -> Access:  # noqa: ANN401 - any field of an access
        """Say how to get in: here, without credentials, waiting for nothing."""
        told = {"open_credentials": nobody, "wait": at_once} | more
        return Access(endpoint=self.address, entries_endpoint=self.entries_address, **told)

    def calls(self, **more: Any) -> Calls:  # noqa: ANN401 - any field of an access
        """Get in."""
        return Calls(Sessions(self.access(**more)))

    def above(self, name: str) -> list[str]:
        """Give a resource and all that lies above it."""
        found = [name]
        while found[-1] in self.parents:
            found.append(self.parents[found[-1]])
        return found

    def named(self, project: str) -> str:
        """Give a project's name by id, whether it was asked for by id or by number."""
        return next((name for name, number in self.numbers.items() if project == f"projects/{number}"), project)


def nobody() -> Credentials:
    """Give credentials that are none."""
    return AnonymousCredentials()


def at_once(_: float) -> None:
    """Wait for nothing."""
