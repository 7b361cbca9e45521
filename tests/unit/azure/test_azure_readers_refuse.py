"""Whatever Azure answers, a reader gives a value or refuses: it never breaks off, and never reads odd as clean."""

import copy
from collections.abc import Callable
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from dayseal.clouds.azure.activity_events import join_events, read_event
from dayseal.clouds.azure.alarms import read_alarms
from dayseal.clouds.azure.container import read_locking
from dayseal.clouds.azure.defender import read_detectors
from dayseal.clouds.azure.diagnostics import read_categories, read_setting
from dayseal.clouds.azure.lifecycle import read_lifecycle
from dayseal.clouds.azure.storage import key_uri, read_account, read_public_access, read_undelete_days
from dayseal.clouds.azure.tables import read_guid, read_table
from dayseal.errors import FormatError
from support.aks_facts import ACCOUNT_ID, RESOURCE, SUBSCRIPTION, WORKSPACE
from support.azure_insights import Insights, setting
from support.azure_log_analytics import LogAnalytics
from support.azure_security import plan
from support.azure_storage_arm import StorageArm, held, immutable, rule
from support.route_facts import NOW

AUDIT: Final = "insights-logs-kube-audit"
Json = dict[str, Any]


def examples() -> dict[str, tuple[Json, Callable[[Json], object]]]:
    """Give a whole answer for each reader."""
    storage, insights, logs = StorageArm(), Insights(), LogAnalytics()
    policy = {"immutabilityPeriodSinceCreationInDays": 5, "state": "Locked", "allowProtectedAppendWrites": True}
    storage.add_account(ACCOUNT_ID, immutableStorageWithVersioning={"enabled": True, "immutabilityPolicy": policy})
    storage.add_container(ACCOUNT_ID, AUDIT, **immutable(), **held("case", appends=True))
    storage.set_policy(ACCOUNT_ID, rule("tidy", prefixMatch=[f"{AUDIT}/"]), rule("all"))
    account, container = storage.accounts[ACCOUNT_ID.lower()], storage.containers[ACCOUNT_ID.lower(), AUDIT]
    insights.add_resource(RESOURCE, setting("audit", "kube-audit", "@allLogs", storageAccountId=ACCOUNT_ID))
    insights.happen("a/b/write", RESOURCE, NOW, body='{"a": 1}')
    logs.add_workspace(WORKSPACE, "guid", AKSAudit=("Analytics", 92, 400))
    space, table = logs.workspaces[WORKSPACE.lower()], logs.tables[WORKSPACE.lower(), "aksaudit"]
    criteria = {"allOf": [{"metricName": "Ingress", "query": "AKSAudit", "timeAggregation": "Count", "operator": "x"}]}
    alert = {"name": "one", "properties": {"enabled": True, "scopes": [ACCOUNT_ID], "criteria": criteria}}
    return {
        "account": (account, read_account),
        "key": (account, key_uri),
        "public": (account, lambda found: read_public_access(found, container)),
        "default": (account, lambda found: read_locking(container, found)),
        "container": (container, lambda found: read_locking(found, account)),
        "service": (
            storage.services[ACCOUNT_ID.lower()],
            lambda found: read_undelete_days(found, "deleteRetentionPolicy"),
        ),
        "lifecycle": (storage.policies[ACCOUNT_ID.lower()], lambda found: read_lifecycle(found, AUDIT)),
        "setting": (insights.settings[RESOURCE.lower()][0], read_setting),
        "category": (insights.categories[RESOURCE.lower()][0], lambda found: read_categories((found,))),
        "event": (insights.events[SUBSCRIPTION][0], lambda found: join_events([read_event(found)])),
        "workspace": (space, read_guid),
        "table": (table, lambda found: read_table(found, space)),
        "plan": (plan(SUBSCRIPTION, "Containers"), lambda found: read_detectors((found,))),
        "alert": (alert, read_alarms),
    }


EXAMPLES: Final = examples()
_JUNK: Final = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.lists(st.none() | st.integers() | st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none() | st.integers(), max_size=2),
)  # fmt: skip


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    """Give the way to every place inside of an answer."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, below in inner for found in ((*at, key), *paths(below, (*at, key)))]


@given(data=st.data())
def test_a_reader_gives_a_value_or_refuses(data: st.DataObject) -> None:
    """One place of an answer holds something else: the answer is read all the same, or it is a FormatError."""
    name = data.draw(st.sampled_from(sorted(EXAMPLES)))
    whole, read = EXAMPLES[name]
    read(whole)
    answer = copy.deepcopy(whole)
    *way, last = data.draw(st.sampled_from(paths(answer)))
    place = answer
    for step in way:
        place = place[step]
    place[last] = data.draw(_JUNK)
    try:
        read(answer)
    except FormatError as exc:
        assert str(exc)  # noqa: PT017 - either outcome will do


@given(order=st.permutations(range(9)))
def test_operations_are_the_same_in_whatever_order_their_events_come(order: list[int]) -> None:
    """Pages of the Activity Log come newest first, and the same event may stand on two of them."""
    insights = Insights()
    for number, states in enumerate((("Started", "Succeeded"), ("Started", "Accepted", "Failed"), ("Started",))):
        insights.happen("a/b/write", RESOURCE, NOW, *states, correlation=f"c{number}", sub_status="Conflict")
    insights.happen("a/b/delete", RESOURCE, NOW, "Started", "Accepted", "Succeeded", correlation="c0")
    events = [read_event(item) for item in insights.events[SUBSCRIPTION]]
    joined = join_events([events[at] for at in order] + [events[order[0]]])
    assert joined == join_events(events)
    assert sorted((one.first.operation, len(one.events), one.error) for one in joined) == [
        ("a/b/delete", 3, ""), ("a/b/write", 1, ""), ("a/b/write", 2, ""), ("a/b/write", 3, "Conflict"),
    ]  # fmt: skip
