"""Acts that belong together: a run of a cron job, and a watch that lasts minutes."""

from dataclasses import replace
from typing import Final

from dayseal.demo.generator import bodies
from dayseal.demo.generator.acts import Act, Flow
from dayseal.demo.generator.cast import Cast
from dayseal.demo.generator.habits import token_request

_POD: Final = "report-<<run>>-<<sfx>>"


def job_run(cast: Cast) -> Flow:
    """Give one run of a cron job: job, pod, placement, token, start, work, end; milliseconds after the schedule."""
    node = cast.nodes[1]
    node_name = node.username.removeprefix("system:node:")
    name, full = "report-<<run>>", "RequestResponse"
    asked, kept = bodies.job(name, "report", stored=False), bodies.job(name, "report", stored=True)
    wanted, placed = bodies.pod(_POD, "report"), bodies.pod(_POD, "report", node=node_name)
    gone = {"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/__internal", "propagationPolicy": "Background"}
    started = bodies.pod_status_patch(node.ip)
    bound = bodies.binding(_POD, node_name)
    done = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    in_billing = Act(cast.jobs, "create", "pods", namespace="billing", name=_POD, level=full, code=201)
    status = replace(
        in_billing, actor=node, verb="patch", subresource="status", level="Request", code=200, request=started
    )
    made = replace(
        in_billing, actor=cast.cronjobs, resource="jobs", group="batch", name=name, request=asked, response=kept
    )
    progress = replace(made, actor=cast.jobs, verb="update", subresource="status", code=200, request=kept)
    return Flow(
        (
            (0, made),
            (140, replace(in_billing, request=wanted, response=placed)),
            (210, replace(in_billing, actor=cast.scheduler, subresource="binding", request=bound, response=done)),
            (480, token_request(node, "billing", "report")),
            (1900, status),
            (2600, Act(cast.report, "get", "configmaps", namespace="billing", name="report-config")),
            (31_000, status),
            (31_200, progress),
            (48_000, replace(in_billing, verb="delete", code=200, request=gone, response=placed)),
        )
    )


def long_watch(cast: Cast) -> Flow:
    """Give a long-running request: one event when its answer starts, one when it ends minutes later."""
    query = "allowWatchBookmarks=true&resourceVersion=<<rv>>&timeout=5m56s&timeoutSeconds=356&watch=true"
    ended = Act(cast.dns, "watch", "endpointslices", group="discovery.k8s.io", query=query)
    return Flow(((0, replace(ended, stage="ResponseStarted")), (356_000, ended)), one_request=True)
