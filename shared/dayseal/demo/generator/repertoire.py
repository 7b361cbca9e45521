"""Everything that happens in one cluster: leases, controllers, nodes, people, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dayseal.demo.generator import bodies
from dayseal.demo.generator.acts import Act, Actor, Flow, Habit
from dayseal.demo.generator.cast import Cast
from dayseal.demo.generator.chance import Chance
from dayseal.demo.generator.flows import job_run, long_watch
from dayseal.demo.generator.habits import habits_of, open_shell

_RBAC: Final = "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class Repertoire:
    """The acts of one cluster: `leases` take turns; `habits` by level; `job` and `watch` are sequences.

    `notable` are acts worth proving, with a text that says what they mean.
    """

    leases: tuple[Act, ...]
    habits: Mapping[str, tuple[Habit, ...]]
    job: Flow
    watch: Flow
    notable: tuple[tuple[Act, str], ...]

    @property
    def acts(self) -> tuple[Act, ...]:
        """Every act that can occur."""
        habits = tuple(habit.act for level in self.habits.values() for habit in level)
        steps = tuple(act for flow in (self.job, self.watch) for _, act in flow.steps)
        return self.leases + habits + steps + tuple(act for act, _ in self.notable)


def repertoire_of(cast: Cast, chance: Chance) -> Repertoire:
    """Give a cluster what can happen in it."""
    return Repertoire(
        leases=_leases(cast, chance),
        habits=habits_of(cast),
        job=job_run(cast),
        watch=long_watch(cast),
        notable=_notable(cast),
    )


def _leases(cast: Cast, chance: Chance) -> tuple[Act, ...]:
    """Renewals of node leases, of the API servers' identities, and of leader elections."""
    holders: list[tuple[Actor, str, str]] = [
        (node, "kube-node-lease", node.username.removeprefix("system:node:")) for node in cast.nodes
    ]
    holders += [(server, "kube-system", f"apiserver-{chance.suffix(26)}") for server in cast.api_servers]
    holders += [(cast.controller_manager, "kube-system", "kube-controller-manager")]
    holders += [(cast.scheduler, "kube-system", "kube-scheduler")]
    holders += [
        (addon, addon.username.split(":")[2], addon.username.split(":")[3] + "-leader") for addon in cast.addons
    ]
    return tuple(
        Act(
            actor,
            "update",
            "leases",
            group="coordination.k8s.io",
            namespace=namespace,
            name=name,
            query="timeout=10s" if namespace == "kube-node-lease" else "",
            object_uid=chance.uuid(),
        )
        for actor, namespace, name in holders
    )


def _notable(cast: Cast) -> tuple[tuple[Act, str], ...]:
    alice, bruno, chiara = cast.people
    name = "temporary-support"
    grant = Act(
        chiara,
        "create",
        "clusterrolebindings",
        group=_RBAC,
        name=name,
        query="fieldManager=kubectl-create",
        level="RequestResponse",
        code=201,
        request=bodies.cluster_admin_binding(name, bruno.username, stored=False),
        response=bodies.cluster_admin_binding(name, bruno.username, stored=True),
    )
    secret = Act(bruno, "get", "secrets", namespace="billing", name="billing-db")
    return (
        (open_shell(alice), "a shell opened in a pod of namespace shop (kubectl exec, a GET since 1.30)"),
        (secret, "a person read the secret billing/billing-db"),
        (grant, f"cluster-admin granted to a person (ClusterRoleBinding {name})"),
    )
