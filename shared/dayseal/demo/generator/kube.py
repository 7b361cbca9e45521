"""An act as the `audit.k8s.io/v1` event a kube-apiserver writes, in its order of fields."""

from http import HTTPStatus

from dayseal.demo.generator.acts import Act, Actor


def kube_event(act: Act) -> dict[str, object]:
    """Give the event document with slots `id`, `received` and `stage`.

    Source: k8s.io/apiserver/pkg/apis/audit/v1 Event.
    """
    event: dict[str, object] = {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": act.level,
        "auditID": "<<id>>",
        "stage": act.stage,
        "requestURI": act.uri,
        "verb": act.verb,
        "user": _user(act.actor),
        "sourceIPs": [act.actor.ip],
        "userAgent": act.actor.agent,
    }
    if act.resource:
        event["objectRef"] = _reference(act)
    event["responseStatus"] = _status(act)
    if act.request is not None and act.level != "Metadata":
        event["requestObject"] = act.request
    if act.response is not None and act.level == "RequestResponse":
        event["responseObject"] = act.response
    event["requestReceivedTimestamp"] = "<<received>>"
    event["stageTimestamp"] = "<<stage>>"
    if act.code != HTTPStatus.UNAUTHORIZED:  # nobody was authorized, so nothing is annotated
        forbidden = act.code == HTTPStatus.FORBIDDEN
        event["annotations"] = {
            **dict(act.note),
            "authorization.k8s.io/decision": "forbid" if forbidden else "allow",
            "authorization.k8s.io/reason": "" if forbidden else act.actor.reason,
        }
    return event


def _user(actor: Actor) -> dict[str, object]:
    if not actor.username:
        return {}
    user: dict[str, object] = {"username": actor.username}
    if actor.uid:
        user["uid"] = actor.uid
    user["groups"] = list(actor.groups)
    if actor.extra:
        user["extra"] = {key: [value] for key, value in sorted(actor.extra)}
    return user


def _reference(act: Act) -> dict[str, object]:
    reference: dict[str, object] = {"resource": act.resource}
    optional = (
        ("namespace", act.namespace),
        ("name", act.name),
        ("uid", act.object_uid),
        ("apiGroup", act.group),
        ("apiVersion", act.version),
        ("resourceVersion", "<<rv>>" if act.object_uid else ""),
        ("subresource", act.subresource),
    )
    reference.update((key, value) for key, value in optional if value)
    return reference


def _status(act: Act) -> dict[str, object]:
    status: dict[str, object] = {"metadata": {}}
    reason, message = act.failure
    if reason:
        status.update(status="Failure", message=message, reason=reason)
    status["code"] = act.code
    return status
