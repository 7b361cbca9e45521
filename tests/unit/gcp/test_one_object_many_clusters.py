import datetime as dt
import json

import pytest

from dayseal.clouds.gcp.archive import GcsArchive
from dayseal.clouds.gcp.places import ArchivePlace
from dayseal.digest.objects import ObjectDigest
from dayseal.digest.parallel import digest_all
from support.gcp_estate import ACTIVITY
from support.gcp_world import World

DAY = dt.date(2026, 11, 22)
DATA = "cloudaudit.googleapis.com/data_access"


def entry(project: str, cluster: str, number: int, log: str = ACTIVITY) -> str:
    """Give one Kubernetes audit entry as a sink writes it."""
    labels = {"project_id": project, "location": "europe-west1", "cluster_name": cluster}
    payload = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": "k8s.io",
        "methodName": "io.k8s.core.v1.secrets.create",
        "resourceName": "core/v1/namespaces/default/secrets/s",
        "authenticationInfo": {"principalEmail": "system:serviceaccount:kube-system:ci"},
    }
    at = f"2026-11-22T03:{number % 60:02d}:00.000001Z"
    return json.dumps({
        "protoPayload": payload, "insertId": f"{cluster}-{number}", "timestamp": at, "receiveTimestamp": at,
        "resource": {"type": "k8s_cluster", "labels": labels},
        "logName": f"projects/{project}/logs/{log.replace('/', '%2F')}",
    })  # fmt: skip


@pytest.mark.parametrize("logs", [(), (ACTIVITY, DATA)])
def test_an_object_with_many_clusters_is_read_once_and_counted_for_each(google: World, logs: tuple[str, ...]) -> None:
    """An organisation's sink puts all projects into the same files, late entries into addenda beside them."""
    google.storage.add_bucket("central", "900")
    clusters = [(f"project-{n % 3}", f"cluster-{n}") for n in range(6)]
    lines = [entry(*cluster, number) for number in range(4) for cluster in clusters]
    vm = json.dumps({"logName": "projects/p/logs/syslog", "resource": {"type": "gce_instance", "labels": {}},
                     "insertId": "1", "timestamp": "2026-11-22T03:00:00Z", "textPayload": "x"})  # fmt: skip
    hour = f"{ACTIVITY}/2026/11/22/03:00:00_03:59:59"
    google.storage.put("central", f"{hour}_S0.json", "\n".join([*lines, vm, ""]).encode())
    google.storage.put("central", f"{hour}_A0:1795000000.json", f"{entry(*clusters[0], 9)}\n".encode())
    data = f"{DATA}/2026/11/22/03:00:00_03:59:59_S0.json"
    google.storage.put("central", data, f"{entry(*clusters[1], 9, DATA)}\n".encode())
    reader = GcsArchive(google.access(), ArchivePlace("central"), logs)
    digests = digest_all(reader, reader.list_day(DAY).objects, workers=1)
    counted: dict[tuple[str, str], int] = {}
    for digest in digests:
        assert isinstance(digest, ObjectDigest)
        for hint, tally in digest.tallies:
            if hint is not None and hint.name:
                key = (hint.account, hint.name)
                counted[key] = counted.get(key, 0) + tally.events
    assert counted == {cluster: 4 + (n < 2) for n, cluster in enumerate(clusters)}
    reads = [path for call, path in google.gate.log if call == "storage:objects.get"]
    assert len(reads) == len(set(reads)) == 3
