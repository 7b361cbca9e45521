"""Which request to the Google Cloud of the tests is which call, and what it answers."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Final

from support.gcp_storage import Media
from support.gcp_world import World


class NotHereError(LookupError):
    """There is no such resource."""


@dataclasses.dataclass(slots=True)
class Page:
    """A listing: what is served page by page under `key`, and what every page says besides."""

    key: str
    items: list[Any]
    more: dict[str, Any] = dataclasses.field(default_factory=dict)


Query = dict[str, list[str]]
Answer = dict[str, Any] | Page | Media
Route = Callable[[World, re.Match[str], Query, Any], Answer]


def find_route(verb: str, path: str) -> tuple[str, Route, re.Match[str]] | None:
    """Give the call a request makes, who answers it, and the parts of its path."""
    for call, wanted, pattern, route in _ROUTES:
        found = re.match(f"{pattern}$", path)
        if verb == wanted and found:
            return call.replace("{kind}", found[1].partition("/")[0]), route, found
    return None


def _search(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    named = [name for project, name in world.index if found[1] in world.above(project)]
    kind = "container.googleapis.com/Cluster"
    return Page("results", [{"name": name, "assetType": kind} for name in named])


def _place(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    name = world.named(found[1])
    if name not in world.parents:
        raise NotHereError(name)
    parent = world.parents[name]
    answer = {"name": name, "parent": parent} if parent else {"name": name}
    if name in world.numbers:
        answer |= {"name": f"projects/{world.numbers[name]}", "projectId": name.partition("/")[2]}
    return answer


def _policy(world: World, found: re.Match[str], _: Query, body: Any) -> Answer:  # noqa: ANN401 - JSON
    assert body["options"]["requestedPolicyVersion"] == 3
    return {"version": 3, "etag": "BwX=", **world.policies.get(world.named(found[1]), {})}


def _clusters(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    answer: dict[str, Any] = {"clusters": world.clusters.get(found[1], [])}
    gone = world.missing_zones.get(found[1])
    return answer | ({"missingZones": gone} if gone else {})


def _operations(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    answer: dict[str, Any] = {"operations": world.operations.get(found[1], [])}
    gone = world.missing_zones.get(found[1])
    return answer | ({"missingZones": gone} if gone else {})


def _sinks(world: World, found: re.Match[str], query: Query, _: Any) -> Answer:  # noqa: ANN401 - JSON
    assert query["filter"] == ['in_scope("ALL")']
    above = [s for name in world.above(found[1])[1:] for s in world.sinks.get(name, []) if s.get("interceptChildren")]
    return Page("sinks", [*world.sinks.get(found[1], []), *above])


def _log_settings(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    return {"name": f"{found[1]}/settings", **world.log_settings.get(found[1], {})}


def _log_buckets(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    return Page("buckets", world.log_buckets.get(found[1], []))


def _log_bucket(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    for bucket in world.log_buckets.get(found[2], []):
        if bucket["name"] == found[1]:
            return dict(bucket)
    raise NotHereError(found[1])


def _series(world: World, found: re.Match[str], query: Query, _: Any) -> Answer:  # noqa: ANN401 - JSON
    (wanted,) = re.findall(r'metric\.type ?= ?"([^"]+)"', query["filter"][0])
    period = float(query["aggregation.alignmentPeriod"][0].removesuffix("s"))
    mine = [s for s in world.series.get(found[1], []) if s["metric"]["type"] == wanted]
    return Page("timeSeries", [s for s in mine if _aligned(s["points"][0]["interval"], period)])


def _aligned(interval: dict[str, str], period: float) -> bool:
    start, end = (dt.datetime.fromisoformat(interval[name]) for name in ("startTime", "endTime"))
    return (end - start).total_seconds() == period


def _alerts(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    return Page("alertPolicies", world.alerts.get(found[1], []))


def _services(world: World, found: re.Match[str], _: Query, __: Any) -> Answer:  # noqa: ANN401 - JSON
    return Page("securityCenterServices", world.services.get(found[1], []))


def _storage(world: World, found: re.Match[str], query: Query, _: Any) -> Answer:  # noqa: ANN401 - JSON
    told = {key: values[0] for key, values in query.items()}
    try:
        answer: Media | dict[str, Any] = world.storage.answer(found[0].partition("?")[0], told)
    except LookupError as exc:
        raise NotHereError(str(exc)) from exc
    if isinstance(answer, Media) or "prefixes" not in answer:
        return answer
    return Page("items", answer["items"], {"prefixes": answer["prefixes"]})


def _kms(world: World, found: re.Match[str], _: Query, body: Any) -> Answer:  # noqa: ANN401 - JSON
    try:
        return world.kms.answer(found[1], found.group(2), body)
    except LookupError as exc:
        raise NotHereError(str(exc)) from exc


_PLACE: Final = r"((?:projects|folders|organizations)/[^/:]+)"
_KEY: Final = r"(projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/:]+"
_ROUTES: Final[tuple[tuple[str, str, str, Route], ...]] = (
    ("cloudasset:searchAllResources", "GET", f"/v1/{_PLACE}:searchAllResources", _search),
    ("cloudresourcemanager:{kind}.get", "GET", f"/v3/{_PLACE}", _place),
    ("cloudresourcemanager:{kind}.getIamPolicy", "POST", f"/v3/{_PLACE}:getIamPolicy", _policy),
    ("container:clusters.list", "GET", f"/v1/{_PLACE}/locations/-/clusters", _clusters),
    ("container:operations.list", "GET", f"/v1/{_PLACE}/locations/-/operations", _operations),
    ("logging:sinks.list", "GET", f"/v2/{_PLACE}/sinks", _sinks),
    ("logging:settings.get", "GET", f"/v2/{_PLACE}/settings", _log_settings),
    ("logging:buckets.list", "GET", f"/v2/{_PLACE}/locations/-/buckets", _log_buckets),
    ("logging:buckets.get", "GET", f"/v2/({_PLACE}/locations/[^/]+/buckets/[^/]+)", _log_bucket),
    ("monitoring:timeSeries.list", "GET", f"/v3/{_PLACE}/timeSeries", _series),
    ("monitoring:alertPolicies.list", "GET", f"/v3/{_PLACE}/alertPolicies", _alerts),
    (
        "securitycentermanagement:securityCenterServices.list", "GET",
        f"/v1/{_PLACE}/locations/global/securityCenterServices", _services,
    ),
    ("storage:buckets.get", "GET", r"/storage/v1/b/([^/]+)", _storage),
    ("storage:buckets.getIamPolicy", "GET", r"/storage/v1/b/([^/]+)/iam", _storage),
    ("storage:objects.list", "GET", r"/storage/v1/b/([^/]+)/o", _storage),
    ("storage:objects.get", "GET", r"(?:/download)?/storage/v1/b/([^/]+)/o/(.+)", _storage),
    ("cloudkms:cryptoKeys.get", "GET", rf"/v1/{_KEY})()", _kms),
    ("cloudkms:cryptoKeyVersions.getPublicKey", "GET", rf"/v1/{_KEY}/cryptoKeyVersions/[0-9]+)(/publicKey)", _kms),
    ("cloudkms:cryptoKeyVersions.asymmetricSign", "POST", rf"/v1/{_KEY}/cryptoKeyVersions/[0-9]+)(:asymmetricSign)",
     _kms),
)  # fmt: skip
