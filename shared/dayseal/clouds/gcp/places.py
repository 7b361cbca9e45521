"""Where Google Cloud is asked: the archive's bucket, and the names of resources."""

import dataclasses
from typing import Final

_CLUSTERS: Final = "//container.googleapis.com/"
_LOGGING: Final = "logging.googleapis.com/"
_STORAGE: Final = "storage.googleapis.com/"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ArchivePlace:
    """A bucket of log objects, or the part of it whose names start with `prefix`."""

    bucket: str
    prefix: str = ""

    @property
    def uri(self) -> str:
        """The archive's address: `gs://bucket/prefix`."""
        return f"gs://{self.bucket}/{self.prefix}"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class ClusterPlace:
    """A cluster by where it is and what it is called; clusters of one place follow each other under one name."""

    project: str
    location: str
    name: str

    @property
    def text(self) -> str:
        """The resource name: `projects/P/locations/L/clusters/N`."""
        return f"projects/{self.project}/locations/{self.location}/clusters/{self.name}"


def cluster_of_asset(name: str) -> ClusterPlace | None:
    """Read a cluster's full resource name, which calls a location of one zone `zones/Z`; None where it is none."""
    parts = name.removeprefix(_CLUSTERS).split("/")
    fits = name.startswith(_CLUSTERS) and len(parts) == 6 and all(parts)  # noqa: PLR2004 - three names, three kinds
    if not fits or (parts[0], parts[4]) != ("projects", "clusters") or parts[2] not in {"zones", "locations"}:
        return None
    return ClusterPlace(parts[1], parts[3], parts[5])


def cluster_of_link(link: str) -> str:
    """Give the part of an operation's targetLink from `projects/` on, locations spelled `locations/`."""
    _, found, rest = link.partition("/projects/")
    if not found:
        return ""
    parts = f"projects/{rest}".split("/")
    if len(parts) > 2 and parts[2] == "zones":  # noqa: PLR2004 - projects/P/zones
        parts[2] = "locations"
    return "/".join(parts)


def bucket_of(destination: str) -> str:
    """Give the bucket a sink writes to, `""` where it writes to none."""
    return destination.removeprefix(_STORAGE) if destination.startswith(_STORAGE) else ""


def log_bucket_of(destination: str) -> str:
    """Give the resource name of the log bucket a sink writes to, `""` where it writes to none."""
    name = destination.removeprefix(_LOGGING)
    return name if destination.startswith(_LOGGING) and "/buckets/" in name else ""


def project_of(destination: str) -> str:
    """Give the project (`projects/P`) a sink hands its entries to, `""` where it hands them to none."""
    name = destination.removeprefix(_LOGGING)
    whole = destination.startswith(f"{_LOGGING}projects/") and name.count("/") == 1
    return name if whole else ""
