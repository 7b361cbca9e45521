"""Requests as the rules see them, rebuilt from what an event says: verb, request URI and user.

An event's `objectRef` is not used: after the policy has decided, the server fills it from the body. Nor is
`impersonatedUser`: auditing wraps impersonation, so rules see who really called.

Spec: kubernetes/apiserver 24a394e5, pkg/endpoints/request/requestinfo.go.
"""

from typing import Final
from urllib.parse import unquote

from dayseal.audit.names import Target
from dayseal.audit.policy.rules import Request
from dayseal.audit.policy.selectors import selected_name

SPECIAL_PREFIXES: Final = frozenset({"proxy", "watch"})  # `/api/v1/watch/pods`: deprecated, still understood
_NAMESPACE_PARTS: Final = frozenset({"status", "finalize"})  # of the namespace itself
_METHOD_VERBS: Final = {
    "POST": "create",
    "GET": "get",
    "HEAD": "get",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
_AUTHENTICATED: Final = "system:authenticated"


def request_of_event(*, verb: str, request_uri: str, user: str, groups: tuple[str, ...]) -> Request:
    """Rebuild the request of a logged event; an empty `user` means that nobody was authenticated.

    The verb is the event's: the server derived it from the method and the query before its rules saw it.
    """
    path, _, query = request_uri.partition("?")
    if "%" in path:
        path = unquote(path, errors="replace")
    who = user or None
    parts = path.strip("/").split("/")
    first = parts[0]
    if first == "api" and len(parts) > 2:  # noqa: PLR2004 - api, version, resource
        group, rest = "", parts[2:]
    elif first == "apis" and len(parts) > 3:  # noqa: PLR2004 - apis, group, version, resource
        group, rest = parts[1], parts[3:]
    else:
        return Request(who, groups, verb, is_resource=False, path=path)
    prefixed = rest[0] in SPECIAL_PREFIXES
    if prefixed:
        del rest[0]
        if not rest:  # the server answers this with an error before it asks its policy
            return Request(who, groups, verb, is_resource=True, group=group, path=path)
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in _NAMESPACE_PARTS:  # noqa: PLR2004 - something inside of the namespace
            del rest[:2]
    count = len(rest)
    name = rest[1] if count > 1 else ""
    subresource = rest[2] if count > 2 and verb != "proxy" else ""  # noqa: PLR2004 - resource, name, subresource
    if not name and query and not prefixed and (verb == "list" or verb == "watch"):  # noqa: PLR1714 - the hot path
        name = selected_name(query)
    return Request(who, groups, verb, True, group, rest[0], subresource, namespace, name, path)  # noqa: FBT003 - as above


def verb_of(method: str, request_uri: str) -> str:
    """Give the verb the server derives from an HTTP method and URI, for requests nobody logged yet."""
    path, _, query = request_uri.partition("?")
    request = request_of_event(verb=_METHOD_VERBS.get(method, ""), request_uri=path, user="", groups=())
    if not request.is_resource:
        return method.lower()
    parts = path.strip("/").split("/")
    at = 2 if parts[0] == "api" else 3
    if parts[at] in SPECIAL_PREFIXES:
        return parts[at]
    if request.name or request.verb not in ("get", "delete"):
        return request.verb
    if request.verb == "delete":
        return "deletecollection"
    return "watch" if _is_watch(query) else "list"


def request_of_target(target: Target, *, user: str) -> Request:
    """Rebuild the request of a GKE entry, which keeps neither URI nor groups: the groups the name implies stand in.

    The name of a plain create is dropped: rules never see it, Google fills it in from the object.
    """
    who = user or None
    groups = implied_groups(user)
    if target.resource.startswith("/"):
        return Request(who, groups, target.verb, is_resource=False, path=target.resource)
    plain_create = target.verb == "create" and not target.subresource
    namespace = target.name if target.resource == "namespaces" and not plain_create else target.namespace
    return Request(
        who,
        groups,
        target.verb,
        is_resource=True,
        group=target.group,
        resource=target.resource,
        subresource=target.subresource,
        namespace=namespace,
        name="" if plain_create else target.name,
    )


def implied_groups(user: str) -> tuple[str, ...]:
    """Give the groups every authentication method gives to a user of this name; none for nobody."""
    if not user:
        return ()
    if user == "system:anonymous":
        return ("system:unauthenticated",)
    if user.startswith("system:serviceaccount:"):
        namespace = user.split(":")[2]
        return ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", _AUTHENTICATED)
    if user.startswith("system:node:"):
        return ("system:nodes", _AUTHENTICATED)
    return (_AUTHENTICATED,)


def _is_watch(query: str) -> bool:
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "watch":
            return value.lower() not in ("false", "0")
    return False
