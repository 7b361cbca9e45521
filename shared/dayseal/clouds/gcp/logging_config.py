"""Cloud Logging's configuration by REST: sinks, log buckets, default settings. The SDK hides `interceptChildren`."""

import functools
from typing import Final

from dayseal.clouds.gcp.calls import Ask, Calls, quoted
from dayseal.clouds.gcp.moments import maybe_moment
from dayseal.clouds.gcp.values import Json, flag, named, part, parts, text, texts, whole, word
from dayseal.model.route import Answer, Call, Exclusion, LogBucket, Sink
from dayseal.once import Once

_ALL: Final = 'in_scope("ALL")'  # also the intercepting sinks of what lies above
_PAGE: Final = 1_000
_STATES: Final = ("ACTIVE", "DELETE_REQUESTED", "UPDATING", "CREATING", "FAILED")


class LoggingConfig:
    """Asks about sinks, log buckets and default settings, each question once a run."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._sinks: Once[str, Answer[tuple[Sink, ...]]] = Once()
        self._buckets: Once[str, Answer[tuple[LogBucket, ...]]] = Once()
        self._bucket: Once[str, Answer[LogBucket | None]] = Once()
        self._settings: Once[str, Answer[bool]] = Once()

    def sinks(self, parent: str) -> Answer[tuple[Sink, ...]]:
        """Give the sinks of a project, folder or organisation, and those that intercept its entries from above."""
        return self._sinks.get(parent, lambda: self._ask_sinks(parent))

    def buckets(self, project: str) -> Answer[tuple[LogBucket, ...]]:
        """Give the log buckets of a project (`projects/P`), in all locations."""
        return self._buckets.get(project, lambda: self._ask_buckets(project))

    def bucket(self, name: str) -> Answer[LogBucket | None]:
        """Give one log bucket by its resource name, None where there is no such one."""
        return self._bucket.get(name, lambda: self._ask_bucket(name))

    def default_disabled(self, parent: str) -> Answer[bool]:
        """Say whether a folder or organisation has the `_Default` sink of new projects made as a disabled one."""
        return self._settings.get(parent, lambda: self._ask_settings(parent))

    def _ask_settings(self, parent: str) -> Answer[bool]:
        ask = Ask(Call("logging", "settings.get", parent), f"v2/{quoted(parent)}/settings")
        return self._calls.ask(ask, lambda found: flag(found, "disableDefaultSink"))

    def _ask_sinks(self, parent: str) -> Answer[tuple[Sink, ...]]:
        call = Call("logging", "sinks.list", parent)
        ask = Ask(call, f"v2/{quoted(parent)}/sinks", {"filter": _ALL, "pageSize": _PAGE})
        read = functools.partial(_sink, parent)
        return self._calls.list(ask).answer(lambda listed: tuple(map(read, listed.items("sinks"))))

    def _ask_buckets(self, project: str) -> Answer[tuple[LogBucket, ...]]:
        call = Call("logging", "buckets.list", f"{project}/locations/-")
        ask = Ask(call, f"v2/{quoted(project)}/locations/-/buckets", {"pageSize": _PAGE})
        return self._calls.list(ask).answer(lambda listed: tuple(map(_bucket, listed.items("buckets"))))

    def _ask_bucket(self, name: str) -> Answer[LogBucket | None]:
        ask = Ask(Call("logging", "buckets.get", name), f"v2/{quoted(name)}")
        return self._calls.ask(ask, _bucket, absent=lambda: None)


def _sink(parent: str, item: Json) -> Sink:
    return Sink(
        name=text(item, "resourceName") or f"{parent}/sinks/{named(item, 'name')}",
        destination=named(item, "destination"),
        filter=text(item, "filter"),
        writer=text(item, "writerIdentity"),
        disabled=flag(item, "disabled"),
        include_children=flag(item, "includeChildren"),
        intercept_children=flag(item, "interceptChildren"),
        exclusions=tuple(map(_exclusion, parts(item, "exclusions"))),
        created_at=maybe_moment(text(item, "createTime")),
        updated_at=maybe_moment(text(item, "updateTime")),
    )


def _exclusion(item: Json) -> Exclusion:
    return Exclusion(text(item, "name") or "?", named(item, "filter"), flag(item, "disabled"))


def _bucket(item: Json) -> LogBucket:
    return LogBucket(
        name=named(item, "name"),
        retention_days=whole(item, "retentionDays") or 0,
        locked=flag(item, "locked"),
        state=word(item, "lifecycleState", _STATES),
        restricted=texts(item, "restrictedFields"),
        key=text(part(item, "cmekSettings"), "kmsKeyName"),
    )
