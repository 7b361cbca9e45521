"""Objects of every shape for hypothesis: mostly right, often odd, sometimes broken."""

import json

from hypothesis import strategies as st

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_SCALAR = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT
)
_ODD = st.recursive(
    _SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3), max_leaves=5
)

_TIMES = st.one_of(
    st.builds(
        "2026-11-{:02}T{:02}:{:02}:{:02}.{:06}Z".format,
        st.integers(20, 23),
        st.integers(0, 23),
        st.integers(0, 59),
        st.integers(0, 59),
        st.integers(0, 999_999),
    ),
    st.sampled_from(
        [
            *("", "2026-11-22", "2026-11-22T10:00:60.000000Z", "2026-11-22T24:00:00.000000Z", "2026-11-22T10:00:00Z"),
            *("9999-01-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z", "2026-11-22T10:00:00.123456789Z"),
            *("2026-11-22T12:30:00.5+02:00", "2026-11-22T10:00:00.000000Z\n2026-11-22T10:00:00.000000Z"),
        ]
    ),
)
_USERS = st.sampled_from(
    ["", "system:node:a", "system:serviceaccount:kube-system:x", "system:anonymous", "eks:k", "me@example.com", "bob"]
)


def _maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return strategy | strategy | strategy | _ODD


def _objects(
    required: dict[str, st.SearchStrategy[object]], optional: dict[str, st.SearchStrategy[object]]
) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {name: _maybe(s) for name, s in required.items()}, optional={name: _maybe(s) for name, s in optional.items()}
    )


EVENTS = _objects(
    {"kind": st.just("Event"), "auditID": _TEXT, "stageTimestamp": _TIMES, "verb": st.sampled_from(["get", "update"])},
    {
        "level": st.sampled_from(["Metadata", "Request"]),
        "stage": st.just("ResponseComplete"),
        "requestURI": st.sampled_from(["/healthz?x=1", "/apis/foo", "/weird/path", ""]),
        "requestReceivedTimestamp": _TIMES,
        "user": _objects(
            {"username": _USERS},
            {
                "extra": st.fixed_dictionaries(
                    {},
                    optional={
                        "authentication.kubernetes.io/credential-id": _maybe(st.lists(_TEXT, max_size=2)),
                        "accessKeyId": st.just(["ASIA"]),
                    },
                )
            },
        ),
        "objectRef": _objects(
            {"resource": st.sampled_from(["leases", "pods"])},
            {
                "namespace": st.sampled_from(["kube-node-lease", "default"]),
                "name": _TEXT,
                "uid": st.sampled_from(["", "0f6e", "d2b1"]),
                "subresource": st.sampled_from(["status", "exec", "10.0.3.7", "ip-10-0-3-7"]) | _TEXT,
                "apiGroup": st.just("apps"),
            },
        ),
        "annotations": st.dictionaries(st.sampled_from(["audit.k8s.io/truncated", "x"]), _TEXT, max_size=2),
        "requestObject": st.just("skipped-too-big-size-object"),
        "extra": _ODD,
    },
)


def _dump(value: object, ascii_only: bool, spaced: bool) -> bytes:  # noqa: FBT001 - two coins
    return json.dumps(value, ensure_ascii=ascii_only, separators=None if spaced else (",", ":")).encode()


_COIN = st.booleans()
EVENT_TEXTS = st.builds(_dump, EVENTS, _COIN, st.sampled_from([False]))

_BREAKS = st.sampled_from(
    [
        b"\xff",
        b"\xc3",
        b"\x00",
        b'"',
        b"{",
        b"}",
        b"\\",
        b"\\ud800",
        b"NaN",
        b"01",
        b"1e999",
        b"9" * 40,
        b"\r",
        b" ",
        b",",
        b"]",
    ]
)


@st.composite
def broken(draw: st.DrawFn, texts: st.SearchStrategy[bytes]) -> bytes:
    """Give a text with a few bytes replaced, put in or left out."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(_BREAKS | st.just(b"")) + text[at + draw(st.integers(0, 3)) :]
    return text


RECORDS = EVENT_TEXTS | broken(EVENT_TEXTS) | st.builds(_dump, _ODD, _COIN, _COIN) | st.binary(max_size=20)
