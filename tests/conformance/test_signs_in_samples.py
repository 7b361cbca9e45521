import io
import json
from collections import Counter
from pathlib import Path

from dayseal.digest.objects import digest_object
from dayseal.digest.settling import settle
from dayseal.digest.tally import Tally, merge_all

# Under plain/falco-trace-files.
_SEEN = {
    "anonymous_creates_namespace_foo.json": "anonymous-allowed",
    "attach_cluster_admin_role.json": "admin-grant",
    "create_cluster_role_wildcard_resources.json": "powerful-role",
    "exec_pod.json": "pod-shell",  # its end is not in the file
}


def _counted(stored: bytes) -> Tally:
    return settle(merge_all(tally for _, tally in digest_object(io.BytesIO(stored), key="k", version="").tallies))


def test_captured_requests_show_the_signs_that_their_names_say(design_folder: Path) -> None:
    """Events that somebody else made to try detections with; pods that a controller makes of a template give none."""
    found = {}
    for file in sorted((design_folder / "samples/plain/falco-trace-files").glob("*.json")):
        if signs := {sign.detection for sign in _counted(file.read_bytes()).signs.kept}:
            found[file.name] = signs
    assert found == {name: {sign} for name, sign in _SEEN.items()}


def test_other_captured_logs_are_quiet(design_folder: Path) -> None:
    """A detection that fires on ordinary days is one that nobody reads."""
    noisy = {}
    for file in sorted((design_folder / "samples").rglob("*")):
        if file.is_file() and file.name not in _SEEN:
            tally = _counted(file.read_bytes())
            if tally.signs.kept or tally.secrets.kept:
                noisy[str(file)] = (dict(tally.signs.kept), dict(tally.secrets.kept))
    assert noisy == {}


def test_a_real_eks_node_makes_the_tokens_of_its_pods(design_folder: Path) -> None:
    """The annotation of a live cluster gives the id, and a kubelet's work is no sign."""
    text = (design_folder / "samples/eks/panther-eks-rules/events.jsonl").read_text()
    events = [json.loads(line) for line in text.splitlines()]
    lines = [json.dumps(event["log"], separators=(",", ":")) for event in events]
    tally = _counted("\n".join(['{"kind":"Event"}', *lines]).encode())
    assert len(tally.credentials.tokens_minted.kept) == 1
    assert dict(tally.credentials.for_others.kept) == {}
    assert Counter(sign.detection for sign in tally.signs.kept) == {"anonymous-allowed": 1}
