"""Small policies and requests for hypothesis, from few values, so that rules and requests meet."""

import itertools

from hypothesis import strategies as st

from dayseal.audit.policy import Level, Policy, Request, ResourceItem, Rule, Stage
from dayseal.audit.policy.builtin import PATH_VERBS, RESOURCE_VERBS
from dayseal.audit.policy.domain import domain_of

_USERS = ("alice", "bob", "system:anonymous", "system:node:n1")
_GROUPS = ("system:authenticated", "system:nodes", "dev")
_VERBS = ("get", "list", "create", "*")
_API_GROUPS = ("", "apps", "*")
_ENTRIES = ("pods", "pods/log", "pods/*", "*", "*/log", "*/*", "nodes", "nodes/", "po*")
_NAMES = ("a", "b", "")
_NAMESPACES = ("", "x", "y")
_URLS = ("*", "/healthz*", "/healthz", "/version", "/api/*", "/**")
_PATHS = ("/healthz", "/healthzfoo", "/version", "/version/", "/api/v1", "/", "*", "")


def _few(values: tuple[str, ...], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=most).map(tuple)


_STAGES = st.frozensets(st.sampled_from(Stage), max_size=2)
_ITEMS = st.builds(ResourceItem, st.sampled_from(_API_GROUPS), _few(_ENTRIES), _few(_NAMES))
RULES = st.builds(
    Rule,
    st.sampled_from(Level),
    _few(_USERS),
    _few(_GROUPS),
    _few(_VERBS),
    st.lists(_ITEMS, max_size=2).map(tuple),
    _few(_NAMESPACES),
    _few(_URLS),
    _STAGES,
    st.sampled_from((None, True, False)),
)
POLICIES = st.builds(Policy, st.lists(RULES, max_size=6).map(tuple), _STAGES, st.booleans())

_RESOURCE_REQUESTS = st.builds(
    Request,
    st.sampled_from((*_USERS, "eve", None)),
    _few(_GROUPS, 3),
    st.sampled_from(_VERBS),
    st.just(value=True),
    st.sampled_from((*_API_GROUPS, "batch")),
    st.sampled_from(("pods", "nodes", "po*", "")),
    st.sampled_from(("", "log", "exec", "*")),
    st.sampled_from(_NAMESPACES),
    st.sampled_from(_NAMES),
)
_PATH_REQUESTS = st.builds(
    Request,
    st.sampled_from((*_USERS, None)),
    _few(_GROUPS, 3),
    st.sampled_from(_VERBS),
    st.just(value=False),
    path=st.sampled_from(_PATHS),
)
REQUESTS = st.one_of(_RESOURCE_REQUESTS, _PATH_REQUESTS)


def every_request(*policies: Policy) -> list[Request]:
    """Give a request for everybody, every verb and everything the policies can tell apart."""
    domain = domain_of(policies)
    return [
        Request(
            who.user,
            who.groups,
            verb,
            place.request.is_resource,
            place.request.group,
            place.request.resource,
            place.request.subresource,
            place.request.namespace,
            place.request.name,
            place.request.path,
        )
        for who, place in itertools.product(domain.principals, domain.places)
        for verb in (RESOURCE_VERBS if place.request.is_resource else PATH_VERBS)
    ]
