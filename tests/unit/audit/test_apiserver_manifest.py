"""A kube-apiserver's manifest is read as the kubelet and the server read it, and what they refuse is refused."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dayseal.audit.apiserver import ApiServer, parse_manifest
from dayseal.errors import FormatError
from support.apiserver_manifests import manifest


def flags_of(*words: str) -> dict[str, str]:
    """Give the audit flags of a server started with these words."""
    return dict(parse_manifest(manifest(*words), subject="m.yaml").flags)


def test_a_flag_is_read_in_every_spelling_the_server_takes() -> None:
    """With `=`, as two words, with underscores; a switch takes no second word."""
    assert flags_of("--audit-log-path=/a") == {"audit-log-path": "/a"}
    assert flags_of("--audit-log-path", "/a") == {"audit-log-path": "/a"}
    assert flags_of("--audit_log_path=/a") == {"audit-log-path": "/a"}
    assert flags_of("--audit-log-truncate-enabled", "--audit-log-maxage=3") == {
        "audit-log-truncate-enabled": "true",
        "audit-log-maxage": "3",
    }


def test_the_last_of_equal_flags_counts() -> None:
    """Else a hidden second flag would switch the log off unseen."""
    assert flags_of("--audit-log-path=/a", "--audit-log-path=") == {"audit-log-path": ""}


def test_what_stands_behind_two_dashes_is_no_flag() -> None:
    """The server reads no flags behind `--`."""
    assert flags_of("--", "--audit-log-path=/a") == {}


def test_a_wrapper_before_the_program_is_looked_through() -> None:
    """Some distributions start the server by go-runner; its own flags are none of the server's."""
    data = manifest("--audit-log-path=/a", program=["/go-runner", "--log-file=/b", "/usr/local/bin/kube-apiserver"])
    assert parse_manifest(data, subject="m.yaml").flags == {"audit-log-path": "/a"}


def test_variables_are_replaced_as_the_kubelet_does() -> None:
    """`$(NAME)` from `env`, `$$` is a dollar; what comes from elsewhere cannot be told."""
    data = manifest("--audit-log-path=$(DIR)/$$a", env=[{"name": "DIR", "value": "/var/log"}])
    assert parse_manifest(data, subject="m.yaml").flags == {"audit-log-path": "/var/log/$a"}
    with pytest.raises(FormatError, match=r"stands on \$\(DIR\)"):
        flags_of("--audit-log-path=$(DIR)/a")


@pytest.mark.parametrize(
    ("image", "minor"),
    [
        ("registry.k8s.io/kube-apiserver:v1.34.2", 34),
        ("localhost:5000/kube-apiserver:v1.9.0@sha256:00", 9),
        ("x/kube-apiserver:v1.33.1-rc.0", 33),
        ("x/kube-apiserver:latest", None),
        ("x:1.20/kube-apiserver", None),
    ],
)
def test_the_version_is_the_images_tag(image: str, minor: int | None) -> None:
    """Rules differ by version; where there is no tag, none is made up."""
    assert parse_manifest(manifest(image=image), subject="m.yaml").minor == minor


def test_the_innermost_mount_counts() -> None:
    """A volume inside another's folder hides it."""
    server = parse_manifest(
        manifest(mounts={"/var/log": ("/srv", False), "/var/log/audit": (None, False)}), subject="m.yaml"
    )
    outer, inner = server.mount_of("/var/log/a"), server.mount_of("/var/log/audit/a")
    assert outer is not None
    assert inner is not None
    assert (outer.host, inner.host) == (PurePosixPath("/srv"), None)
    assert server.mount_of("/var/logs/a") is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"kind: ConfigMap\n", "kind ConfigMap, one Pod promised"),
        (b"[]", "kind missing"),
        (b"kind: Pod\n---\nkind: Pod\n", "several documents"),
        (b"kind: Pod\nspec: {containers: [{command: [etcd]}]}\n", "no container runs kube-apiserver"),
        (b"kind: Pod\nspec: {containers: [{command: [sh, -c, exec kube-apiserver --a]}]}\n", "started by a shell"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_what_is_no_manifest_of_a_server_is_refused(data: bytes, said: str) -> None:
    """Nothing is guessed from a file that shows no flags."""
    with pytest.raises(FormatError, match=said):
        parse_manifest(data, subject="m.yaml")


@pytest.mark.parametrize(("flag", "value"), [("audit-log-maxage", "-1"), ("audit-log-maxage", "1d")])
def test_a_number_the_server_refuses_is_refused(flag: str, value: str) -> None:
    """The server would not start with it."""
    with pytest.raises(FormatError, match="a whole number promised"):
        ApiServer({flag: value}, (), None).number(flag)


def outcome_of(data: bytes) -> ApiServer | str:
    """Give what parsing gives, or the error's words."""
    try:
        return parse_manifest(data, subject="m.yaml")
    except FormatError as exc:
        return str(exc)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """A hostile file is an error of ours that names it, never a crash."""
    outcome = outcome_of(data)
    assert isinstance(outcome, ApiServer) or outcome.startswith("m.yaml: ")
